/* <tc-selection>: a list whose rows can be chosen. It counts them, offers the whole page at once, and tells the button. */

import { counted } from "teamchat/lib/counted";

class Selection extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", this);
    this.addEventListener("htmx:after:swap", this);
    this.watch = new MutationObserver(() => this.tell());
    this.watch.observe(this, { childList: true, subtree: true });
    this.tell();
  }

  disconnectedCallback() {
    this.watch.disconnect();
  }

  handleEvent(event) {
    if (event.type === "change" && event.target.matches("[data-page-box]")) this.pickPage(event.target.checked);
    if (event.type === "change" && event.target.matches("[name=ids]") && !event.target.checked) this.forgetAll();
    this.tell();
  }

  pickPage(isPicked) {
    for (const box of this.boxes) box.checked = isPicked;
    if (!isPicked) this.forgetAll();
  }

  forgetAll() {
    if (this.all) this.all.checked = false;
  }

  /* Writes only what differs: it is called for every change below, its own too. */
  tell() {
    const picked = this.boxes.filter((box) => box.checked).length;
    const number = this.all?.checked ? Number(this.all.dataset.total) : picked;
    const label = this.querySelector("[data-count]");
    if (!label) return;
    const text = number ? counted(number, label.dataset.one, label.dataset.many) : label.dataset.none;
    if (label.textContent !== text) label.textContent = text;
    this.tellPage(picked);
    this.tellButton(number);
  }

  tellPage(picked) {
    const page = this.querySelector("[data-page]");
    const box = this.querySelector("[data-page-box]");
    if (page.hidden) page.hidden = false;
    box.checked = picked > 0 && picked === this.boxes.length;
    box.indeterminate = picked > 0 && picked < this.boxes.length;
  }

  tellButton(number) {
    const button = this.querySelector(".selection-action");
    const label = button.querySelector("span");
    label.dataset.title ??= label.textContent;
    const text = `${label.dataset.title} (${number})`;
    if (label.textContent !== text) label.textContent = text;
    if (button.disabled !== (number === 0)) button.disabled = number === 0;
  }

  get boxes() {
    return [...this.querySelectorAll("input[name=ids]")];
  }

  get all() {
    return this.querySelector("[data-all]");
  }
}

customElements.define("tc-selection", Selection);
