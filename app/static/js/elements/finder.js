/* <tc-finder>: search everything. Ctrl+K opens it from anywhere, the arrow keys walk through what was found. */

class Finder extends HTMLElement {
  connectedCallback() {
    for (const type of ["keydown", "focusin", "focusout", "htmx:after:swap"]) this.addEventListener(type, this);
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.type === "keydown" && event.currentTarget === document) this.call(event);
    else if (event.type === "keydown") this.key(event);
    else if (event.type === "focusout") this.left(event);
    else this.show(this.input.value.trim() !== "");
  }

  call(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    this.input.focus();
    this.input.select();
  }

  key(event) {
    const lines = [...this.panel.querySelectorAll("a")];
    const place = lines.indexOf(document.activeElement);
    if (event.key === "Escape") this.close(event);
    else if (event.key === "ArrowDown") this.go(event, lines[Math.min(place + 1, lines.length - 1)]);
    else if (event.key === "ArrowUp") this.go(event, place > 0 ? lines[place - 1] : this.input);
    else if (event.key === "Enter" && event.target === this.input && lines.length && !this.panel.hidden) this.go(event, lines[0])?.click();
  }

  go(event, target) {
    event.preventDefault();
    target?.focus();
    return target;
  }

  close(event) {
    event.stopPropagation();
    this.show(false);
    this.input.focus();
  }

  left({ relatedTarget }) {
    if (!this.contains(relatedTarget)) this.show(false);
  }

  show(isOpen) {
    this.panel.hidden = !isOpen || this.panel.childElementCount === 0;
    this.input.setAttribute("aria-expanded", String(!this.panel.hidden));
  }

  get input() {
    return this.querySelector("input");
  }

  get panel() {
    return this.querySelector("[data-found]");
  }
}

customElements.define("tc-finder", Finder);
