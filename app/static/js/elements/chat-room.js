/* <tc-room>: an open room. It opens the room on the server, and hands broadcasts to its parts. */

import { cloneOf, find } from "teamchat/lib/dom";
import { draftOf, editOf, openEdits } from "teamchat/lib/drafts";
import { outbox } from "teamchat/lib/outbox";
import { socket } from "teamchat/socket";

const MAX_DELAY = 400;
const READ_DELAY = 400;
const NOBODY = { people: [], present: 0 };
const EVENTS = ["tc-read", "tc-send", "tc-typing", "tc-edit-last", "tc-take-back", "tc-write", "tc-gone"];

export class Room extends HTMLElement {
  #room = 0;
  #account = "";
  #lastRead = -1;
  isOpen = false;
  #hasEnded = false;
  /** @type {(() => void)[]} */
  #stops = [];
  /** @type {AbortController} */
  #listeners;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #readTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #focusTimer;

  connectedCallback() {
    this.#room = Number(this.dataset.room);
    this.#account = /** @type {HTMLElement} */ (this.closest("tc-chat")).dataset.account ?? "";
    for (const type of EVENTS) this.addEventListener(type, this);
    this.#listeners = new AbortController();
    this.#stops = [...this.#listenToServer(), this.#listenToWindow()];
    /* The parts are upgraded after this element. */
    setTimeout(() => this.isConnected && this.#begin());
  }

  disconnectedCallback() {
    this.#leave();
  }

  #begin() {
    this.#timeline.actions.allow((this.dataset.can ?? "").split(" "));
    if (matchMedia("(hover: hover)").matches && !location.hash.startsWith("#m-")) this.#composer.focusAtEnd();
    this.#open();
  }

  #leave() {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    clearTimeout(this.#readTimer);
    if (this.#readTimer) this.#sendRead();
    socket.send("room:close", { room_id: this.#room });
  }

  #listenToServer() {
    const here = (listener) => (data) => data.room_id === this.#room && listener(data);
    return [
      socket.watch("state", (state) => (state === "connected" ? this.#open() : this.#close())),
      socket.watch("wake", () => this.#open()),
      socket.on(
        "message:posted",
        here((data) => this.#timeline.messagePosted(data)),
      ),
      socket.on(
        "message:changed",
        here((data) => this.#timeline.messageChanged(data)),
      ),
      socket.on(
        "room:behind",
        here((data) => this.#timeline.advance(data)),
      ),
      socket.on(
        "room:removed",
        here(() => this.#end()),
      ),
      socket.on("room:reopen", ({ room_id }) => (room_id ?? this.#room) === this.#room && this.#openSoon()),
      socket.on(
        "typing",
        here((data) => find(this, "tc-typing").update(data, this.#account)),
      ),
      socket.on(
        "presence",
        here((data) => find(this, "tc-presence").show(data)),
      ),
      socket.on("service:stopped", () => this.#stopped()),
      socket.on("service:started", () => this.isOpen || this.#openSoon()),
    ];
  }

  #listenToWindow() {
    const { signal } = this.#listeners;
    const sendFocus = () => this.#sendFocus();
    document.addEventListener("visibilitychange", sendFocus, { signal });
    window.addEventListener("focus", sendFocus, { signal });
    window.addEventListener("blur", sendFocus, { signal });
    return () => this.#listeners.abort();
  }

  /** @param {any} event */
  handleEvent({ type, detail }) {
    if (type === "tc-read") this.#noteRead(detail.seq);
    else if (type === "tc-send") outbox.add(this.#room, detail.text);
    else if (type === "tc-typing")
      socket.send(detail.isWriting ? "typing:start" : "typing:stop", { room_id: this.#room });
    else if (type === "tc-edit-last") this.#timeline.actions.editLast();
    else if (type === "tc-take-back") this.#composer.giveBack(detail.text);
    else if (type === "tc-write") this.#composer.focusAtEnd();
    else this.#end();
  }

  /* Open the room on the server, and show what it answers. */
  async #open() {
    if (!socket.isConnected) return;
    const answer = await socket.request("room:open", { room_id: this.#room, is_visible: isInFront() });
    if (!this.isConnected || this.#hasEnded) return;
    if (answer.ok) this.#opened(answer);
    else this.#refused(answer);
  }

  #opened({ last_seq, last_read, change, can, is_archived, people, present }) {
    this.isOpen = true;
    this.#timeline.advance({ seq: last_seq, change });
    this.#timeline.actions.allow(can);
    this.#composer.allow(can, is_archived);
    find(this, "tc-presence").show({ people, present });
    this.dispatchEvent(new CustomEvent("tc-opened", { bubbles: true, detail: { room: this.#room, seq: last_read } }));
    this.#timeline.updateRead();
    if (this.#lastRead > last_read) this.#sendRead();
  }

  #refused({ error, retry_after }) {
    this.isOpen = false;
    if (error === "service_stopped") this.#stopped();
    else if (error === "not_found" || error === "forbidden") this.#end();
    else if (error !== "offline" && error !== "signed_out") this.#openSoon((retry_after ?? 1) * 1000);
  }

  #openSoon(after = 0) {
    setTimeout(() => this.isConnected && !this.#hasEnded && this.#open(), after + Math.random() * MAX_DELAY);
  }

  #close() {
    this.isOpen = false;
    find(this, "tc-presence").show(NOBODY);
  }

  #stopped() {
    this.isOpen = false;
    this.#composer.stop();
    find(this, "tc-presence").show(NOBODY);
  }

  /* Send how far the reader has read after a moment, once for all messages read meanwhile. */
  #noteRead(seq) {
    this.#lastRead = Math.max(this.#lastRead, seq);
    this.#readTimer ??= setTimeout(() => this.#sendRead(), READ_DELAY);
  }

  #sendRead() {
    this.#readTimer = undefined;
    if (this.isOpen) socket.request("room:read", { room_id: this.#room, seq: this.#lastRead });
  }

  #sendFocus() {
    clearTimeout(this.#focusTimer);
    this.#focusTimer = setTimeout(
      () => this.isOpen && socket.send("room:focus", { room_id: this.#room, is_visible: isInFront() }),
      READ_DELAY / 2,
    );
  }

  /* Close a room that this person no longer sees, and leave them what they were writing. */
  #end() {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const notice = cloneOf(find(this, "template[data-gone]"));
    const unsent = this.#unsent();
    find(notice, "[data-kept]").hidden = !unsent;
    find(notice, "[data-kept-text]", HTMLTextAreaElement).value = unsent;
    this.#leave();
    this.replaceChildren(notice);
  }

  /* Return the texts that exist only here: queued messages, interrupted edits, the draft. */
  #unsent() {
    const edits = openEdits(this.#room).map((message) => editOf(this.#room, message));
    const texts = [...outbox.of(this.#room).map(({ body }) => body), ...edits, draftOf(this.#room)];
    return texts.filter(Boolean).join("\n\n");
  }

  get #timeline() {
    return find(this, "tc-timeline");
  }

  get #composer() {
    return find(this, "tc-composer");
  }
}

function isInFront() {
  return !document.hidden && document.hasFocus();
}

customElements.define("tc-room", Room);
