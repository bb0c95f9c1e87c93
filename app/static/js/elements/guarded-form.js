/* <tc-guarded-form>: a form that knows its unsaved changes, and asks before they are left behind; <tc-unsaved> tells of them. */

class GuardedForm extends HTMLElement {
  connectedCallback() {
    this.keep();
    if (this.hasAttribute("data-unsaved")) this.doubt();
    for (const type of ["click", "input", "change", "submit", "reset", "htmx:after:swap"]) this.addEventListener(type, this);
    window.addEventListener("beforeunload", this);
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this);
    this.tell(false);
  }

  handleEvent(event) {
    if (event.type === "beforeunload") this.hold(event);
    else if (event.type === "submit") this.isLeaving = true;
    else if (event.type === "click") this.isLeaving ||= event.target.closest("[data-discard]") !== null;
    else if (event.type !== "htmx:after:swap") queueMicrotask(() => this.weigh());
    else if (event.detail.ctx.response?.status < 400) this.keep();
    else this.weigh();
  }

  hold(event) {
    if (this.isDirty && !this.isLeaving) event.preventDefault();
  }

  /* What stands in the form now is what the server has. */
  keep() {
    this.saved = this.snapshot();
    this.weigh();
  }

  /* The server has sent back what it did not save. */
  doubt() {
    this.saved = null;
    queueMicrotask(() => this.weigh());
  }

  weigh() {
    this.isLeaving = false;
    this.tell(this.isDirty);
  }

  tell(isDirty) {
    this.toggleAttribute("data-dirty", isDirty);
    document.dispatchEvent(new CustomEvent("dirty", { detail: { isDirty } }));
  }

  get isDirty() {
    return this.snapshot() !== this.saved;
  }

  snapshot() {
    const entries = [...new FormData(this.querySelector("form"))];
    return JSON.stringify(entries.map(([name, value]) => [name, value instanceof File ? value.name : value]));
  }
}

class Unsaved extends HTMLElement {
  connectedCallback() {
    document.addEventListener("dirty", this);
  }

  disconnectedCallback() {
    document.removeEventListener("dirty", this);
  }

  handleEvent({ detail }) {
    this.hidden = !detail.isDirty;
  }
}

customElements.define("tc-guarded-form", GuardedForm);
customElements.define("tc-unsaved", Unsaved);
