/* <tc-keys>: the list of shortcuts, opened by a button and the question mark. */

import { find } from "teamchat/lib/dom";

class Keys extends HTMLElement {
  connectedCallback() {
    find(this, "button").addEventListener("click", () => this.#open());
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    event.preventDefault();
    this.#open();
  }

  #open() {
    const dialog = find(this, "dialog");
    if (!dialog.open) dialog.showModal();
  }
}

function isField(element) {
  return element.closest("input, textarea, select, [contenteditable]") !== null;
}

customElements.define("tc-keys", Keys);
