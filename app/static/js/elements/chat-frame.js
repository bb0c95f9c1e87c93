/* <tc-chat>: the frame. It opens the connection, knows which room is on the screen, and writes the window's title. */

import { outbox } from "teamchat/lib/outbox";
import { openStore } from "teamchat/lib/store";
import { socket } from "teamchat/socket";

class Chat extends HTMLElement {
  unread = 0;

  connectedCallback() {
    openStore(this.dataset.account);
    socket.actFor(this.dataset.account);
    this.stops = [
      socket.watch("state", (state) => this.follow(state)),
    ];
    for (const type of ["tc-unread", "tc-seen", "tc-opened", "tc-panel-closed"]) this.addEventListener(type, this);
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
    if (event.type === "keydown") this.key(event);
    else if (event.type === "htmx:after:swap") this.settle(event.detail.ctx.target);
    else if (event.type === "tc-panel-closed") this.write();
    else if (event.type === "tc-unread") this.count(event.detail.unread);
    else this.rooms.markRead(event.detail.room, event.detail.seq);
  }

  /* Another page has come into the frame. */
  settle(target) {
    if (target?.id === "content") this.querySelector("tc-panel")?.remove();
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

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") this.close();
    else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      this.rooms.step(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  /* The browser closes what lies on top by itself: first that, then the panel. */
  close() {
    if (!document.querySelector("dialog[open], [popover='auto']:popover-open, [popover='']:popover-open")) this.querySelector("tc-panel")?.leave();
  }

  /* Back to where one writes; on a phone that would open the keyboard. */
  write() {
    if (matchMedia("(hover: hover)").matches) this.querySelector("tc-room")?.dispatchEvent(new CustomEvent("tc-write"));
  }

  /* Signed out, one signs in again. Where somebody else has signed in on this browser, what is on the screen is not
     theirs; what waits to be sent stays until its author is back. */
  follow(state) {
    if (state === "signed-out") this.signIn();
    if (state === "somebody-else") location.reload();
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
