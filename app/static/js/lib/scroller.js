/* Where the reader is in a scrolled box, and how to keep them there while things are added and taken away. */

const NEAR = 40;

export class Scroller {
  /* list: the element whose children are read. */
  constructor(box, list) {
    this.box = box;
    this.list = list;
  }

  get above() {
    return this.box.scrollTop;
  }

  get below() {
    return this.box.scrollHeight - this.box.clientHeight - this.box.scrollTop;
  }

  get isAtEnd() {
    return this.below < NEAR;
  }

  toEnd(isSmooth = false) {
    this.box.scrollTo({ top: this.box.scrollHeight, behavior: isSmooth ? "smooth" : "instant" });
  }

  /* Bring an element into sight, a share of the height below the top. */
  toElement(element, share = 0.3) {
    const distance = element.getBoundingClientRect().top - this.box.getBoundingClientRect().top;
    this.box.scrollTop += distance - this.box.clientHeight * share;
  }

  isAbove(element) {
    return element.getBoundingClientRect().top < this.box.getBoundingClientRect().top;
  }

  /* Do something to the list and leave what the reader sees where it was. */
  keeping(work) {
    const anchor = this.#firstSeen();
    const before = anchor?.getBoundingClientRect().top;
    const result = work();
    if (anchor?.isConnected) this.box.scrollTop += anchor.getBoundingClientRect().top - before;
    return result;
  }

  #firstSeen() {
    const top = this.box.getBoundingClientRect().top;
    return [...this.list.children].find((child) => child.localName === "tc-message" && child.getBoundingClientRect().bottom > top);
  }
}
