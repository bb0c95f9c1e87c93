/* <tc-menu>: a button and its popover. The browser opens and closes it; the arrow keys walk through it. */

class Menu extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this);
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    if (event.type === "keydown") this.walk(event);
    else if (event.target.closest("a.dropdown-item")) this.panel.hidePopover();
  }

  walk(event) {
    const { key } = event;
    if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(key)) return;
    event.preventDefault();
    if (!this.panel.matches(":popover-open")) this.panel.showPopover({ source: this.querySelector("[popovertarget]") });
    const items = [...this.panel.querySelectorAll("a, button")].filter((item) => !item.disabled);
    items.at(nextPlace(key, items.indexOf(document.activeElement), items.length))?.focus();
  }

  get panel() {
    return this.querySelector("[popover]");
  }
}

function nextPlace(key, place, length) {
  if (key === "Home") return 0;
  if (key === "End") return -1;
  if (key === "ArrowDown") return (place + 1) % length;
  return place <= 0 ? -1 : place - 1;
}

customElements.define("tc-menu", Menu);
