/* <tc-password>: a password field whose text can be shown while typing. */

import { find } from "teamchat/lib/dom";

class Password extends HTMLElement {
  connectedCallback() {
    this.#button.hidden = false;
    this.#button.addEventListener("click", () => this.#show(this.#input.type === "password"));
    this.#input.form?.addEventListener("submit", () => this.#show(false));
  }

  #show(isShown) {
    this.#input.type = isShown ? "text" : "password";
    this.#button.textContent = (isShown ? this.#button.dataset.hide : this.#button.dataset.show) ?? "";
    this.#button.setAttribute("aria-pressed", String(isShown));
  }

  get #input() {
    return find(this, "input");
  }

  get #button() {
    return find(this, "button");
  }
}

customElements.define("tc-password", Password);
