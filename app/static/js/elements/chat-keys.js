/* <tc-keys>: the sheet of shortcuts, behind a button and the question mark. */

class Keys extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.open());
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    event.preventDefault();
    this.open();
  }

  open() {
    const sheet = this.querySelector("dialog");
    if (!sheet.open) sheet.showModal();
  }
}

function isField(element) {
  return element.closest("input, textarea, select, [contenteditable]") !== null;
}

customElements.define("tc-keys", Keys);
