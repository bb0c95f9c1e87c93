/* Broadcast messages that are about to be shown. Many at once are inserted together, so that the screen stays responsive. */

const INTERVAL = 40;

export class Arrivals {
  /** @type {HTMLElement[]} */
  #nodes = [];
  /** @type {number | ReturnType<typeof setTimeout>} */
  #timer = 0;
  #insertedAt = Number.NEGATIVE_INFINITY;
  #insert;

  /** @param {() => void} insert shows what take() returns, and calls inserted() */
  constructor(insert) {
    this.#insert = insert;
  }

  add(node) {
    this.#nodes.push(node);
    const wait = this.#insertedAt + INTERVAL - performance.now();
    if (wait <= 0) this.#insert();
    else this.#timer ||= setTimeout(this.#insert, wait);
  }

  /* Return the waiting messages; they no longer wait. */
  take() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    return this.#nodes.splice(0);
  }

  inserted() {
    this.#insertedAt = performance.now();
  }

  get last() {
    return this.#nodes.at(-1);
  }
}
