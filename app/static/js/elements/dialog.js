/* <tc-dialog>: a dialog the server sent. It lies over the page; data-over says that the page beneath is the one to return to. */

const FIRST = "[autofocus], .dialog-body :is(input, select, textarea):not([type='hidden'], :disabled)";

/* What the first of several dialogs was opened from: the keyboard goes back there after the last. */
let opener = null;

class Dialog extends HTMLElement {
  connectedCallback() {
    const { activeElement } = document;
    if (activeElement !== document.body && !activeElement?.closest("#dialog")) opener = activeElement;
    this.dialog.close();
    this.dialog.showModal();
    this.querySelector(FIRST)?.focus();
    this.addEventListener("click", this);
    this.dialog.addEventListener("cancel", this);
  }

  handleEvent(event) {
    if (event.type === "cancel" ? event.target === this.dialog : event.target.closest("[data-close]")) this.leave(event);
  }

  leave(event) {
    const isOver = this.hasAttribute("data-over");
    if (event.type === "cancel" && !isOver) this.querySelector("a[data-close]")?.click();
    if (!isOver) return;
    event.preventDefault();
    this.dialog.close();
    this.remove();
    opener?.focus();
  }

  get dialog() {
    return this.querySelector("dialog");
  }
}

customElements.define("tc-dialog", Dialog);
