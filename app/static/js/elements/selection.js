/* <tc-selection>: a list whose rows can be selected. It counts them, and selects the whole page at once. */

import { counted } from "teamchat/lib/counted";
import { find, findAll } from "teamchat/lib/dom";

class Selection extends HTMLElement {
  /** @type {MutationObserver} */
  #observer;

  connectedCallback() {
    this.addEventListener("change", this);
    this.addEventListener("htmx:after:swap", this);
    this.#observer = new MutationObserver(() => this.#draw());
    this.#observer.observe(this, { childList: true, subtree: true });
    this.#draw();
  }

  disconnectedCallback() {
    this.#observer.disconnect();
  }

  handleEvent(event) {
    if (event.type === "change" && event.target.matches("[data-page-box]")) this.#selectPage(event.target.checked);
    if (event.type === "change" && event.target.matches("[name=ids]") && !event.target.checked) this.#unselectAll();
    this.#draw();
  }

  #selectPage(isSelected) {
    for (const box of this.#boxes) box.checked = isSelected;
    if (!isSelected) this.#unselectAll();
  }

  #unselectAll() {
    const all = this.#all;
    if (all) all.checked = false;
  }

  /* Write only what differs: it is called for every change below, its own too. */
  #draw() {
    const selected = this.#boxes.filter((box) => box.checked).length;
    const all = this.#all;
    const number = all?.checked ? Number(all.dataset.total) : selected;
    const label = findAll(this, "[data-count]").at(0);
    if (!label) return;
    const text = number ? counted(number, label.dataset.one, label.dataset.many) : (label.dataset.none ?? "");
    if (label.textContent !== text) label.textContent = text;
    this.#drawPage(selected);
    this.#drawButton(number);
  }

  #drawPage(selected) {
    const page = find(this, "[data-page]");
    const box = find(this, "[data-page-box]", HTMLInputElement);
    if (page.hidden) page.hidden = false;
    box.checked = selected > 0 && selected === this.#boxes.length;
    box.indeterminate = selected > 0 && selected < this.#boxes.length;
  }

  #drawButton(number) {
    const button = find(this, ".selection-action", HTMLButtonElement);
    const label = find(button, "span");
    label.dataset.title ??= label.textContent;
    const text = `${label.dataset.title} (${number})`;
    if (label.textContent !== text) label.textContent = text;
    if (button.disabled !== (number === 0)) button.disabled = number === 0;
  }

  get #boxes() {
    return findAll(this, "input[name=ids]", HTMLInputElement);
  }

  get #all() {
    return findAll(this, "[data-all]", HTMLInputElement).at(0);
  }
}

customElements.define("tc-selection", Selection);
