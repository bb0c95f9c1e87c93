/* <tc-menu>: a button and its popover. The browser opens and closes it; the arrow keys move through it. */

import { find, findAll, focusedIndex } from "teamchat/lib/dom";

class Menu extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this);
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    if (event.type === "keydown") this.#keyPressed(event);
    else if (event.target.closest("a.dropdown-item")) this.#panel.hidePopover();
  }

  #keyPressed(event) {
    const { key } = event;
    if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(key)) return;
    event.preventDefault();
    if (!this.#panel.matches(":popover-open")) this.#panel.showPopover({ source: find(this, "[popovertarget]") });
    const items = findAll(this.#panel, "a, button:not(:disabled)");
    items.at(nextPlace(key, focusedIndex(items), items.length))?.focus();
  }

  get #panel() {
    return find(this, "[popover]");
  }
}

function nextPlace(key, place, length) {
  if (key === "Home") return 0;
  if (key === "End") return -1;
  if (key === "ArrowDown") return (place + 1) % length;
  return place <= 0 ? -1 : place - 1;
}

customElements.define("tc-menu", Menu);
