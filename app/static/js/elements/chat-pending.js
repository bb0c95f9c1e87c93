/* <tc-pending>: one's own messages that the conversation does not show yet: on their way, or refused. */

import { cloneOf } from "teamchat/lib/clone";
import { outbox } from "teamchat/lib/outbox";

class Pending extends HTMLElement {
  accepted = new Map();
  shown = new Set();

  connectedCallback() {
    for (const type of ["change", "accepted"]) outbox.addEventListener(type, this);
    this.addEventListener("click", this);
    this.draw();
  }

  disconnectedCallback() {
    for (const type of ["change", "accepted"]) outbox.removeEventListener(type, this);
  }

  handleEvent(event) {
    if (event.type === "accepted") this.keep(event.detail);
    else if (event.type === "change") this.draw();
    else this.act(event);
  }

  /* The server has it; it stays in sight until the conversation shows it. */
  keep(entry) {
    if (String(entry.room) !== this.dataset.room || this.shown.has(entry.id)) return;
    this.accepted.set(entry.id, { ...entry, state: "accepted" });
    this.tell("tc-accepted", { seq: entry.seq });
  }

  /* The conversation shows it now. */
  settle(id) {
    const wasKept = this.accepted.delete(id);
    this.shown.add(id);
    outbox.settle(this.dataset.room, id);
    if (wasKept) this.draw();
  }

  draw() {
    const had = this.items.length;
    const entries = [...this.accepted.values(), ...outbox.of(this.dataset.room)];
    const known = new Map(this.items.map((item) => [item.entry.id, item]));
    const wanted = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
    const items = wanted.map((entry) => this.write(known.get(entry.id) ?? this.make(), entry));
    for (const item of this.items) if (!items.includes(item)) item.remove();
    items.forEach((item, place) => { if (this.items[place] !== item) this.insertBefore(item, this.items[place] ?? null); });
    if (items.length > had) this.tell("tc-pending-grew");
  }

  make() {
    return cloneOf(this.querySelector("template"));
  }

  write(item, entry) {
    const isRefused = entry.state === "refused";
    item.entry = entry;
    item.classList.toggle("is-refused", isRefused);
    item.querySelector("[data-body]").textContent = entry.body;
    item.querySelector("[data-refused]").hidden = !isRefused;
    item.querySelector("[data-why]").textContent = entry.why ?? "";
    return item;
  }

  act({ target }) {
    const way = target.closest("[data-way]")?.dataset.way;
    if (!way) return;
    const { entry } = target.closest(".message");
    if (way === "retry") outbox.retry(entry);
    else outbox.drop(entry);
    if (way === "edit") this.tell("tc-take-back", { text: entry.body });
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  get items() {
    return [...this.querySelectorAll(":scope > .message")];
  }
}

customElements.define("tc-pending", Pending);
