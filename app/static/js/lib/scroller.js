/* The reader's position in a scrolled box, and how to keep it while elements are added and removed. */

const NEAR = 40;

export class Scroller {
  /* Whether the reader stays at the end when messages are added. */
  isFollowing = false;

  #box;
  #list;
  #lastAbove = 0;

  /**
   * @param {HTMLElement} box the element that scrolls
   * @param {HTMLElement} list the element whose children are read
   */
  constructor(box, list) {
    this.#box = box;
    this.#list = list;
  }

  get above() {
    return this.#box.scrollTop;
  }

  get below() {
    return this.#box.scrollHeight - this.#box.clientHeight - this.#box.scrollTop;
  }

  get height() {
    return this.#box.clientHeight;
  }

  /* Update isFollowing after scrolling. Only scrolling up ends it: when an element grows, the end moves away by itself. */
  updateFollowing(hasEnd) {
    const { above } = this;
    if (!hasEnd || above < this.#lastAbove - 1) this.isFollowing = false;
    if (hasEnd && this.below < NEAR) this.isFollowing = true;
    this.#lastAbove = above;
  }

  toEnd() {
    this.#box.scrollTo({ top: this.#box.scrollHeight, behavior: "instant" });
  }

  /* Bring an element into view, a share of the height below the top, and stay there. */
  toElement(element, share = 0.3) {
    this.isFollowing = false;
    this.#box.scrollTop += this.#distance(element) - this.#box.clientHeight * share;
    this.#lastAbove = this.above;
  }

  isAbove(element) {
    return this.#distance(element) < 0;
  }

  /* Change the list, and leave what the reader sees where it was. */
  keepPosition(change) {
    const anchor = this.#firstVisible();
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    if (anchor?.isConnected) this.#box.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  #distance(element) {
    return element.getBoundingClientRect().top - this.#box.getBoundingClientRect().top;
  }

  #firstVisible() {
    const { top } = this.#box.getBoundingClientRect();
    return [...this.#list.children].find(
      (child) => child.localName === "tc-message" && child.getBoundingClientRect().bottom > top,
    );
  }
}
