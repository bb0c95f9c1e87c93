/* <tc-timeline>: the conversation. It follows the end while the reader is there, and keeps their place everywhere else. */

import { cloneOf, find } from "teamchat/lib/dom";
import { messageOf } from "teamchat/lib/fragments";
import { messageInHash } from "teamchat/lib/hash";
import { History } from "teamchat/lib/history";
import { Log } from "teamchat/lib/log";
import { MessageActions } from "teamchat/lib/message-actions";
import { Messages } from "teamchat/lib/messages";
import { toast } from "teamchat/lib/notify";
import { Pager } from "teamchat/lib/pager";
import { Pill } from "teamchat/lib/pill";
import { Scroller } from "teamchat/lib/scroller";
import { Unread } from "teamchat/lib/unread";
import { socket } from "teamchat/socket";

const RETRY_DELAY = 2000;
const BROADCAST_DELAY = 300;

export class Timeline extends HTMLElement {
  /** @type {Log} */
  log;
  /** @type {MessageActions} */
  actions;

  /** @type {Scroller} */
  #scroller;
  /** @type {History} */
  #history;
  /** @type {Messages} */
  #messages;
  /** @type {Pager} */
  #pager;
  /** @type {Unread} */
  #unread;
  /** @type {Pill} */
  #pill;
  #sizes = new ResizeObserver(() => this.#scroller.isFollowing && this.#scroller.toEnd());
  /** @type {AbortController} */
  #listeners;

  /* Messages and the rest inside are upgraded first: in what htmx inserts, the outer element would precede them. */
  connectedCallback() {
    customElements.upgrade(this);
    this.#createParts();
    this.#listen();
    this.#begin();
    this.actions.reopen();
  }

  disconnectedCallback() {
    this.#listeners.abort();
    this.#sizes.disconnect();
    this.#messages.stop();
  }

  #createParts() {
    const { account = "", url = "" } = this.dataset;
    const list = this.#part("log");
    const templates = { day: this.#templateOf("day"), new: this.#templateOf("new") };
    this.log = new Log(list, templates, { account, url });
    this.#scroller = new Scroller(this.#part("scroll"), list);
    this.#history = this.#createHistory(url);
    this.#messages = this.#createMessages();
    this.#pager = this.#createPager(url);
    const lastRead = Number(this.dataset.lastRead ?? this.#history.newest);
    const report = (seq) => this.#send("tc-read", { room: Number(this.dataset.room), seq });
    this.#unread = new Unread(this.log, { account, lastRead }, report);
    this.#pill = new Pill(this.#part("pill"));
    this.actions = new MessageActions(this);
  }

  #createHistory(url) {
    const { newest, change } = this.dataset;
    const edges = { hasBefore: "hasBefore" in this.dataset, hasAfter: "hasAfter" in this.dataset };
    const heads = { newest: Number(newest), change: Number(change), ...edges };
    return new History(url, heads, {
      append: (piece) => this.#messages.append(piece.messages),
      update: (messages) => this.#messages.update(messages),
      skip: () => this.#skip(),
      lastSeq: () => this.#messages.lastSeq,
      failed: (error) => this.#failed(error),
    });
  }

  #createMessages() {
    const parts = { log: this.log, history: this.#history, scroller: this.#scroller, pending: this.#pending };
    return new Messages(parts, {
      prepended: () => this.#drawStart(),
      appended: (nodes) => this.#isRead || this.#unread.addUnseen(nodes),
      changed: () => this.#scrolled(),
    });
  }

  #createPager(url) {
    const parts = { log: this.log, history: this.#history, messages: this.#messages, scroller: this.#scroller };
    const edges = { before: find(this, '[data-edge="before"]'), after: find(this, '[data-edge="after"]') };
    return new Pager(url, parts, edges, {
      replaced: () => this.actions.reopen(),
      loaded: () => this.#scrolled(),
      missing: () => toast(this.dataset.gone, "error"),
      failed: (error) => this.#failed(error),
    });
  }

