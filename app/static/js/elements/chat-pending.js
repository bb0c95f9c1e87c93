/* <tc-pending>: own messages that the conversation does not show yet: queued, accepted or refused. */

import { cloneOf, find, findAll } from "teamchat/lib/dom";
import { outbox } from "teamchat/lib/outbox";

export class Pending extends HTMLElement {
  #accepted = new Map();
  #shown = new Set();
  /** @type {WeakMap<HTMLElement, import("teamchat/lib/outbox").Entry>} */
  #entries = new WeakMap();

  connectedCallback() {
    for (const type of ["change", "accepted"]) outbox.addEventListener(type, this);
    this.addEventListener("click", this);
    this.#draw();
  }

  disconnectedCallback() {
    for (const type of ["change", "accepted"]) outbox.removeEventListener(type, this);
  }

  handleEvent(event) {
    if (event.type === "accepted") this.#keepAccepted(event.detail);
    else if (event.type === "change") this.#draw();
    else this.#act(event);
  }

  /* Keep a message that the server has accepted in sight until the conversation shows it. */
  #keepAccepted(entry) {
    if (String(entry.room) !== this.dataset.room || this.#shown.has(entry.id)) return;
    this.#accepted.set(entry.id, { ...entry, state: "accepted" });
    this.#send("tc-accepted", { seq: entry.seq });
  }

  /* Remove a message that the conversation shows now. */
  settle(id) {
    const wasKept = this.#accepted.delete(id);
    this.#shown.add(id);
    outbox.settle(this.dataset.room, id);
    if (wasKept) this.#draw();
  }

  #draw() {
    const had = this.#items.length;
    const entries = [...this.#accepted.values(), ...outbox.of(this.dataset.room)];
    const known = new Map(this.#items.map((item) => [this.#entries.get(item)?.id, item]));
    const unique = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
    const items = unique.map((entry) => this.#fill(known.get(entry.id) ?? this.#createItem(), entry));
    for (const item of this.#items) if (!items.includes(item)) item.remove();
    items.forEach((item, place) => {
      if (this.#items[place] !== item) this.insertBefore(item, this.#items[place] ?? null);
    });
    if (items.length > had) this.#send("tc-pending-grew");
  }

  #createItem() {
    return cloneOf(find(this, "template"));
  }

  #fill(item, entry) {
    const isRefused = entry.state === "refused";
    this.#entries.set(item, entry);
    item.classList.toggle("is-refused", isRefused);
    find(item, "[data-body]").textContent = entry.body;
    find(item, "[data-refused]").hidden = !isRefused;
    find(item, "[data-why]").textContent = entry.why ?? "";
    return item;
  }

  #act({ target }) {
    const action = target.closest("[data-way]")?.dataset.way;
    if (!action) return;
    const entry = this.#entries.get(target.closest(".message"));
    if (!entry) return;
    if (action === "retry") outbox.retry(entry);
    else outbox.drop(entry);
    if (action === "edit") this.#send("tc-take-back", { text: entry.body });
  }

  #send(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  get #items() {
    return findAll(this, ":scope > .message");
  }
}

customElements.define("tc-pending", Pending);
