/* <tc-editor>: the text of a message that is being edited. It sends "tc-edit-typed", "tc-edit-save" or "tc-edit-cancel". */

import { find } from "teamchat/lib/dom";

export class Editor extends HTMLElement {
  #isReady = false;
  #isSaving = false;

  connectedCallback() {
    if (this.#isReady) return;
    this.#isReady = true;
    this.addEventListener("keydown", this);
    this.addEventListener("submit", this);
    this.addEventListener("click", this);
    this.addEventListener("input", this);
  }

  handleEvent(event) {
    if (event.type === "keydown") this.#keyPressed(event);
    else if (event.type === "submit") this.#save(event);
    else if (event.type === "input") this.#send("tc-edit-typed");
    else if (event.target.closest("[data-cancel]")) this.#send("tc-edit-cancel");
  }

  #keyPressed(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Escape") this.#send("tc-edit-cancel");
    else if (
      event.key === "Enter" &&
      !event.altKey &&
      !event.shiftKey &&
      (this.#savesOnEnter || event.ctrlKey || event.metaKey)
    )
      this.#save(event);
  }

  #save(event) {
    event.preventDefault();
    if (!this.#isSaving) this.#send("tc-edit-save");
  }

  #send(name) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  }

  begin(text, takesFocus) {
    this.#field.value = text;
    if (takesFocus) this.#focusAtEnd();
  }

  #focusAtEnd() {
    this.#field.focus();
    this.#field.setSelectionRange(this.text.length, this.text.length);
  }

  setSaving(isSaving) {
    this.#isSaving = isSaving;
    this.setAttribute("aria-busy", String(isSaving));
  }

  showError(text) {
    this.setSaving(false);
    this.#error.textContent = text;
    this.#error.hidden = !text;
    this.#field.focus();
  }

  /* Whether Enter alone saves, as in the composer. */
  get #savesOnEnter() {
    return this.dataset.enter === "sends";
  }

  get text() {
    return this.#field.value;
  }

  get #field() {
    return find(this, "textarea");
  }

  get #error() {
    return find(this, "[data-error]");
  }
}

customElements.define("tc-editor", Editor);
