/* <tc-finder>: the search of WebAdmin. Ctrl+K opens it from anywhere, the arrow keys move through the results. */

import { find, findAll, focusedIndex } from "teamchat/lib/dom";

class Finder extends HTMLElement {
  connectedCallback() {
    for (const type of ["keydown", "focusin", "focusout", "htmx:after:swap"]) this.addEventListener(type, this);
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.type === "keydown" && event.currentTarget === document) this.#shortcut(event);
    else if (event.type === "keydown") this.#keyPressed(event);
    else if (event.type === "focusout") this.#focusLeft(event);
    else this.#show(this.#input.value.trim() !== "");
  }

  #shortcut(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    this.#input.focus();
    this.#input.select();
  }

  #keyPressed(event) {
    const links = findAll(this.#panel, "a");
    const index = focusedIndex(links);
    if (event.key === "Escape") this.#close(event);
    else if (event.key === "ArrowDown") this.#focus(event, links[Math.min(index + 1, links.length - 1)]);
    else if (event.key === "ArrowUp") this.#focus(event, index > 0 ? links[index - 1] : this.#input);
    else if (event.key === "Enter" && event.target === this.#input && links.length && !this.#panel.hidden)
      this.#focus(event, links[0])?.click();
  }

  #focus(event, target) {
    event.preventDefault();
    target?.focus();
    return target;
  }

  #close(event) {
    event.stopPropagation();
    this.#show(false);
    this.#input.focus();
  }

  #focusLeft({ relatedTarget }) {
    if (!this.contains(relatedTarget)) this.#show(false);
  }

  #show(isOpen) {
    this.#panel.hidden = !isOpen || this.#panel.childElementCount === 0;
    this.#input.setAttribute("aria-expanded", String(!this.#panel.hidden));
  }

  get #input() {
    return find(this, "input");
  }

  get #panel() {
    return find(this, "[data-found]");
  }
}

customElements.define("tc-finder", Finder);
