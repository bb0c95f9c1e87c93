/* <tc-message>: a message carries facts; what differs by reader is done here. */

import { dayKey, hourOf, momentOf } from "teamchat/lib/dates";

const TOGETHER = 5 * 60 * 1000;

class Message extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    time.textContent = hourOf(this.at);
    time.title = momentOf(this.at);
    const hour = this.querySelector(".message-hour");
    if (hour) hour.textContent = time.textContent;
    for (const box of this.querySelectorAll("li > input")) box.setAttribute("aria-label", box.parentElement.textContent.trim());
  }

  /* What depends on who reads, and on what stands above. */
  dress({ account, url, previous }) {
    this.classList.toggle("is-own", this.author === account);
    this.classList.toggle("is-continued", this.follows(previous));
    const link = this.querySelector(".message-link:not([href])");
    if (link) link.href = this.addressIn(url);
  }

  /* Same author, within five minutes, and nothing in between. */
  follows(previous) {
    if (!previous || this.isNote || previous.isNote || previous.author !== this.author) return false;
    return this.at - previous.at < TOGETHER && this.day === previous.day;
  }

  addressIn(url) {
    return `${url}?at=${this.seq}#${this.id}`;
  }

  /* Comes before another in the conversation. */
  isBefore(other) {
    return this.seq === other.seq ? this.note < other.note : this.seq < other.seq;
  }

  get at() {
    this.moment ??= new Date(this.dataset.at);
    return this.moment;
  }

  get day() {
    this.dayOfMoment ??= dayKey(this.at);
    return this.dayOfMoment;
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

  get clientId() {
    return this.dataset.clientId;
  }

  get isNote() {
    return this.dataset.kind === "note";
  }

  get isDeleted() {
    return this.dataset.deleted !== undefined;
  }

  get body() {
    return this.querySelector(".message-body");
  }

  get editor() {
    return this.querySelector("tc-editor");
  }
}

customElements.define("tc-message", Message);
