/* <tc-panel>: the panel beside a room. Closing it leaves the conversation as it is, and sends "tc-panel-closed". */

import { find } from "teamchat/lib/dom";

export class Panel extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this, true);
    if (document.readyState === "complete") find(this, "h2").focus({ preventScroll: true });
  }

  /* Listens in the capture phase: htmx would fetch the room again. */
  handleEvent(event) {
    if (!event.target.closest("a[data-close]") || event.target.closest("dialog")) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  close() {
    history.pushState({ htmx: true }, "", find(this, "a[data-close]", HTMLAnchorElement).href);
    this.dispatchEvent(new CustomEvent("tc-panel-closed", { bubbles: true }));
    this.remove();
  }
}

customElements.define("tc-panel", Panel);
