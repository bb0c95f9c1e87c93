/* <tc-typing>: the people who are writing. Every server process reports its own; a report expires unless repeated. */

import { find } from "teamchat/lib/dom";

const EXPIRY = 8000;

export class Typing extends HTMLElement {
  #writers = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  update({ from, people }, account) {
    const others = people.filter((person) => String(person.id) !== account);
    this.#writers.set(from, { others, until: Date.now() + EXPIRY });
    this.#draw();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#draw(), EXPIRY);
  }

  #draw() {
    const names = [...new Map(this.#current.map((person) => [person.id, this.#nameOf(person)])).values()];
    this.classList.toggle("is-on", names.length > 0);
    const text = find(this, "[data-text]");
    if (text.textContent !== this.#sentence(names)) text.textContent = this.#sentence(names);
  }

  #nameOf({ name, is_guest: isGuest }) {
    return isGuest ? (this.dataset.guest ?? "").replace("{a}", () => name) : name;
  }

  get #current() {
    return [...this.#writers.values()].filter(({ until }) => until > Date.now()).flatMap(({ others }) => others);
  }

  /** @param {string[]} names */
  #sentence([one, two, ...more]) {
    if (!one) return "";
    const named = { "{a}": one, "{b}": two };
    const fill = (pattern = "") => pattern.replace(/\{[ab]\}/g, (mark) => named[mark]);
    if (!two) return fill(this.dataset.one);
    if (!more.length) return fill(this.dataset.two);
    return this.dataset.many ?? "";
  }
}

customElements.define("tc-typing", Typing);
