/* <tc-complete>: suggested names after an @, below the text field. The keyboard stays in the field. */

import { cloneOf, find, findAll } from "teamchat/lib/dom";
import { fetchText } from "teamchat/lib/fragments";

const MENTION = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N}._+-]{0,40})$/u;
const TYPING_PAUSE = 120;

export class Complete extends HTMLElement {
  #active = 0;
  /** @type {HTMLTextAreaElement} */
  #field;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  connectedCallback() {
    this.addEventListener("pointerdown", this);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /* Choose by pointer, and leave the focus in the field. */
  handleEvent(event) {
    const item = event.target.closest("[role='option']");
    if (!item) return;
    event.preventDefault();
    this.#choose(item);
  }

  /* Suggest names after typing, or after moving the caret. */
  update(field) {
    this.#field = field;
    const query = this.#query;
    clearTimeout(this.#timer);
    if (query === null) this.#close();
    else this.#timer = setTimeout(() => this.#fetch(query), TYPING_PAUSE);
  }

  async #fetch(query) {
    const answer = await fetchText(`${this.dataset.url}?q=${encodeURIComponent(query)}`).catch(() => "[]");
    if (this.isConnected && query === this.#query) this.#show(JSON.parse(answer));
  }

  #show(people) {
    this.#list.replaceChildren(...people.map((person, index) => this.#createItem(person, index)));
    this.hidden = people.length === 0;
    this.#activate(0);
  }

  #createItem({ name, mention, is_guest: isGuest }, index) {
    const item = cloneOf(find(this, "template"));
    item.id = `complete-${index}`;
    item.dataset.mention = mention;
    find(item, "[data-name]").textContent = name;
    find(item, "[data-guest]").hidden = !isGuest;
    find(item, "[data-mention-text]").textContent = `@${mention}`;
    return item;
  }

  /* Handle a key for the list. Returns whether it was one. */
  handleKey(event) {
    if (this.hidden) return false;
    const actions = {
      ArrowDown: () => this.#activate(this.#active + 1),
      ArrowUp: () => this.#activate(this.#active - 1),
      Enter: () => this.#choose(this.#items[this.#active]),
      Tab: () => this.#choose(this.#items[this.#active]),
      Escape: () => this.#close(),
    };
    if (!actions[event.key] || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
    event.preventDefault();
    actions[event.key]();
    return true;
  }

  #activate(index) {
    const items = this.#items;
    this.#active = (index + items.length) % items.length || 0;
    for (const item of items) item.setAttribute("aria-selected", String(item === items[this.#active]));
    items[this.#active]?.scrollIntoView({ block: "nearest" });
    if (items.length) this.#field.setAttribute("aria-activedescendant", items[this.#active].id);
    else this.#field.removeAttribute("aria-activedescendant");
  }

  #choose(item) {
    const end = this.#field.selectionStart;
    this.#field.setRangeText(`@${item.dataset.mention} `, end - (this.#query ?? "").length - 1, end, "end");
    this.#close();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #close() {
    clearTimeout(this.#timer);
    this.hidden = true;
    this.#list.replaceChildren();
    this.#field?.removeAttribute("aria-activedescendant");
  }

  /* The text between the @ and the caret; null where no name is being written. */
  get #query() {
    const { selectionStart, selectionEnd, value } = this.#field;
    if (selectionStart !== selectionEnd) return null;
    return MENTION.exec(value.slice(Math.max(0, selectionStart - 60), selectionStart))?.[1] ?? null;
  }

  get #items() {
    return findAll(this.#list, ":scope > *");
  }

  get #list() {
    return find(this, "[role='listbox']");
  }
}

customElements.define("tc-complete", Complete);
