/* <tc-folds>: sections closed by the reader stay closed in this tab when the server sends them again. */

import { findAll } from "teamchat/lib/dom";

const KEY = "tc:folds";

function remembered() {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
  } catch {
    return new Set();
  }
}

function remember(closed) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...closed]));
  } catch {
    /* Storage is refused: they stay closed as long as the page. */
  }
}

class Folds extends HTMLElement {
  /** @type {Set<string>} */
  #closed = new Set();
  /** @type {MutationObserver} */
  #observer;

  connectedCallback() {
    this.#closed = remembered();
    this.#observer = new MutationObserver(() => this.#apply());
    this.#observer.observe(this, { subtree: true, childList: true, attributes: true, attributeFilter: ["open"] });
    this.addEventListener("click", this);
    this.#apply();
  }

  disconnectedCallback() {
    this.#observer.disconnect();
  }

  /* Handle a click on a summary: its section opens or closes right afterwards. */
  handleEvent({ target }) {
    const section = target.closest("summary")?.parentElement;
    if (!section?.id) return;
    if (section.open) this.#closed.add(section.id);
    else this.#closed.delete(section.id);
    remember(this.#closed);
  }

  #apply() {
    for (const section of findAll(this, "details[id][open]", HTMLDetailsElement)) {
      if (this.#closed.has(section.id)) section.open = false;
    }
  }
}

customElements.define("tc-folds", Folds);
