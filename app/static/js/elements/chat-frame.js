/* <tc-chat>: the frame of the chat. It opens the connection, marks the current room and writes the window's title. */

import { find } from "teamchat/lib/dom";
import { outbox } from "teamchat/lib/outbox";
import { openStore } from "teamchat/lib/store";
import { socket } from "teamchat/socket";

class Chat extends HTMLElement {
  #unread = 0;
  /** @type {(() => void)[]} */
  #stops = [];

  connectedCallback() {
    openStore(this.dataset.account);
    socket.actFor(this.dataset.account);
    this.#stops = [socket.watch("state", (state) => this.#stateChanged(state))];
    for (const type of ["tc-unread", "tc-read", "tc-opened", "tc-panel-closed"]) this.addEventListener(type, this);
    document.addEventListener("htmx:after:swap", this);
    document.addEventListener("keydown", this);
    if (socket.state === "idle") outbox.start();
    socket.open();
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
    document.removeEventListener("htmx:after:swap", this);
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.type === "keydown") this.#keyPressed(event);
    else if (event.type === "htmx:after:swap") this.#pageChanged(event.detail.ctx.target);
    else if (event.type === "tc-panel-closed") this.#focusComposer();
    else if (event.type === "tc-unread") this.#setUnread(event.detail.unread);
    else this.#rooms.markRead(event.detail.room, event.detail.seq);
  }

  /* Update the frame after htmx has changed the page. */
  #pageChanged(target) {
    if (target?.id === "content") this.querySelector("tc-panel")?.remove();
    this.dataset.pane = location.pathname === this.dataset.home ? "rooms" : "room";
    this.#rooms.showCurrent();
    this.#drawTitle();
  }

  #setUnread(unread) {
    this.#unread = unread;
    this.#drawTitle();
  }

  #drawTitle() {
    const heading = /** @type {HTMLElement | null} */ (this.querySelector("#content [data-title]"));
    const place = heading?.dataset.title;
    const title = place ? `TeamChat · ${place}` : "TeamChat";
    document.title = this.#unread ? `(${this.#unread}) ${title}` : title;
  }

  #keyPressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") this.#closePanel();
    else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      this.#rooms.step(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  /* Close the panel, unless a dialog or popover lies on top: the browser closes that first. */
  #closePanel() {
    if (!document.querySelector("dialog[open], [popover='auto']:popover-open, [popover='']:popover-open"))
      this.querySelector("tc-panel")?.close();
  }

  /* Focus the composer, except on a phone: that would open the keyboard. */
  #focusComposer() {
    if (matchMedia("(hover: hover)").matches) this.querySelector("tc-room")?.dispatchEvent(new CustomEvent("tc-write"));
  }

  /* Reload when another account has signed in on this browser: the page is not theirs. Queued messages stay until
     their author is back. */
  #stateChanged(state) {
    if (state === "signed-out") this.#signIn();
    if (state === "somebody-else") location.reload();
  }

  #signIn() {
    const here = location.pathname + location.search;
    location.assign(`${this.dataset.signIn}?next=${encodeURIComponent(here)}`);
  }

  get #rooms() {
    return find(this, "tc-rooms");
  }
}

customElements.define("tc-chat", Chat);
