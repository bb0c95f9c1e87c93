/* <tc-composer>: the text field of a room. The draft is stored with every key, until it is sent. */

import { find, findAll } from "teamchat/lib/dom";
import { draftOf, keepDraft, watchDraft } from "teamchat/lib/drafts";
import { outbox } from "teamchat/lib/outbox";
import { wrap } from "teamchat/lib/wrap";

const MARKS = { b: "**", i: "_", e: "`" };
const TYPING_INTERVAL = 3000;
const COUNTED_FROM = 1000;
const figures = new Intl.NumberFormat(document.documentElement.lang || "fr");

export class Composer extends HTMLElement {
  #room = "";
  #typingSentAt = 0;
  /* When the group accepts the next message, in milliseconds. */
  pauseEnd = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pauseTimer;
  #stopWatching = () => {};

  connectedCallback() {
    this.#room = this.dataset.room ?? "";
    this.#field.value ||= draftOf(this.#room);
    for (const type of ["input", "keydown", "submit", "click", "focusout"]) this.addEventListener(type, this);
    for (const type of ["held", "paced"]) outbox.addEventListener(type, this);
    this.#stopWatching = watchDraft(this.#room, (text) => this.#followOtherWindow(text));
    this.#draw();
  }

  disconnectedCallback() {
    this.#stopWatching();
    this.#stopTyping();
    for (const type of ["held", "paced"]) outbox.removeEventListener(type, this);
    clearInterval(this.#pauseTimer);
  }

  handleEvent(event) {
    if (event.type === "input") this.#typed();
    else if (event.type === "keydown") this.#keyPressed(event);
    else if (event.type === "submit") this.#submit(event);
    else if (event.type === "click") this.#toggleMark(event.target.closest("[data-wrap]")?.dataset.wrap);
    else if (event.type === "held") this.#takeBack(event.detail);
    else if (event.type === "paced") this.#startPause(event.detail);
    else this.#stopTyping();
  }

  #typed() {
    this.#complete.update(this.#field);
    keepDraft(this.#room, this.#field.value);
    if (this.#field.value.trim() && this.#mode === "open") this.#startTyping();
    else this.#stopTyping();
    this.#draw();
  }

  #keyPressed(event) {
    if (event.target !== this.#field || event.isComposing || this.#complete.handleKey(event)) return;
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key === "Enter" && !event.altKey && !event.shiftKey && (!isPlain || this.dataset.enter === "sends"))
      this.#submit(event);
    else if (event.key === "ArrowUp" && isPlain && !this.#field.value) this.#send("tc-edit-last", event);
    else if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey)
      this.#toggleMark(MARKS[event.key.toLowerCase()], event);
  }

  #toggleMark(mark, event) {
    if (!mark) return;
    event?.preventDefault();
    wrap(this.#field, mark);
  }

  #submit(event) {
    event.preventDefault();
    if (!this.#isReady) return;
    this.#stopTyping();
    this.#send("tc-send", null, { text: this.#field.value });
    this.#setText("");
  }

  /* Put a text back into the field, to be written anew. */
  giveBack(text) {
    this.#setText(this.#field.value ? `${text}\n\n${this.#field.value}` : text);
    this.focusAtEnd();
  }

  #takeBack(entry) {
    if (String(entry.room) !== this.#room || this.#field.value) return;
    this.#setText(entry.body);
    outbox.drop(entry);
  }

  /* Count down until the next message: the group allows so many a minute. */
  #startPause({ entry, seconds, message, isAlone }) {
    if (String(entry.room) !== this.#room) return;
    if (isAlone && !this.#field.value) {
      this.#setText(entry.body);
      outbox.drop(entry);
    }
    this.pauseEnd = Date.now() + seconds * 1000;
    find(this, "[data-pace-why]").textContent = message;
    clearInterval(this.#pauseTimer);
    this.#pauseTimer = setInterval(() => this.#drawPause(), 250);
    this.#drawPause();
  }

  #drawPause() {
    const left = Math.ceil((this.pauseEnd - Date.now()) / 1000);
    const notice = find(this, "[data-pace]");
    const label = find(notice, "[data-pace-left]");
    if (left <= 0) clearInterval(this.#pauseTimer);
    notice.hidden = left <= 0;
    label.textContent = (label.dataset.text ?? "").replace("{n}", figures.format(Math.max(0, left)));
    this.#draw();
  }

  #setText(text) {
    this.#field.value = text;
    keepDraft(this.#room, text);
    this.#draw();
  }

  /* Show the draft of another window of this browser. */
  #followOtherWindow(text) {
    if (document.activeElement === this.#field && document.hasFocus()) return;
    this.#field.value = text;
    this.#draw();
  }

  /* Set the rights that the server named when the room was opened. */
  allow(rights, isArchived) {
    this.#enter(rights.includes("items_write") ? "open" : isArchived ? "archived" : "read-only");
  }

  /* Show that the service is stopped: a draft can be written, not sent. */
  stop() {
    this.#enter("stopped");
  }

  #enter(mode) {
    this.dataset.mode = mode;
    for (const notice of findAll(this, "[data-notice]")) notice.hidden = notice.dataset.notice !== mode;
    this.#draw();
  }

  /* "open", "stopped" (the service), "archived" (the room) or "read-only". */
  get #mode() {
    return this.dataset.mode ?? "";
  }

  get #isReady() {
    return (
      this.#mode === "open" && Date.now() >= this.pauseEnd && this.#field.value.trim() !== "" && this.#remaining >= 0
    );
  }

  #draw() {
    const isClosed = ["archived", "read-only"].includes(this.#mode);
    this.#form.hidden = isClosed && !this.#field.value;
    this.#field.readOnly = isClosed;
    find(this, ".composer-send", HTMLButtonElement).disabled = !this.#isReady;
    this.#drawCount();
  }

  #drawCount() {
    const remaining = this.#remaining;
    const label = find(this, "[data-count]");
    label.classList.toggle("is-over", remaining < 0);
    const text = remaining < 0 ? this.dataset.over : remaining <= COUNTED_FROM ? this.dataset.left : "";
    label.textContent = (text ?? "").replace("{n}", figures.format(Math.abs(remaining)));
  }

  /* Characters as the server counts them; surrogate pairs are one. */
  get #remaining() {
    const limit = Number(this.dataset.limit);
    const { value } = this.#field;
    return value.length < limit - COUNTED_FROM ? limit - value.length : limit - [...value.trimEnd()].length;
  }

  #startTyping() {
    if (Date.now() - this.#typingSentAt < TYPING_INTERVAL) return;
    this.#typingSentAt = Date.now();
    this.#send("tc-typing", null, { isWriting: true });
  }

  #stopTyping() {
    if (!this.#typingSentAt) return;
    this.#typingSentAt = 0;
    this.#send("tc-typing", null, { isWriting: false });
  }

  /**
   * @param {string} name
   * @param {Event | null} event
   * @param {object} [detail]
   */
  #send(name, event, detail) {
    event?.preventDefault();
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  focusAtEnd() {
    this.#field.focus({ preventScroll: true });
    this.#field.setSelectionRange(this.#field.value.length, this.#field.value.length);
  }

  get #complete() {
    return find(this, "tc-complete");
  }

  get #field() {
    return find(this, "textarea");
  }

  get #form() {
    return find(this, "form");
  }
}

customElements.define("tc-composer", Composer);
