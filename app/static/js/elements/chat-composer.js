/* <tc-composer>: where one writes. Whatever is typed is kept with every key, and leaves only when it was sent. */

import { draftOf, keepDraft, watchDraft } from "teamchat/lib/drafts";
import { outbox } from "teamchat/lib/outbox";
import { wrap } from "teamchat/lib/wrap";

const MARKS = { b: "**", i: "_", e: "`" };
const SAY_AGAIN = 3000;
const NEAR_THE_LIMIT = 1000;
const figures = new Intl.NumberFormat(document.documentElement.lang || "fr");

class Composer extends HTMLElement {
  connectedCallback() {
    this.room = this.dataset.room;
    this.field.value ||= draftOf(this.room);
    for (const type of ["input", "keydown", "submit", "click", "focusout"]) this.addEventListener(type, this);
    for (const type of ["held", "paced"]) outbox.addEventListener(type, this);
    this.unwatch = watchDraft(this.room, (text) => this.followOther(text));
    this.draw();
  }

  disconnectedCallback() {
    this.unwatch();
    this.stopTyping();
    for (const type of ["held", "paced"]) outbox.removeEventListener(type, this);
    clearInterval(this.clock);
  }

  handleEvent(event) {
    if (event.type === "input") this.typed();
    else if (event.type === "keydown") this.key(event);
    else if (event.type === "submit") this.send(event);
    else if (event.type === "click") this.mark(event.target.closest("[data-wrap]")?.dataset.wrap);
    else if (event.type === "held") this.held(event.detail);
    else if (event.type === "paced") this.paced(event.detail);
    else this.stopTyping();
  }

  typed() {
    this.complete.look(this.field);
    keepDraft(this.room, this.field.value);
    if (this.field.value.trim() && this.mode === "open") this.startTyping();
    else this.stopTyping();
    this.draw();
  }

  key(event) {
    if (event.target !== this.field || event.isComposing || this.complete.takes(event)) return;
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key === "Enter" && !event.altKey && !event.shiftKey && (!isPlain || this.dataset.enter === "sends")) this.send(event);
    else if (event.key === "ArrowUp" && isPlain && !this.field.value) this.tell("tc-edit-last", event);
    else if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) this.mark(MARKS[event.key.toLowerCase()], event);
  }

  mark(mark, event) {
    if (!mark) return;
    event?.preventDefault();
    wrap(this.field, mark);
  }

  send(event) {
    event.preventDefault();
    if (!this.isReady) return;
    this.stopTyping();
    this.tell("tc-send", null, { text: this.field.value });
    this.write("");
  }

  /* A message comes back: to be written anew, or because the service was stopped meanwhile. */
  giveBack(text) {
    this.write(this.field.value ? `${text}\n\n${this.field.value}` : text);
    this.focusAtEnd();
  }

  held(entry) {
    if (String(entry.room) !== this.room || this.field.value) return;
    this.write(entry.body);
    outbox.drop(entry);
  }

  /* The group takes so many messages a minute: the text stays here until the next one may go. */
  paced({ entry, seconds, message, isAlone }) {
    if (String(entry.room) !== this.room) return;
    if (isAlone && !this.field.value) {
      this.write(entry.body);
      outbox.drop(entry);
    }
    this.until = Date.now() + seconds * 1000;
    this.querySelector("[data-pace-why]").textContent = message;
    clearInterval(this.clock);
    this.clock = setInterval(() => this.drawPace(), 250);
    this.drawPace();
  }

  drawPace() {
    const left = Math.ceil(((this.until ?? 0) - Date.now()) / 1000);
    const notice = this.querySelector("[data-pace]");
    const label = notice.querySelector("[data-pace-left]");
    if (left <= 0) clearInterval(this.clock);
    notice.hidden = left <= 0;
    label.textContent = label.dataset.text.replace("{n}", figures.format(Math.max(0, left)));
    this.draw();
  }

  write(text) {
    this.field.value = text;
    keepDraft(this.room, text);
    this.draw();
  }

  /* Another window of this browser writes in the same room. */
  followOther(text) {
    if (document.activeElement === this.field && document.hasFocus()) return;
    this.field.value = text;
    this.draw();
  }

  /* The rights that the server names, once it has let one in. */
  allow(can, isArchived) {
    this.#enter(can.includes("items_write") ? "open" : isArchived ? "archived" : "read-only");
  }

  /* The service is stopped: nothing can be sent, everything can be written. */
  stop() {
    this.#enter("stopped");
  }

  #enter(mode) {
    this.dataset.mode = mode;
    for (const notice of this.querySelectorAll("[data-notice]")) notice.hidden = notice.dataset.notice !== mode;
    this.draw();
  }

  /* "open", "stopped" (the service), "archived" (the room) or "read-only". */
  get mode() {
    return this.dataset.mode;
  }

  get isReady() {
    return this.mode === "open" && Date.now() >= (this.until ?? 0) && this.field.value.trim() !== "" && this.left >= 0;
  }

  draw() {
    const isClosed = ["archived", "read-only"].includes(this.mode);
    this.form.hidden = isClosed && !this.field.value;
    this.field.readOnly = isClosed;
    this.querySelector(".composer-send").disabled = !this.isReady;
    this.drawCount();
  }

  drawCount() {
    const { left } = this;
    const label = this.querySelector("[data-count]");
    label.classList.toggle("is-over", left < 0);
    const text = left < 0 ? this.dataset.over : left <= NEAR_THE_LIMIT ? this.dataset.left : "";
    label.textContent = text.replace("{n}", figures.format(Math.abs(left)));
  }

  /* Characters as the server counts them; surrogate pairs are one. */
  get left() {
    const limit = Number(this.dataset.limit);
    const { value } = this.field;
    return value.length < limit - NEAR_THE_LIMIT ? limit - value.length : limit - [...value.trimEnd()].length;
  }

  startTyping() {
    if (Date.now() - (this.toldAt ?? 0) < SAY_AGAIN) return;
    this.toldAt = Date.now();
    this.tell("tc-typing", null, { isWriting: true });
  }

  stopTyping() {
    if (!this.toldAt) return;
    this.toldAt = 0;
    this.tell("tc-typing", null, { isWriting: false });
  }

  tell(name, event, detail) {
    event?.preventDefault();
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  focusAtEnd() {
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  get complete() {
    return this.querySelector("tc-complete");
  }

  get field() {
    return this.querySelector("textarea");
  }

  get form() {
    return this.querySelector("form");
  }
}

customElements.define("tc-composer", Composer);
