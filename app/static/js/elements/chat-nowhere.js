/* <tc-nowhere>: a page without a room. Its htmx request is repeated when that may have changed. */

import { socket } from "teamchat/socket";

class Nowhere extends HTMLElement {
  /** @type {(() => void)[]} */
  #stops = [];

  connectedCallback() {
    this.#stops = [
      socket.on("rooms:changed", () => this.#refresh()),
      socket.on("service:stopped", () => this.#refresh()),
    ];
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
  }

  #refresh() {
    this.dispatchEvent(new Event("refresh"));
  }
}

customElements.define("tc-nowhere", Nowhere);
