/* <tc-room>: an open room. It knocks at the server, hears what is told there, and hands it to its parts. */

import { cloneOf } from "teamchat/lib/clone";
import { draftOf, editOf, openEdits } from "teamchat/lib/drafts";
import { outbox } from "teamchat/lib/outbox";
import { socket } from "teamchat/socket";

const SPREAD = 400;
const TOGETHER = 400;
const NOBODY = { people: [], present: 0 };
const HEARD = ["tc-seen", "tc-send", "tc-typing", "tc-edit-last", "tc-take-back", "tc-write", "tc-gone"];

class Room extends HTMLElement {
  connectedCallback() {
    this.room = Number(this.dataset.room);
    this.account = this.closest("tc-chat").dataset.account;
    this.read = -1;
    for (const type of HEARD) this.addEventListener(type, this);
    this.stops = [...this.#hearServer(), ...this.#hearWindow()];
    setTimeout(() => this.isConnected && this.#wakeUp());
  }

  disconnectedCallback() {
    this.#leave();
  }

  /* The parts are awake by now. */
  #wakeUp() {
    this.timeline.actions.allow(this.dataset.can.split(" "));
    if (matchMedia("(hover: hover)").matches && !location.hash.startsWith("#m-")) this.composer.focusAtEnd();
    this.open();
  }

  #leave() {
    this.stops.forEach((stop) => stop());
    this.stops = [];
    clearTimeout(this.timer);
    if (this.timer) this.#tellRead();
    socket.say("room:close", { room_id: this.room });
  }

  #hearServer() {
    const mine = (listener) => (told) => told.room_id === this.room && listener(told);
    return [
      socket.watch("state", (state) => (state === "connected" ? this.open() : this.#close())),
      socket.watch("wake", () => this.open()),
      socket.on("message:posted", mine((told) => this.timeline.posted(told))),
      socket.on("message:changed", mine((told) => this.timeline.changed(told))),
      socket.on("room:behind", mine((told) => this.timeline.hear(told))),
      socket.on("room:removed", mine(() => this.#end())),
      socket.on("room:reopen", ({ room_id }) => (room_id ?? this.room) === this.room && this.#openSoon()),
      socket.on("typing", mine((told) => this.querySelector("tc-typing").hear(told, this.account))),
      socket.on("presence", mine((told) => this.querySelector("tc-presence").show(told))),
      socket.on("service:stopped", () => this.#stopped()),
      socket.on("service:started", () => this.isOpen || this.#openSoon()),
    ];
  }

  #hearWindow() {
    const tell = () => this.#tellFocus();
    const events = [[document, "visibilitychange"], [window, "focus"], [window, "blur"]];
    events.forEach(([target, type]) => target.addEventListener(type, tell));
    return events.map(([target, type]) => () => target.removeEventListener(type, tell));
  }

  handleEvent({ type, detail }) {
    if (type === "tc-seen") this.#seen(detail.seq);
    else if (type === "tc-send") outbox.add(this.room, detail.text);
    else if (type === "tc-typing") socket.say(detail.isWriting ? "typing:start" : "typing:stop", { room_id: this.room });
    else if (type === "tc-edit-last") this.timeline.actions.editLast();
    else if (type === "tc-take-back") this.composer.giveBack(detail.text);
    else if (type === "tc-write") this.composer.focusAtEnd();
    else this.#end();
  }

  /* Knock, and take what the door says. */
  async open() {
    if (!socket.isConnected) return;
    const answer = await socket.request("room:open", { room_id: this.room, is_visible: isInFront() });
    if (!this.isConnected || this.hasEnded) return;
    if (answer.ok) this.#opened(answer);
    else this.#refused(answer);
  }

  #opened({ last_seq, last_read, change, can, is_archived, people, present }) {
    this.isOpen = true;
    this.timeline.hear({ seq: last_seq, change });
    this.timeline.actions.allow(can);
    this.composer.allow(can, is_archived);
    this.querySelector("tc-presence").show({ people, present });
    this.dispatchEvent(new CustomEvent("tc-opened", { bubbles: true, detail: { room: this.room, seq: last_read } }));
    this.timeline.look();
    if (this.read > last_read) this.#tellRead();
  }

  #refused({ error, retry_after }) {
    this.isOpen = false;
    if (error === "service_stopped") this.#stopped();
    else if (error === "not_found" || error === "forbidden") this.#end();
    else if (error !== "offline" && error !== "signed_out") this.#openSoon((retry_after ?? 1) * 1000);
  }

  #openSoon(after = 0) {
    setTimeout(() => this.isConnected && !this.hasEnded && this.open(), after + Math.random() * SPREAD);
  }

  #close() {
    this.isOpen = false;
    this.querySelector("tc-presence").show(NOBODY);
  }

  #stopped() {
    this.isOpen = false;
    this.composer.stop();
    this.querySelector("tc-presence").show(NOBODY);
  }

  /* How far one has read: told soon, and once for all that was read meanwhile. */
  #seen(seq) {
    this.read = Math.max(this.read, seq);
    this.timer ||= setTimeout(() => this.#tellRead(), TOGETHER);
  }

  #tellRead() {
    this.timer = 0;
    if (this.isOpen) socket.request("room:read", { room_id: this.room, seq: this.read });
  }

  #tellFocus() {
    clearTimeout(this.focusTimer);
    this.focusTimer = setTimeout(() => this.isOpen && socket.say("room:focus", { room_id: this.room, is_visible: isInFront() }), TOGETHER / 2);
  }

  /* The room is no longer there for this person; what they were writing is. */
  #end() {
    if (this.hasEnded) return;
    this.hasEnded = true;
    const farewell = cloneOf(this.querySelector("template[data-gone]"));
    const kept = this.#unsent();
    farewell.querySelector("[data-kept]").hidden = !kept;
    farewell.querySelector("[data-kept-text]").value = kept;
    this.#leave();
    this.replaceChildren(farewell);
  }

  /* All that was typed here and is with nobody else: on its way, being edited, begun. */
  #unsent() {
    const edits = openEdits(this.room).map((message) => editOf(this.room, message));
    const texts = [...outbox.of(this.room).map(({ body }) => body), ...edits, draftOf(this.room)];
    return texts.filter(Boolean).join("\n\n");
  }

  get timeline() {
    return this.querySelector("tc-timeline");
  }

  get composer() {
    return this.querySelector("tc-composer");
  }
}

function isInFront() {
  return !document.hidden && document.hasFocus();
}

customElements.define("tc-room", Room);
