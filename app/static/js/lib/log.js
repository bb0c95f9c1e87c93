/* The messages on the screen: in order, each once, with the lines between them for days and new messages. */

import { dayName } from "teamchat/lib/dates";
import { cloneOf, find } from "teamchat/lib/dom";

/** @typedef {import("teamchat/elements/chat-message").Message} Message */

export class Log {
  /* The last message that was read when the line "New" was drawn; null: there is no line. */
  /** @type {number | null} */
  newAfter = null;

  #all;
  #templates;
  #url;
  /** @type {Message | undefined} */
  #focusable;

  /**
   * @param {HTMLElement} element holds the messages
   * @param {{ day: HTMLTemplateElement, new: HTMLTemplateElement }} templates lines of a new day and of new messages
   * @param {{ account: string, url: string }} reader
   */
  constructor(element, templates, { account, url }) {
    this.element = element;
    this.#all = /** @type {HTMLCollectionOf<Message>} */ (element.getElementsByTagName("tc-message"));
    this.#templates = templates;
    this.account = account;
    this.#url = url;
  }

  get messages() {
    return [...this.#all];
  }

  get first() {
    return this.#all[0];
  }

  get last() {
    return this.#all[this.#all.length - 1];
  }

  /** @returns {Message | null} */
  byId(id) {
    return this.element.querySelector(`#m-${Number(id)}`);
  }

  bySeq(seq) {
    return this.messages.find((message) => message.seq >= seq);
  }

  /* Insert messages where they belong, or replace an older version of them. */
  put(nodes) {
    const placed = nodes.map((node) => this.#insert(node)).filter(Boolean);
    const firstNew = this.#firstNew();
    for (const message of new Set(placed.flatMap((message) => [message, nextOf(message)])))
      if (message) this.#dress(message, firstNew);
    this.#keepOneFocusable();
  }

  /* Remove messages from the top beyond a number. Returns whether there were any. Notes stay with the message before them. */
  trimTop(max) {
    const { messages } = this;
    let start = messages.length - max;
    if (start <= 0 || messages.slice(0, start).some((message) => message.editor)) return false;
    while (start > 0 && messages[start].note > 0) start -= 1;
    this.#removeBefore(messages[start]);
    return start > 0;
  }

  /* Remove messages from the end beyond a number. Returns whether there were any. */
  trimBottom(max) {
    const extra = this.messages.slice(max);
    if (!extra.length || extra.some((message) => message.editor)) return false;
    const { last } = this;
    while (this.element.lastElementChild !== extra[0]) this.element.lastElementChild?.remove();
    extra[0].remove();
    if (last.tabIndex === 0) this.#keepOneFocusable();
    this.#removeTrailingLines();
    return true;
  }

  clear() {
    this.element.replaceChildren();
  }

  /* Draw the line "New" before the first message of somebody else after this one; null: nowhere. */
  markNew(after) {
    this.newAfter = after;
    this.dressAll();
  }

  get newLine() {
    return this.element.querySelector(":scope > .new");
  }

  /* Update all messages: the day has changed, or the line "New" has moved. */
  dressAll() {
    const firstNew = this.#firstNew();
    for (const message of this.#all) this.#dress(message, firstNew);
    this.#keepOneFocusable();
  }

  #dress(message, firstNew) {
    const previous = previousOf(message);
    const isNew = message === firstNew;
    this.#drawLines(message, !previous || previous.day !== message.day, isNew);
    message.dress({ account: this.account, url: this.#url, previous: isNew ? null : previous });
  }

  #firstNew() {
    const { newAfter } = this;
    if (newAfter === null) return null;
    return this.messages.find((message) => message.seq > newAfter && message.author !== this.account) ?? null;
  }

  #insert(node) {
    const known = this.byId(node.dataset.id);
    if (known) return this.#replace(known, node);
    customElements.upgrade(node);
    this.element.insertBefore(node, this.#nodeAfter(node));
    return node;
  }

  #replace(known, node) {
    if (Number(node.dataset.change) < known.change) return null;
    const hadFocus = known.contains(document.activeElement) && !known.editor;
    const { editor } = known;
    node.tabIndex = known.tabIndex;
    known.replaceWith(node);
    if (editor && !node.isDeleted) showEditor(node, editor);
    if (hadFocus) node.focus({ preventScroll: true });
    return node;
  }

  #nodeAfter(node) {
    let before = this.last;
    while (before && node.isBefore(before)) before = previousOf(before);
    return before ? before.nextSibling : this.element.firstChild;
  }

  #drawLines(message, isDay, isNew) {
    const present = linesAbove(message);
    const lines = [];
    if (isDay) lines.push(this.#dayLine(message, present));
    if (isNew) lines.push(this.newLine ?? cloneOf(this.#templates.new));
    if (lines.length === present.length && lines.every((line, index) => line === present[index])) return;
    for (const line of present) if (!lines.includes(line)) line.remove();
    message.before(...lines);
  }

  #dayLine(message, present) {
    const line = present.find((line) => line.dataset.day === message.day) ?? cloneOf(this.#templates.day);
    const name = find(line, ".day-name");
    const text = dayName(message.at);
    line.dataset.day = message.day;
    if (name.textContent !== text) name.textContent = text;
    return line;
  }

  #removeTrailingLines() {
    while (this.element.lastElementChild && !isMessage(this.element.lastElementChild))
      this.element.lastElementChild.remove();
  }

  #removeBefore(message) {
    while (this.element.firstElementChild !== message) this.element.firstElementChild?.remove();
    this.#dress(message, this.#firstNew());
    this.#keepOneFocusable();
  }

  /* Keep one message in the order of the Tab key; the arrow keys move on from there. */
  #keepOneFocusable() {
    if (this.#focusable?.isConnected && this.#focusable.tabIndex === 0) return;
    this.#focusable = this.messages.find((message) => message.tabIndex === 0) ?? this.last;
    if (this.#focusable) this.#focusable.tabIndex = 0;
  }
}

/* Show an editor in place of the text of a message. */
export function showEditor(message, editor) {
  message.classList.add("is-edited-now");
  message.body.after(editor);
}

function isMessage(element) {
  return element.localName === "tc-message";
}

/** @returns {Message | null} */
function previousOf(message) {
  let other = message.previousElementSibling;
  while (other && !isMessage(other)) other = other.previousElementSibling;
  return other;
}

/** @returns {Message | null} */
function nextOf(message) {
  let other = message.nextElementSibling;
  while (other && !isMessage(other)) other = other.nextElementSibling;
  return other;
}

/** @returns {HTMLElement[]} */
function linesAbove(message) {
  /** @type {HTMLElement[]} */
  const lines = [];
  for (let line = message.previousElementSibling; line && !isMessage(line); line = line.previousElementSibling)
    lines.unshift(line);
  return lines;
}
