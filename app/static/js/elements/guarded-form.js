/* <tc-guarded-form>: a form that asks before unsaved changes are lost; <tc-unsaved>: the notice that there are some. */

import { find } from "teamchat/lib/dom";

class GuardedForm extends HTMLElement {
  /** @type {string | null} */
  #saved = null;
  #isLeaving = false;

  connectedCallback() {
    this.#markSaved();
    if (this.hasAttribute("data-unsaved")) this.#markUnsaved();
    for (const type of ["click", "input", "change", "submit", "reset", "htmx:after:swap"])
      this.addEventListener(type, this);
    window.addEventListener("beforeunload", this);
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this);
    this.#announce(false);
  }

  handleEvent(event) {
    if (event.type === "beforeunload") this.#confirmLeaving(event);
    else if (event.type === "submit") this.#isLeaving = true;
    else if (event.type === "click") this.#isLeaving ||= event.target.closest("[data-discard]") !== null;
    else if (event.type !== "htmx:after:swap") queueMicrotask(() => this.#update());
    else if (event.detail.ctx.response?.status < 400) this.#markSaved();
    else this.#update();
  }

  #confirmLeaving(event) {
    if (this.#isDirty && !this.#isLeaving) event.preventDefault();
  }

  /* Take the form as it is for what the server has. */
  #markSaved() {
    this.#saved = this.#snapshot();
    this.#update();
  }

  /* Take the form for unsaved: the server has sent back what it refused. */
  #markUnsaved() {
    this.#saved = null;
    queueMicrotask(() => this.#update());
  }

  #update() {
    this.#isLeaving = false;
    this.#announce(this.#isDirty);
  }

  #announce(isDirty) {
    this.toggleAttribute("data-dirty", isDirty);
    document.dispatchEvent(new CustomEvent("dirty", { detail: { isDirty } }));
  }

  get #isDirty() {
    return this.#snapshot() !== this.#saved;
  }

  #snapshot() {
    const entries = [...new FormData(find(this, "form"))];
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

  /** @param {any} event */
  handleEvent({ detail }) {
    this.hidden = !detail.isDirty;
  }
}

customElements.define("tc-guarded-form", GuardedForm);
customElements.define("tc-unsaved", Unsaved);
