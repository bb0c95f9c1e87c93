/* <tc-timeline>: the conversation. It follows the end while the reader is there, and keeps their place everywhere else. */

import { cloneOf } from "teamchat/lib/clone";
import { counted } from "teamchat/lib/counted";
import { fetchMessage, fetchPiece, messageOf } from "teamchat/lib/fragments";
import { History } from "teamchat/lib/history";
import { Log } from "teamchat/lib/log";
import { MessageActions } from "teamchat/lib/message-actions";
import { toast } from "teamchat/lib/notify";
import { Scroller } from "teamchat/lib/scroller";
import { socket } from "teamchat/socket";

const MOST = 300;
const EDGE = 900;
const AGAIN = 2000;
const BREATH = 40;

class Timeline extends HTMLElement {
  told = -1;
  arrived = [];

  /* Messages and the rest inside wake up first: in what htmx brings in, the outer element would be before them. */
  connectedCallback() {
    customElements.upgrade(this);
    this.#gather();
    this.#listen();
    this.#begin();
    this.actions.reopen();
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
    this.sizes.disconnect();
    clearTimeout(this.taking);
  }

  #gather() {
    const { room, account, url } = this.dataset;
    this.room = Number(room);
    this.scroller = new Scroller(this.part("scroll"), this.part("log"));
    this.log = new Log(this.part("log"), { day: this.templateOf("day"), new: this.templateOf("new") }, { account, url });
    this.hasBefore = "hasBefore" in this.dataset;
    this.history = new History(url, this.#heads(), {
      show: (piece) => this.append(piece.messages),
      renew: (messages) => this.renew(messages),
      leap: () => this.leap(),
      last: () => this.lastSeq,
      failed: (error) => this.failed(error),
    });
    this.actions = new MessageActions(this);
  }

  #heads() {
    const { newest, change } = this.dataset;
    return { newest: Number(newest), change: Number(change), hasAfter: "hasAfter" in this.dataset };
  }

  #listen() {
    this.part("scroll").addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.part("pill").addEventListener("click", () => this.toNewest());
    this.addEventListener("click", ({ target }) => target.closest("[data-again]") && this.loadAgain());
    for (const type of ["tc-accepted", "tc-pending-grew"]) this.addEventListener(type, this);
    this.sizes = new ResizeObserver(() => this.following && this.scroller.toEnd());
    for (const part of [this.part("scroll"), this.part("log"), this.pending]) this.sizes.observe(part);
    this.stops = [
      listen(window, "focus", () => this.look()),
      listen(window, "blur", () => { this.hasLeft = true; }),
      listen(window, "hashchange", () => this.goToHash()),
      listen(document, "visibilitychange", () => (document.hidden ? (this.hasLeft = true) : this.#comeBack())),
    ];
  }

  #comeBack() {
    this.log.dressAll();
    this.look();
  }

  handleEvent(event) {
    if (event.type === "tc-accepted") this.later(300, () => this.history.hear({ seq: event.detail.seq }));
    else this.toNewest();
  }

  /* Where one arrives: at the message the address names, where reading stopped, or at the end. */
  #begin() {
    const { lastRead, at } = this.dataset;
    this.seen = lastRead === undefined ? this.history.newest : Number(lastRead);
    this.log.markNew(this.seen < this.history.newest ? this.seen : null);
    this.settlePending(this.log.messages);
    this.arrive(at === undefined ? null : Number(at));
    this.scrolled();
  }

  arrive(at) {
    const named = at === null ? null : this.log.byId(location.hash.slice(3)) ?? this.log.bySeq(at);
    const line = this.log.newLine;
    this.scroller.toEnd();
    this.following = !this.history.hasAfter;
    if (named) this.show(named);
    else if (line && this.scroller.isAbove(line)) this.show(line);
    else if (location.hash.startsWith("#m-")) this.goToHash();
  }

  /* What the socket tells. */

  posted({ seq, html, client_id }) {
    if (this.history.takes(seq)) this.take(messageOf(html));
    else if (this.history.hasAfter) this.drawPill();
    if (this.history.hasAfter) this.pending.settle(client_id);
  }

  /* Many at once are put in together: a crowd must not hold up the screen. */
  take(node) {
    this.arrived.push(node);
    const wait = this.tookAt + BREATH - performance.now();
    if (!(wait > 0)) this.append([]);
    else this.taking ??= setTimeout(() => this.append([]), wait);
  }

  changed({ change, html }) {
    if (this.history.takesChange(change)) this.renew([messageOf(html)]);
  }

  /* The room's heads, as somebody has just seen them in the database. */
  hear(heads) {
    if (this.isBroken) this.loadAgain();
    return this.history.hear(heads);
  }

  /* Putting messages in. */

  append(newer) {
    const nodes = [...this.arrived.splice(0), ...newer];
    const wasFollowing = this.following;
    clearTimeout(this.taking);
    this.taking = undefined;
    if (wasFollowing) this.#insert(nodes, true);
    else this.scroller.keeping(() => this.#insert(nodes, this.scroller.above > EDGE));
    this.noteUnseen(nodes);
    if (wasFollowing) this.scroller.toEnd();
    this.scrolled();
    this.tookAt = performance.now();
  }

  #insert(nodes, trimsTop) {
    this.log.put(nodes);
    this.settlePending(nodes);
    this.#trim(trimsTop);
  }

  #trim(fromTop) {
    if (fromTop && this.log.trimTop(MOST)) this.hasBefore = true;
    else if (!fromTop && this.log.trimBottom(MOST)) this.history.hasAfter = true;
  }

  renew(nodes) {
    this.scroller.keeping(() => {
      for (const node of nodes) if (this.belongs(node)) this.log.put([node]);
    });
    if (this.following) this.scroller.toEnd();
  }

  /* A changed message is shown again; a note of the system appears where it belongs in what is on the screen. */
  belongs(node) {
    if (this.log.byId(node.dataset.id)) return true;
    const seq = Number(node.dataset.seq);
    const isWithin = seq >= (this.log.first?.seq ?? 0) && (!this.history.hasAfter || seq <= this.lastSeq);
    return node.dataset.kind === "note" && isWithin && seq <= this.lastSeq;
  }

  settlePending(nodes) {
    for (const node of nodes) if (node.dataset.author === this.dataset.account) this.pending.settle(node.dataset.clientId);
  }

  /* Loading more, on either side. */

  loadEdges() {
    if (this.loading || this.isBroken) return;
    if (this.hasBefore && this.scroller.above < EDGE) this.load("before", () => this.loadBefore());
    else if (this.history.hasAfter && this.scroller.below < EDGE) this.load("after", () => this.loadAfter());
  }

  loadAgain() {
    this.isBroken = false;
    for (const side of ["before", "after"]) this.drawEdge(side, "done");
    this.loadEdges();
  }

  /* One load at a time. After one has failed the reader, or the connection, asks for the next. */
  async load(side, work) {
    while (this.loading) await this.loading;
    this.loading = this.#loadNow(side, work);
    await this.loading;
    this.loading = null;
    this.scrolled();
  }

  async #loadNow(side, work) {
    this.drawEdge(side, "wait");
    try {
      await work();
      this.drawEdge(side, "done");
    } catch (error) {
      this.isBroken = true;
      this.drawEdge(side, "failed");
      this.failed(error);
    }
  }

  async loadBefore() {
    const { seq, note } = this.log.first;
    const piece = await fetchPiece(`${this.dataset.url}/messages?before=${note ? seq + 1 : seq}`);
    this.quietly(() => this.scroller.keeping(() => {
      this.log.put(piece.messages);
      this.hasBefore = piece.hasBefore;
      this.drawStart();
      this.#trim(false);
    }));
  }

  async loadAfter() {
    const piece = await fetchPiece(`${this.dataset.url}/messages?after=${this.lastSeq}`);
    this.history.hasAfter = piece.hasAfter;
    this.history.newest = Math.max(this.history.newest, piece.lastSeq);
    this.quietly(() => this.append(piece.messages));
    if (!piece.hasAfter) this.history.catchUp();
  }

  /* Show the newest, or what stands around a place, instead of what is on the screen. */
  async replace(query) {
    const piece = await fetchPiece(`${this.dataset.url}/messages${query}`);
    this.quietly(() => {
      this.arrived = [];
      this.log.clear();
      this.log.put(piece.messages);
      this.settlePending(piece.messages);
    });
    this.actions.reopen();
    this.hasBefore = piece.hasBefore;
    this.history.hasAfter = piece.hasAfter;
    this.history.hear({ seq: piece.lastSeq, change: piece.lastChange });
  }

  async toNewest() {
    if (this.history.hasAfter) await this.load("after", () => this.replace(""));
    this.following = true;
    this.scroller.toEnd();
    this.scrolled();
  }

  /* Too much has come to page through it: who follows the end is taken there, who reads is left where they are. */
  leap() {
    this.history.hasAfter = true;
    if (this.following) this.toNewest();
    else this.drawPill();
  }

  async goToHash() {
    const id = location.hash.startsWith("#m-") ? Number(location.hash.slice(3)) : 0;
    if (id && !this.log.byId(id)) await this.load("after", () => this.#fetchAround(id));
    const message = id ? this.log.byId(id) : null;
    if (message) this.show(message);
  }

  async #fetchAround(id) {
    const message = await fetchMessage(`${this.dataset.url}/messages/${id}`).catch((error) => this.#missing(error));
    if (message) await this.replace(`?around=${message.dataset.seq}`);
  }

  #missing(error) {
    if (error.status !== 404) throw error;
    toast(this.dataset.gone, "error");
  }

  /* Bring a message, or a line, into sight. */
  show(element) {
    this.following = false;
    this.scroller.toElement(element);
    this.lastAbove = this.scroller.above;
    element.classList.remove("is-target");
    requestAnimationFrame(() => element.classList.add("is-target"));
  }

  /* What the reader has seen. */

  scrolled() {
    this.#follow();
    this.drawStart();
    this.look();
    this.loadEdges();
  }

  /* Only the reader's own way up ends it: when something grows, the end moves away by itself. */
  #follow() {
    const { above } = this.scroller;
    if (this.history.hasAfter || above < this.lastAbove - 1) this.following = false;
    if (!this.history.hasAfter && this.scroller.isAtEnd) this.following = true;
    this.lastAbove = above;
  }

  look() {
    if (this.isSeen) this.see(this.lastSeq);
    this.drawPill();
  }

  get isSeen() {
    return this.following && !document.hidden && document.hasFocus();
  }

  see(seq) {
    if (seq <= this.told) return;
    this.seen = Math.max(this.seen, seq);
    this.told = seq;
    this.dispatchEvent(new CustomEvent("tc-seen", { bubbles: true, detail: { room: this.room, seq } }));
  }

  /* The line "New" comes when something arrives unseen; it moves on only after the reader was away. */
  noteUnseen(nodes) {
    const isNews = nodes.some((node) => node.dataset.author !== this.dataset.account && Number(node.dataset.seq) > this.seen);
    const { newAfter } = this.log;
    const isDue = newAfter === null || (this.hasLeft && this.seen > newAfter);
    if (!isNews || !isDue || this.isSeen) return;
    this.hasLeft = false;
    this.log.markNew(this.seen);
  }

  drawStart() {
    this.part("start").hidden = this.hasBefore;
  }

  drawPill() {
    const pill = this.part("pill");
    const unseen = Math.max(0, this.history.newest - this.seen);
    pill.hidden = this.following || (!unseen && this.scroller.below < this.scroller.box.clientHeight * 1.5 && !this.history.hasAfter);
    pill.classList.toggle("is-plain", !unseen);
    pill.querySelector("[data-text]").textContent = unseen ? counted(unseen, pill.dataset.one, pill.dataset.many) : pill.dataset.none;
  }

  drawEdge(side, state) {
    const edge = this.querySelector(`[data-edge="${side}"]`);
    edge.querySelector(".edge-wait").hidden = state !== "wait";
    edge.querySelector(".edge-failed").hidden = state !== "failed";
  }

  /* Screen readers are told of what people say now, not of history. */
  quietly(work) {
    const log = this.part("log");
    log.setAttribute("aria-live", "off");
    work();
    setTimeout(() => log.removeAttribute("aria-live"), 500);
  }

  later(time, work) {
    setTimeout(() => this.isConnected && work(), time);
  }

  failed(error) {
    if (error.status === 401) socket.signOut();
    else if (error.status === 404) this.dispatchEvent(new CustomEvent("tc-gone", { bubbles: true }));
    else if (error.status === undefined) throw error;
    else if (socket.isConnected) this.later(AGAIN, () => this.history.catchUp());
  }

  /* The place that what is held ends at, shown or about to be. */
  get lastSeq() {
    return Number(this.arrived.at(-1)?.dataset.seq ?? this.log.last?.seq ?? 0);
  }

  get pending() {
    return this.querySelector("tc-pending");
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  template(name) {
    return cloneOf(this.templateOf(name));
  }

  templateOf(name) {
    return this.querySelector(`template[data-${name}]`);
  }
}

function listen(target, type, listener) {
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}

customElements.define("tc-timeline", Timeline);
