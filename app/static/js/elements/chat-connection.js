/* <tc-connection>: the bar that says the connection is lost, and how much waits for it. */

import { counted } from "teamchat/lib/counted";
import { outbox } from "teamchat/lib/outbox";
import { socket } from "teamchat/socket";

const GRACE = 700;

class ConnectionBar extends HTMLElement {
  connectedCallback() {
    this.stop = socket.watch("state", () => this.show());
    outbox.addEventListener("change", this);
    this.addEventListener("click", this);
    this.show();
  }

  disconnectedCallback() {
    this.stop();
    clearTimeout(this.timer);
    outbox.removeEventListener("change", this);
  }

  handleEvent(event) {
    if (event.type === "change") this.write();
    else if (event.target.closest("[data-retry]")) socket.open();
  }

  /* A short break is no news. */
  show() {
    const isUp = socket.isConnected || socket.isOver;
    if (isUp) this.clear();
    else this.timer ??= setTimeout(() => this.appear(), socket.state === "connecting" ? GRACE * 3 : GRACE);
  }

  clear() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.hidden = true;
  }

  appear() {
    this.hidden = false;
    this.write();
  }

  write() {
    if (this.hidden) return;
    const waiting = outbox.waiting;
    const more = waiting ? ` ${counted(waiting, this.dataset.waitingOne, this.dataset.waitingMany)}` : "";
    this.querySelector("[data-text]").textContent = this.dataset.lost + more;
  }
}

customElements.define("tc-connection", ConnectionBar);
