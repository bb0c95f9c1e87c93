/* <tc-toasts>: the region for short notices, above everything else; <tc-flash>: a notice in a page of the server. */

import { cloneOf, find } from "teamchat/lib/dom";

const SHOWN_FOR = { success: 5000, info: 7000, error: 12000 };

class Toasts extends HTMLElement {
  connectedCallback() {
    document.addEventListener("toast", this);
  }

  disconnectedCallback() {
    document.removeEventListener("toast", this);
  }

  /** @param {any} event */
  handleEvent({ detail }) {
    const text = detail.text ?? this.dataset[detail.sentence];
    const level = detail.level in SHOWN_FOR ? detail.level : "info";
    if (text) this.#show(text, level);
  }

  #show(text, level) {
    this.#close([...this.#list.children].find((note) => find(note, ".toast-text").textContent === text));
    const note = cloneOf(find(this, "template"));
    note.classList.add(`toast-${level}`);
    find(note, ".toast-text").textContent = text;
    find(note, "button").addEventListener("click", () => this.#close(note));
    this.#raise();
    this.#list.append(note);
    this.#closeLater(note, SHOWN_FOR[level]);
  }

  /* Show the region again: a dialog opened later would cover it. */
  #raise() {
    if (this.matches(":popover-open")) this.hidePopover();
    this.showPopover();
  }

  #closeLater(note, time) {
    let timer = setTimeout(() => this.#close(note), time);
    note.addEventListener("pointerenter", () => clearTimeout(timer));
    note.addEventListener("pointerleave", () => {
      timer = setTimeout(() => this.#close(note), time / 2);
    });
  }

  #close(note) {
    note?.remove();
    if (!this.#list.childElementCount && this.matches(":popover-open")) this.hidePopover();
  }

  get #list() {
    return find(this, ".toast-list");
  }
}

class Flash extends HTMLElement {
  connectedCallback() {
    const detail = { text: this.textContent.trim(), level: this.dataset.level };
    queueMicrotask(() => {
      document.dispatchEvent(new CustomEvent("toast", { detail }));
      this.remove();
    });
  }
}

customElements.define("tc-toasts", Toasts);
customElements.define("tc-flash", Flash);
