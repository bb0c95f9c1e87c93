/* <tc-nowhere>: where no room is. Its own htmx request asks again when that may have changed. */

import { socket } from "teamchat/socket";

class Nowhere extends HTMLElement {
  connectedCallback() {
    this.stops = [socket.on("rooms:changed", () => this.ask()), socket.on("service:stopped", () => this.ask())];
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
  }

  ask() {
    this.dispatchEvent(new Event("refresh"));
  }
}

customElements.define("tc-nowhere", Nowhere);
