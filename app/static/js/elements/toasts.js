/* <tc-toasts>: the region for short notices, above everything else; <tc-flash>: a notice the server wrote into the page. */

const READING_TIME = { success: 5000, info: 7000, error: 12000 };

class Toasts extends HTMLElement {
  connectedCallback() {
    document.addEventListener("toast", this);
  }

  disconnectedCallback() {
    document.removeEventListener("toast", this);
  }

  handleEvent({ detail }) {
    const text = detail.text ?? this.dataset[detail.sentence];
    const level = detail.level in READING_TIME ? detail.level : "info";
    if (text) this.show(text, level);
  }

  show(text, level) {
    this.withdraw([...this.list.children].find((note) => note.querySelector(".toast-text").textContent === text));
    const note = this.querySelector("template").content.firstElementChild.cloneNode(true);
    note.classList.add(`toast-${level}`);
    note.querySelector(".toast-text").textContent = text;
    note.querySelector("button").addEventListener("click", () => this.withdraw(note));
    this.rise();
    this.list.append(note);
    this.countDown(note, READING_TIME[level]);
  }

  /* A dialog opened later would cover the region: the last to be shown lies on top. */
  rise() {
    if (this.matches(":popover-open")) this.hidePopover();
    this.showPopover();
  }

  countDown(note, time) {
    let timer = setTimeout(() => this.withdraw(note), time);
    note.addEventListener("pointerenter", () => clearTimeout(timer));
    note.addEventListener("pointerleave", () => { timer = setTimeout(() => this.withdraw(note), time / 2); });
  }

  withdraw(note) {
    note?.remove();
    if (!this.list.childElementCount && this.matches(":popover-open")) this.hidePopover();
  }

  get list() {
    return this.querySelector(".toast-list");
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
