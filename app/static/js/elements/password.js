/* <tc-password>: a password that its owner may look at while typing. */

class Password extends HTMLElement {
  connectedCallback() {
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.show(this.input.type === "password"));
    this.input.form?.addEventListener("submit", () => this.show(false));
  }

  show(isShown) {
    this.input.type = isShown ? "text" : "password";
    this.button.textContent = isShown ? this.button.dataset.hide : this.button.dataset.show;
    this.button.setAttribute("aria-pressed", isShown);
  }

  get input() {
    return this.querySelector("input");
  }

  get button() {
    return this.querySelector("button");
  }
}

customElements.define("tc-password", Password);
