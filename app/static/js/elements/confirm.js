/* <tc-confirm>: a button that first shows the consequence. Newer browsers open the dialog by themselves. */

import { find } from "teamchat/lib/dom";

class Confirm extends HTMLElement {
  connectedCallback() {
    if ("commandForElement" in HTMLButtonElement.prototype) return;
    find(this, "[data-open]").addEventListener("click", () => this.#dialog.showModal());
    find(this, "[data-close]").addEventListener("click", () => this.#dialog.close());
  }

  get #dialog() {
    return find(this, "dialog");
  }
}

customElements.define("tc-confirm", Confirm);
