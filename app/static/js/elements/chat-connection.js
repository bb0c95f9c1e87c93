/* <tc-connection>: the bar that tells that the connection is lost, and how many messages wait for it. */

import { counted } from "teamchat/lib/counted";
import { find } from "teamchat/lib/dom";
import { outbox } from "teamchat/lib/outbox";
import { socket } from "teamchat/socket";

const DELAY = 700;

class ConnectionBar extends HTMLElement {
  #stopWatching = () => {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  connectedCallback() {
    this.#stopWatching = socket.watch("state", () => this.#update());
    outbox.addEventListener("change", this);
    this.addEventListener("click", this);
    this.#update();
  }

  disconnectedCallback() {
    this.#stopWatching();
    clearTimeout(this.#timer);
    outbox.removeEventListener("change", this);
  }

  handleEvent(event) {
    if (event.type === "change") this.#draw();
    else if (event.target.closest("[data-retry]")) socket.open();
  }

  /* A short interruption is not shown. */
  #update() {
    const isUp = socket.isConnected || socket.isOver;
    if (isUp) this.#hide();
    else this.#timer ??= setTimeout(() => this.#show(), socket.state === "connecting" ? DELAY * 3 : DELAY);
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.hidden = true;
  }

  #show() {
    this.hidden = false;
    this.#draw();
  }

  #draw() {
    if (this.hidden) return;
    const waiting = outbox.waiting;
    const more = waiting ? ` ${counted(waiting, this.dataset.waitingOne, this.dataset.waitingMany)}` : "";
    find(this, "[data-text]").textContent = this.dataset.lost + more;
  }
}

customElements.define("tc-connection", ConnectionBar);
