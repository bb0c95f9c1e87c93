/* <tc-panel>: what stands beside a room. Closing it leaves the conversation as it is; it says "tc-panel-closed". */

class Panel extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this, true);
    if (document.readyState === "complete") this.querySelector("h2").focus({ preventScroll: true });
  }

  /* Before htmx hears of it, which would fetch the room again. */
  handleEvent(event) {
    if (!event.target.closest("a[data-close]") || event.target.closest("dialog")) return;
    event.preventDefault();
    event.stopPropagation();
    this.leave();
  }

  leave() {
    history.pushState({ htmx: true }, "", this.querySelector("a[data-close]").href);
    this.dispatchEvent(new CustomEvent("tc-panel-closed", { bubbles: true }));
    this.remove();
  }
}

customElements.define("tc-panel", Panel);
