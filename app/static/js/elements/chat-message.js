/* <tc-message>: a message. The server sends facts; what differs by reader is added here. */

import { dayKey, hourOf, momentOf } from "teamchat/lib/dates";
import { find, findAll } from "teamchat/lib/dom";

/* Messages of one author within this time are shown as one block. */
const BLOCK_TIME = 5 * 60 * 1000;

export class Message extends HTMLElement {
  /** @type {Date | undefined} */
  #moment;
  /** @type {string | undefined} */
  #dayOfMoment;

  connectedCallback() {
    for (const text of findAll(this, "[data-texts]"))
      text.textContent = JSON.parse(text.dataset.texts ?? "{}")[document.documentElement.lang] ?? "";
    const time = find(this, "time");
    time.textContent = hourOf(this.at);
    time.title = momentOf(this.at);
    const hour = this.querySelector(".message-hour");
    if (hour) hour.textContent = time.textContent;
    for (const box of findAll(this, "li > input"))
      box.setAttribute("aria-label", box.parentElement?.textContent.trim() ?? "");
  }

  /* Update what depends on the reader, and on the message above. */
  dress({ account, url, previous }) {
    this.classList.toggle("is-own", this.author === account);
    this.classList.toggle("is-continued", this.#continues(previous));
    const link = /** @type {HTMLAnchorElement | null} */ (this.querySelector(".message-link:not([href])"));
    if (link) link.href = this.addressIn(url);
  }

  /* Whether it continues a block: same author, same day, within five minutes. */
  #continues(previous) {
    if (!previous || this.isNote || previous.isNote || previous.author !== this.author) return false;
    return this.at.getTime() - previous.at.getTime() < BLOCK_TIME && this.day === previous.day;
  }

  addressIn(url) {
    return `${url}?at=${this.seq}#${this.id}`;
  }

  /* Whether it precedes another in the conversation. */
  isBefore(other) {
    return this.seq === other.seq ? this.note < other.note : this.seq < other.seq;
  }

  get at() {
    this.#moment ??= new Date(this.dataset.at ?? "");
    return this.#moment;
  }

  get day() {
    this.#dayOfMoment ??= dayKey(this.at);
    return this.#dayOfMoment;
  }

  get key() {
    return Number(this.dataset.id);
  }

  get seq() {
    return Number(this.dataset.seq);
  }

  get note() {
    return Number(this.dataset.note);
  }

  get change() {
    return Number(this.dataset.change);
  }

  get author() {
    return this.dataset.author;
  }

  get isNote() {
    return this.dataset.kind === "note";
  }

  get isDeleted() {
    return this.dataset.deleted !== undefined;
  }

  get body() {
    return find(this, ".message-body");
  }

  get editor() {
    return this.querySelector("tc-editor");
  }
}

customElements.define("tc-message", Message);
