/* <tc-dialog>: a dialog the server sent. data-over: the page beneath is the one to return to. */

import { find, findAll } from "teamchat/lib/dom";

const FIRST = "[autofocus], .dialog-body :is(input, select, textarea):not([type='hidden'], :disabled)";

/**
 * The element that opened the first of several dialogs: the focus returns there after the last.
 * @type {HTMLElement | null}
 */
let opener = null;

class Dialog extends HTMLElement {
  connectedCallback() {
    const { activeElement } = document;
    if (activeElement !== document.body && !activeElement?.closest("#dialog"))
      opener = /** @type {HTMLElement} */ (activeElement);
    this.#dialog.close();
    this.#dialog.showModal();
    const first = /** @type {HTMLElement | null} */ (this.querySelector(FIRST));
    first?.focus();
    this.addEventListener("click", this);
    this.#dialog.addEventListener("cancel", this);
  }

  handleEvent(event) {
    if (event.type === "cancel" ? event.target === this.#dialog : event.target.closest("[data-close]"))
      this.#close(event);
  }

  #close(event) {
    const isOver = this.hasAttribute("data-over");
    if (event.type === "cancel" && !isOver) findAll(this, "a[data-close]")[0]?.click();
    if (!isOver) return;
    event.preventDefault();
    this.#dialog.close();
    this.remove();
    opener?.focus();
  }

  get #dialog() {
    return find(this, "dialog");
  }
}

customElements.define("tc-dialog", Dialog);