  #listen() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#part("scroll").addEventListener("scroll", () => this.#scrolled(), { passive: true, signal });
    this.#part("pill").addEventListener("click", () => this.#toNewest(), { signal });
    for (const type of ["click", "tc-accepted", "tc-pending-grew"]) this.addEventListener(type, this, { signal });
    window.addEventListener("focus", () => this.updateRead(), { signal });
    window.addEventListener("blur", () => this.#unread.leave(), { signal });
    window.addEventListener("hashchange", () => this.#toHash(), { signal });
    document.addEventListener("visibilitychange", () => this.#visibilityChanged(), { signal });
    for (const part of [this.#part("scroll"), this.#part("log"), this.#pending]) this.#sizes.observe(part);
  }

  handleEvent(event) {
    if (event.type === "tc-accepted") this.expect({ seq: event.detail.seq });
    else if (event.type === "tc-pending-grew") this.#toNewest();
    else if (event.target.closest("[data-again]")) this.#pager.retry();
  }

  #visibilityChanged() {
    if (document.hidden) return this.#unread.leave();
    this.log.dressAll();
    this.updateRead();
  }

  /* Start at the message the address names, where reading stopped, or at the end. */
  #begin() {
    this.#unread.markFrom(this.#history.newest);
    this.#messages.settlePending(this.log.messages);
    this.#scroller.toEnd();
    this.#scroller.isFollowing = !this.#history.hasAfter;
    const { at } = this.dataset;
    const { newLine } = this.log;
    const target = at === undefined ? null : (this.log.byId(messageInHash()) ?? this.log.bySeq(Number(at)));
    if (target) this.#show(target);
    else if (newLine && this.#scroller.isAbove(newLine)) this.#show(newLine);
    else this.#toHash();
    this.#scrolled();
  }

  messagePosted({ seq, html, client_id }) {
    if (this.#history.acceptMessage(seq)) this.#messages.receive(messageOf(html));
    else if (this.#history.hasAfter) this.#drawPill();
    if (this.#history.hasAfter) this.#pending.settle(client_id);
  }

  messageChanged({ change, html }) {
    if (this.#history.acceptChange(change)) this.#messages.update([messageOf(html)]);
  }

  /* Fetch what is missing up to the room's newest message and change. */
  advance(heads) {
    this.#pager.retry();
    return this.#history.advance(heads);
  }

  /* Fetch a message or a change after a moment, should its broadcast be lost. */
  expect(heads) {
    setTimeout(() => this.isConnected && this.#history.advance(heads), BROADCAST_DELAY);
  }

  async #toNewest() {
    if (this.#history.hasAfter) await this.#pager.loadNewest();
    this.#scroller.isFollowing = true;
    this.#scroller.toEnd();
    this.#scrolled();
  }

  /* There is too much to page through: whoever follows the end is taken there, whoever reads stays where they are. */
  #skip() {
    this.#history.hasAfter = true;
    if (this.#scroller.isFollowing) this.#toNewest();
    else this.#drawPill();
  }

  async #toHash() {
    const id = messageInHash();
    if (!id) return;
    if (!this.log.byId(id)) await this.#pager.loadAround(id);
    const message = this.log.byId(id);
    if (message) this.#show(message);
  }

  #show(element) {
    this.#scroller.toElement(element);
    element.classList.remove("is-target");
    requestAnimationFrame(() => element.classList.add("is-target"));
  }

  #scrolled() {
    this.#scroller.updateFollowing(!this.#history.hasAfter);
    this.#drawStart();
    this.updateRead();
    this.#pager.loadNearEdges();
  }

  /* Note as read what the reader has on the screen. */
  updateRead() {
    if (this.#isRead) this.#unread.read(this.#messages.lastSeq);
    this.#drawPill();
  }

  get #isRead() {
    return this.#scroller.isFollowing && !document.hidden && document.hasFocus();
  }

  #drawStart() {
    this.#part("start").hidden = this.#history.hasBefore;
  }

  #drawPill() {
    this.#pill.draw(this.#unread.count(this.#history.newest), this.#scroller, this.#history.hasAfter);
  }

  #failed(error) {
    if (error.status === 401) socket.signOut();
    else if (error.status === 404) this.#send("tc-gone");
    else if (error.status === undefined) throw error;
    else if (socket.isConnected) setTimeout(() => this.isConnected && this.#history.catchUp(), RETRY_DELAY);
  }

  #send(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }

  template(name) {
    return cloneOf(this.#templateOf(name));
  }

  get #pending() {
    return find(this, "tc-pending");
  }

  #part(name) {
    return find(this, `[data-part="${name}"]`);
  }

  #templateOf(name) {
    return find(this, `template[data-${name}]`, HTMLTemplateElement);
  }
}

customElements.define("tc-timeline", Timeline);
