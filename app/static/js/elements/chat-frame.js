/* <tc-chat>: the frame. It opens the connection, knows which room is on the screen, and writes the window's title. */

import { outbox } from "teamchat/lib/outbox";
import { openStore } from "teamchat/lib/store";
import { socket } from "teamchat/socket";

class Chat extends HTMLElement {
  unread = 0;

  connectedCallback() {
    openStore(this.dataset.account);
    this.stops = [
      socket.watch("state", (state) => state === "signed-out" && this.signIn()),
      socket.on("hello", (hello) => this.recognise(hello)),
    ];
    for (const type of ["tc-unread", "tc-seen", "tc-opened"]) this.addEventListener(type, this);
    document.addEventListener("htmx:after:swap", this);
    document.addEventListener("keydown", this);
    if (socket.state === "idle") outbox.start();
    socket.open();
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
    document.removeEventListener("htmx:after:swap", this);
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.type === "keydown") this.step(event);
    else if (event.type === "htmx:after:swap") this.settle();
    else if (event.type === "tc-unread") this.count(event.detail.unread);
    else this.rooms.markRead(event.detail.room, event.detail.seq);
  }

  /* Another page has come into the frame. */
  settle() {
    this.dataset.pane = location.pathname === this.dataset.home ? "rooms" : "room";
    this.rooms.showCurrent();
    this.writeTitle();
  }

  count(unread) {
    this.unread = unread;
    this.writeTitle();
  }

  writeTitle() {
    const place = this.querySelector("#content [data-title]")?.dataset.title;
    const title = place ? `TeamChat · ${place}` : "TeamChat";
    document.title = this.unread ? `(${this.unread}) ${title}` : title;
  }

  step(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    this.rooms.step(event.key === "ArrowDown" ? 1 : -1);
  }

  /* Somebody else has signed in on this browser: what is on the screen is not theirs. */
  recognise({ account_id }) {
    if (String(account_id) !== this.dataset.account) location.reload();
  }

  signIn() {
    const here = location.pathname + location.search;
    location.assign(`${this.dataset.signIn}?next=${encodeURIComponent(here)}`);
  }

  get rooms() {
    return this.querySelector("tc-rooms");
  }
}

customElements.define("tc-chat", Chat);
