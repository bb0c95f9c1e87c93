/* <tc-editor>: a message's text, being edited in its place. It says "tc-edit-save" or "tc-edit-cancel". */

class Editor extends HTMLElement {
  connectedCallback() {
    if (this.isReady) return;
    this.isReady = true;
    this.addEventListener("keydown", this);
    this.addEventListener("submit", this);
    this.addEventListener("click", this);
    this.addEventListener("input", this);
  }

  handleEvent(event) {
    if (event.type === "keydown") this.key(event);
    else if (event.type === "submit") this.save(event);
    else if (event.type === "input") this.tell("tc-edit-typed");
    else if (event.target.closest("[data-cancel]")) this.tell("tc-edit-cancel");
  }

  key(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Escape") this.tell("tc-edit-cancel");
    else if (event.key === "Enter" && !event.altKey && !event.shiftKey && (this.sends || event.ctrlKey || event.metaKey)) this.save(event);
  }

  save(event) {
    event.preventDefault();
    if (!this.isSaving) this.tell("tc-edit-save");
  }

  tell(name) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  }

  begin(text, focuses) {
    this.field.value = text;
    if (focuses) this.focusAtEnd();
  }

  focusAtEnd() {
    this.field.focus();
    this.field.setSelectionRange(this.text.length, this.text.length);
  }

  wait(isSaving) {
    this.isSaving = isSaving;
    this.setAttribute("aria-busy", isSaving);
  }

  refuse(why) {
    this.wait(false);
    this.error.textContent = why;
    this.error.hidden = !why;
    this.field.focus();
  }

  /* Whether Enter alone saves: as in the composer. */
  get sends() {
    return this.dataset.enter === "sends";
  }

  get text() {
    return this.field.value;
  }

  get field() {
    return this.querySelector("textarea");
  }

  get error() {
    return this.querySelector("[data-error]");
  }
}

customElements.define("tc-editor", Editor);
