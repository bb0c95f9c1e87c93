/* <tc-rooms>: the list of rooms. It is fetched again when rooms come and go, and counts unread messages in between. */

import { find, findAll, focusedIndex } from "teamchat/lib/dom";
import { outbox } from "teamchat/lib/outbox";
import { socket } from "teamchat/socket";

const FETCH_DELAY = 250;

export class Rooms extends HTMLElement {
  #reads = new Map();
  #isStale = false;
  /** @type {(() => void)[]} */
  #stops = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  connectedCallback() {
    this.#stops = [
      socket.on("rooms:changed", () => this.#fetchSoon()),
      socket.on("hello", () => this.#isStale && this.#fetchSoon()),
      socket.on("room:unread", ({ room_id, seq }) => this.#noteUnread(room_id, seq)),
      socket.on("room:read", ({ room_id, seq }) => this.markRead(room_id, seq)),
      socket.watch("state", (state) => {
        if (state === "waiting") this.#isStale = true;
      }),
    ];
    for (const type of ["input", "keydown", "click", "htmx:after:swap"]) this.addEventListener(type, this);
    document.addEventListener("keydown", this);
    outbox.addEventListener("accepted", this);
    this.#refresh();
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#timer);
    document.removeEventListener("keydown", this);
    outbox.removeEventListener("accepted", this);
  }

  handleEvent(event) {
    if (event.type === "input") this.#filter();
    else if (event.type === "click") this.#linkClicked(event);
    else if (event.type === "htmx:after:swap") this.#refresh();
    else if (event.type === "accepted") this.#posted(event.detail);
    else if (event.currentTarget === document) this.#focusFilter(event);
    else this.#keyPressed(event);
  }

  /* Fetch the list once for several changes. */
  #fetchSoon() {
    this.#timer ??= setTimeout(() => this.#fetch(), FETCH_DELAY * (0.5 + Math.random()));
  }

  #fetch() {
    this.#timer = undefined;
    this.#isStale = false;
    this.#list.dispatchEvent(new Event("refresh"));
  }

  /* Apply to a new list what was read a moment ago: the server may not have known it. */
  #refresh() {
    for (const [room, seq] of this.#reads) this.#advance(this.#linkOf(room), seq);
    this.#filter();
    this.showCurrent();
    this.#sendUnread();
  }

  #noteUnread(room, seq) {
    const link = this.#linkOf(room);
    if (!link) return;
    link.dataset.seq = String(Math.max(seq, Number(link.dataset.seq)));
    this.#drawLink(link);
    this.#sendUnread();
  }

  markRead(room, seq) {
    this.#reads.set(Number(room), Math.max(seq, this.#reads.get(Number(room)) ?? 0));
    this.#advance(this.#linkOf(room), seq);
    this.#sendUnread();
  }

  /* Posting moves the own read position when it was up to date. */
  #posted({ room, seq }) {
    if (Number(this.#linkOf(room)?.dataset.read) === seq - 1) this.markRead(room, seq);
  }

  #advance(link, seq) {
    if (!link || Number(link.dataset.read ?? -1) >= seq) return;
    link.dataset.read = String(seq);
    link.dataset.seq = String(Math.max(seq, Number(link.dataset.seq)));
    this.#drawLink(link);
  }

  #drawLink(link) {
    const unread = unreadOf(link);
    const badge = find(link, ".count");
    link.classList.toggle("is-unread", unread !== 0);
    find(link, "[data-new]").hidden = unread !== null;
    badge.hidden = !unread;
    find(badge, "[data-count]").textContent = (unread ?? 0) > 999 ? "999+" : String(unread ?? 0);
  }

  #sendUnread() {
    const unread = this.#links.reduce((sum, link) => sum + (unreadOf(link) ?? 0), 0);
    this.dispatchEvent(new CustomEvent("tc-unread", { bubbles: true, detail: { unread } }));
  }

  showCurrent() {
    for (const link of this.#links) setCurrent(link, `${location.pathname}/`.startsWith(`${link.pathname}/`));
  }

  #filter() {
    const query = plain(this.#field.value.trim());
    for (const section of findAll(this, ".rooms-section")) section.hidden = !showMatching(section, query);
    const text = find(this, ".rooms-none");
    text.textContent = query && !this.#visibleLinks.length ? (text.dataset.text ?? "") : "";
    this.#offerSearch();
  }

  /* Offer to search messages for what is typed here. */
  #offerSearch() {
    const link = this.#searchLink;
    const { url = "" } = link.dataset;
    const words = this.#field.value.trim();
    link.href = words ? `${url}?q=${encodeURIComponent(words)}` : url;
    find(link, "[data-words]").textContent = words;
  }

  #focusFilter(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    this.#field.focus();
    this.#field.select();
  }

  #keyPressed(event) {
    const links = this.#visibleLinks;
    const index = focusedIndex(links);
    if (event.altKey || (index < 0 && event.target !== this.#field)) return;
    if (event.key === "Escape") this.#clearFilter();
    else if (event.key === "Enter" && event.target === this.#field) (links[0] ?? this.#searchLink).click();
    else if (event.key === "ArrowDown") links[index + 1]?.focus();
    else if (event.key === "ArrowUp") (links[index - 1] ?? this.#field).focus();
    else return;
    event.preventDefault();
  }

  #clearFilter() {
    if (!this.#field.value) this.#field.blur();
    this.#field.value = "";
    this.#filter();
  }

  /* Mark the chosen room at once; the page follows. */
  #linkClicked({ target }) {
    const chosen = target.closest("a[data-room]");
    if (!chosen) return;
    for (const link of this.#links) setCurrent(link, link === chosen);
    this.#field.value = "";
    this.#filter();
  }

  step(by) {
    const links = this.#visibleLinks;
    const current = links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = current < 0 ? (by > 0 ? 0 : links.length - 1) : current + by;
    links[next]?.click();
  }

  #linkOf(room) {
    return this.#links.find((link) => Number(link.dataset.room) === Number(room));
  }

  get #links() {
    return findAll(this.#list, "a[data-room]", HTMLAnchorElement);
  }

  get #visibleLinks() {
    return this.#links.filter((link) => !link.closest("[hidden]"));
  }

  get #searchLink() {
    return find(this, ".rooms-search", HTMLAnchorElement);
  }

  get #list() {
    return find(this, "#room_list");
  }

  get #field() {
    return find(this, "input");
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

/* Show the rooms of a section that match; the section's name matches all of them. Returns whether any does. */
function showMatching(section, query) {
  const isWhole = plain(find(section, "h2").textContent).includes(query);
  let count = 0;
  for (const item of findAll(section, "li")) {
    item.hidden = !isWhole && !plain(find(item, "a").dataset.name).includes(query);
    count += item.hidden ? 0 : 1;
  }
  return count > 0;
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

customElements.define("tc-rooms", Rooms);
