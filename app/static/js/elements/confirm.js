/* <tc-confirm>: a button that first tells the consequence. Newer browsers open the dialog by themselves. */

class Confirm extends HTMLElement {
  connectedCallback() {
    if ("commandForElement" in HTMLButtonElement.prototype) return;
    this.querySelector("[data-open]").addEventListener("click", () => this.dialog.showModal());
    this.querySelector("[data-close]").addEventListener("click", () => this.dialog.close());
  }

  get dialog() {
    return this.querySelector("dialog");
  }
}

customElements.define("tc-confirm", Confirm);
