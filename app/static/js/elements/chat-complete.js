/* <tc-complete>: names that could follow an @, below what is being written. The keyboard stays in the field. */

import { fetchText } from "teamchat/lib/fragments";
import { cloneOf } from "teamchat/lib/clone";

const BEGUN = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N}._+-]{0,40})$/u;
const PATIENCE = 120;

class Complete extends HTMLElement {
  place = 0;

  connectedCallback() {
    this.addEventListener("pointerdown", this);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  /* A tap chooses, and the field keeps the keyboard. */
  handleEvent(event) {
    const item = event.target.closest("[role='option']");
    if (!item) return;
    event.preventDefault();
    this.choose(item);
  }

  /* Something was typed, or the caret was moved. */
  look(field) {
    this.field = field;
    const begun = this.begun;
    clearTimeout(this.timer);
    if (begun === null) this.close();
    else this.timer = setTimeout(() => this.ask(begun), PATIENCE);
  }

  async ask(begun) {
    const answer = await fetchText(`${this.dataset.url}?q=${encodeURIComponent(begun)}`).catch(() => "[]");
    if (this.isConnected && begun === this.begun) this.show(JSON.parse(answer));
  }

  show(people) {
    this.list.replaceChildren(...people.map((person, place) => this.make(person, place)));
    this.hidden = people.length === 0;
    this.point(0);
  }

  make({ name, mention, is_guest: isGuest }, place) {
    const item = cloneOf(this.querySelector("template"));
    item.id = `complete-${place}`;
    item.dataset.mention = mention;
    item.querySelector("[data-name]").textContent = name;
    item.querySelector("[data-guest]").hidden = !isGuest;
    item.querySelector("[data-mention-text]").textContent = `@${mention}`;
    return item;
  }

  /* Whether the key was for the list. */
  takes(event) {
    if (this.hidden) return false;
    const ways = {
      ArrowDown: () => this.point(this.place + 1),
      ArrowUp: () => this.point(this.place - 1),
      Enter: () => this.choose(this.items[this.place]),
      Tab: () => this.choose(this.items[this.place]),
      Escape: () => this.close(),
    };
    if (!ways[event.key] || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
    event.preventDefault();
    ways[event.key]();
    return true;
  }

  point(place) {
    const { items } = this;
    this.place = (place + items.length) % items.length || 0;
    items.forEach((item, number) => item.setAttribute("aria-selected", number === this.place));
    items[this.place]?.scrollIntoView({ block: "nearest" });
    if (items.length) this.field.setAttribute("aria-activedescendant", items[this.place].id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  choose(item) {
    const end = this.field.selectionStart;
    this.field.setRangeText(`@${item.dataset.mention} `, end - this.begun.length - 1, end, "end");
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    clearTimeout(this.timer);
    this.hidden = true;
    this.list.replaceChildren();
    this.field?.removeAttribute("aria-activedescendant");
  }

  /* What stands behind the @ before the caret; null where no name is being written. */
  get begun() {
    const { selectionStart, selectionEnd, value } = this.field;
    if (selectionStart !== selectionEnd) return null;
    return BEGUN.exec(value.slice(Math.max(0, selectionStart - 60), selectionStart))?.[1] ?? null;
  }

  get items() {
    return [...this.list.children];
  }

  get list() {
    return this.querySelector("[role='listbox']");
  }
}

customElements.define("tc-complete", Complete);
