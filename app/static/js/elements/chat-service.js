/* <tc-service>: the notice that an administrator has stopped TeamChat. */

import { socket } from "teamchat/socket";

class Service extends HTMLElement {
  /** @type {(() => void)[]} */
  #stops = [];

  connectedCallback() {
    this.#stops = [
      socket.on("hello", ({ service }) => this.#show(service !== "running")),
      socket.on("service:stopped", () => this.#show(true)),
      socket.on("service:started", () => this.#show(false)),
    ];
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
  }

  #show(isStopped) {
    this.hidden = !isStopped;
  }
}

customElements.define("tc-service", Service);
