/* The messages on the screen: in order, each once, no more than a bounded number, with what stands between them. */

import { cloneOf } from "teamchat/lib/clone";
import { dayName } from "teamchat/lib/dates";

export class Log {
  /* element holds the messages; templates are those of the day's line and of the line "New". */
  constructor(element, templates, { account, url }) {
    this.element = element;
    this.found = element.getElementsByTagName("tc-message");
    this.templates = templates;
    this.account = account;
    this.url = url;
    this.newAfter = null;
  }

  get messages() {
    return [...this.found];
  }

  get length() {
    return this.found.length;
  }

  get first() {
    return this.found[0];
  }

  get last() {
    return this.found[this.found.length - 1];
  }

  byId(id) {
    return this.element.querySelector(`#m-${Number(id)}`);
  }

  bySeq(seq) {
    return this.messages.find((message) => message.seq >= seq);
  }

  /* Put messages where they belong; what is known is replaced by what is newer. */
  put(nodes) {
    const placed = nodes.map((node) => this.#putOne(node)).filter(Boolean);
    const firstNew = this.#firstNew();
    for (const message of new Set(placed.flatMap((one) => [one, nextOf(one)]))) if (message) this.#dress(message, firstNew);
    this.#keepOneReachable();
  }

  /* Take away what is too much at the top: whether anything was. Notes stay with the message they stand behind. */
  trimTop(most) {
    const { messages } = this;
    let start = messages.length - most;
    if (start <= 0 || messages.slice(0, start).some((message) => message.editor)) return false;
    while (start > 0 && messages[start].note > 0) start -= 1;
    this.#removeBefore(messages[start]);
    return start > 0;
  }

  trimBottom(most) {
    const extra = this.messages.slice(most);
    if (!extra.length || extra.some((message) => message.editor)) return false;
    const { last } = this;
    while (this.element.lastElementChild !== extra[0]) this.element.lastElementChild.remove();
    extra[0].remove();
    if (last.tabIndex === 0) this.#keepOneReachable();
    this.#dropLinesAtTheEnd();
    return true;
  }

  clear() {
    this.element.replaceChildren();
  }

  /* The line "New" stands before the first message of somebody else behind this place; null: nowhere. */
  markNew(after) {
    this.newAfter = after;
    this.dressAll();
  }

  get newLine() {
    return this.element.querySelector(":scope > .new");
  }

  /* Days and times have moved on, or the line "New" has. */
  dressAll() {
    const firstNew = this.#firstNew();
    for (const message of this.found) this.#dress(message, firstNew);
    this.#keepOneReachable();
  }

  #dress(message, firstNew) {
    const previous = previousOf(message);
    const isNew = message === firstNew;
    this.#linesBefore(message, !previous || previous.day !== message.day, isNew);
    message.dress({ account: this.account, url: this.url, previous: isNew ? null : previous });
  }

  #firstNew() {
    if (this.newAfter === null) return null;
    return this.messages.find((message) => message.seq > this.newAfter && message.author !== this.account) ?? null;
  }

  #putOne(node) {
    const known = this.byId(node.dataset.id);
    if (known) return this.#replace(known, node);
    customElements.upgrade(node);
    this.element.insertBefore(node, this.#placeOf(node));
    return node;
  }

  #replace(known, node) {
    if (Number(node.dataset.change) < known.change) return null;
    const hadFocus = known.contains(document.activeElement) && !known.editor;
    const { editor } = known;
    node.tabIndex = known.tabIndex;
    known.replaceWith(node);
    if (editor && !node.isDeleted) editWith(node, editor);
    if (hadFocus) node.focus({ preventScroll: true });
    return node;
  }

  #placeOf(node) {
    let before = this.last;
    while (before && node.isBefore(before)) before = previousOf(before);
    return before ? before.nextSibling : this.element.firstChild;
  }

  #linesBefore(message, isDay, isNew) {
    const there = linesAbove(message);
    const lines = [];
    if (isDay) lines.push(this.#dayLine(message, there));
    if (isNew) lines.push(this.newLine ?? cloneOf(this.templates.new));
    if (lines.length === there.length && lines.every((line, place) => line === there[place])) return;
    for (const line of there) if (!lines.includes(line)) line.remove();
    message.before(...lines);
  }

  #dayLine(message, there) {
    const line = there.find((one) => one.dataset.day === message.day) ?? cloneOf(this.templates.day);
    const name = line.querySelector(".day-name");
    const text = dayName(message.at);
    line.dataset.day = message.day;
    if (name.textContent !== text) name.textContent = text;
    return line;
  }

  #dropLinesAtTheEnd() {
    while (this.element.lastElementChild && !isMessage(this.element.lastElementChild)) this.element.lastElementChild.remove();
  }

  #removeBefore(message) {
    while (this.element.firstElementChild !== message) this.element.firstElementChild.remove();
    this.#dress(message, this.#firstNew());
    this.#keepOneReachable();
  }

  /* The conversation is one stop of the Tab key; the arrows go on from there. */
  #keepOneReachable() {
    if (this.reachable?.isConnected && this.reachable.tabIndex === 0) return;
    this.reachable = this.messages.find((message) => message.tabIndex === 0) ?? this.last;
    if (this.reachable) this.reachable.tabIndex = 0;
  }
}

/* Show an editor in place of a message's text. */
export function editWith(message, editor) {
  message.classList.add("is-edited-now");
  message.body.after(editor);
}

function isMessage(element) {
  return element.localName === "tc-message";
}

function previousOf(message) {
  let other = message.previousElementSibling;
  while (other && !isMessage(other)) other = other.previousElementSibling;
  return other;
}

function nextOf(message) {
  let other = message.nextElementSibling;
  while (other && !isMessage(other)) other = other.nextElementSibling;
  return other;
}

function linesAbove(message) {
  const lines = [];
  for (let line = message.previousElementSibling; line && !isMessage(line); line = line.previousElementSibling) lines.unshift(line);
  return lines;
}
