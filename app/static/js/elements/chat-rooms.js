/* <tc-rooms>: the list of rooms. It is fetched again when rooms come and go, and counts what is unread in between. */

import { outbox } from "teamchat/lib/outbox";
import { socket } from "teamchat/socket";

const TOGETHER = 250;

class Rooms extends HTMLElement {
  reads = new Map();

  connectedCallback() {
    this.stops = [
      socket.on("rooms:changed", () => this.fetchSoon()),
      socket.on("hello", () => this.isStale && this.fetchSoon()),
      socket.on("room:unread", ({ room_id, seq }) => this.hint(room_id, seq)),
      socket.on("room:read", ({ room_id, seq }) => this.markRead(room_id, seq)),
      socket.watch("state", (state) => { if (state === "waiting") this.isStale = true; }),
    ];
    for (const type of ["input", "keydown", "click", "htmx:after:swap"]) this.addEventListener(type, this);
    document.addEventListener("keydown", this);
    outbox.addEventListener("accepted", this);
    this.refresh();
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
    clearTimeout(this.timer);
    document.removeEventListener("keydown", this);
    outbox.removeEventListener("accepted", this);
  }

  handleEvent(event) {
    if (event.type === "input") this.filter();
    else if (event.type === "click") this.follow(event);
    else if (event.type === "htmx:after:swap") this.refresh();
    else if (event.type === "accepted") this.posted(event.detail);
    else if (event.currentTarget === document) this.find(event);
    else this.walk(event);
  }

  /* Several changes in a moment are one question to the server. */
  fetchSoon() {
    this.timer ??= setTimeout(() => this.fetch(), TOGETHER * (0.5 + Math.random()));
  }

  fetch() {
    this.timer = undefined;
    this.isStale = false;
    this.list.dispatchEvent(new Event("refresh"));
  }

  /* The server's list has come: it is the truth, but for what was read a moment ago. */
  refresh() {
    for (const [room, seq] of this.reads) this.advance(this.linkOf(room), seq);
    this.filter();
    this.showCurrent();
    this.tell();
  }

  hint(room, seq) {
    const link = this.linkOf(room);
    if (!link) return;
    link.dataset.seq = Math.max(seq, link.dataset.seq);
    this.draw(link);
    this.tell();
  }

  markRead(room, seq) {
    this.reads.set(Number(room), Math.max(seq, this.reads.get(Number(room)) ?? 0));
    this.advance(this.linkOf(room), seq);
    this.tell();
  }

  /* Posting moves one's own mark when it was up to date. */
  posted({ room, seq }) {
    if (Number(this.linkOf(room)?.dataset.read) === seq - 1) this.markRead(room, seq);
  }

  advance(link, seq) {
    if (!link || Number(link.dataset.read ?? -1) >= seq) return;
    link.dataset.read = seq;
    link.dataset.seq = Math.max(seq, link.dataset.seq);
    this.draw(link);
  }

  draw(link) {
    const unread = unreadOf(link);
    const badge = link.querySelector(".count");
    link.classList.toggle("is-unread", unread !== 0);
    link.querySelector("[data-new]").hidden = unread !== null;
    badge.hidden = !unread;
    badge.querySelector("[data-count]").textContent = unread > 999 ? "999+" : unread ?? 0;
  }

  tell() {
    const unread = this.links.reduce((sum, link) => sum + (unreadOf(link) ?? 0), 0);
    this.dispatchEvent(new CustomEvent("tc-unread", { bubbles: true, detail: { unread } }));
  }

  showCurrent() {
    for (const link of this.links) setCurrent(link, `${location.pathname}/`.startsWith(`${link.pathname}/`));
  }

  filter() {
    const wanted = plain(this.field.value.trim());
    for (const section of this.querySelectorAll(".rooms-section")) section.hidden = !showMatching(section, wanted);
    const text = this.querySelector(".rooms-none");
    text.textContent = wanted && !this.shown.length ? text.dataset.text : "";
    this.offerSearch();
  }

  /* What is no room's name may have been said in one. */
  offerSearch() {
    const link = this.searchLink;
    const words = this.field.value.trim();
    link.href = words ? `${link.dataset.url}?q=${encodeURIComponent(words)}` : link.dataset.url;
    link.querySelector("[data-words]").textContent = words;
  }

  find(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    this.field.focus();
    this.field.select();
  }

  walk(event) {
    const place = this.shown.indexOf(document.activeElement);
    if (event.altKey || (place < 0 && event.target !== this.field)) return;
    if (event.key === "Escape") this.clear();
    else if (event.key === "Enter" && event.target === this.field) (this.shown[0] ?? this.searchLink).click();
    else if (event.key === "ArrowDown") this.shown[place + 1]?.focus();
    else if (event.key === "ArrowUp") (this.shown[place - 1] ?? this.field).focus();
    else return;
    event.preventDefault();
  }

  clear() {
    if (!this.field.value) this.field.blur();
    this.field.value = "";
    this.filter();
  }

  /* Where one goes is marked at once; the page follows. */
  follow({ target }) {
    const chosen = target.closest("a[data-room]");
    if (!chosen) return;
    for (const link of this.links) setCurrent(link, link === chosen);
    this.field.value = "";
    this.filter();
  }

  step(by) {
    const links = this.shown;
    const place = links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = place < 0 ? (by > 0 ? 0 : links.length - 1) : place + by;
    links[next]?.click();
  }

  linkOf(room) {
    return this.list.querySelector(`a[data-room="${Number(room)}"]`);
  }

  get links() {
    return [...this.list.querySelectorAll("a[data-room]")];
  }

  get shown() {
    return this.links.filter((link) => !link.closest("[hidden]"));
  }

  get searchLink() {
    return this.querySelector(".rooms-search");
  }

  get list() {
    return this.querySelector("#room_list");
  }

  get field() {
    return this.querySelector("input");
  }
}

function unreadOf(link) {
  const { read, seq } = link.dataset;
  return read === undefined ? null : Math.max(0, Number(seq) - Number(read));
}

function setCurrent(link, isCurrent) {
  if (isCurrent) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

/* A group's name finds all of its rooms. */
function showMatching(section, wanted) {
  const isWhole = plain(section.querySelector("h2").textContent).includes(wanted);
  let found = 0;
  for (const item of section.querySelectorAll("li")) {
    item.hidden = !isWhole && !plain(item.querySelector("a").dataset.name).includes(wanted);
    found += item.hidden ? 0 : 1;
  }
  return found > 0;
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

customElements.define("tc-rooms", Rooms);
