/* Loading older and newer messages when the reader comes near an end of what is on the screen. */

import { find } from "teamchat/lib/dom";
import { fetchMessage, fetchPiece } from "teamchat/lib/fragments";

/* Pixels before an end at which more is loaded. */
export const NEAR_EDGE = 900;

/** @typedef {"before" | "after"} Side */

/**
 * What follows a load.
 * @typedef {object} PagerView
 * @property {() => void} replaced called when other messages are on the screen
 * @property {() => void} loaded called after every load
 * @property {() => void} missing say that the message asked for is not there
 * @property {(error: any) => void} failed handle an Unreachable
 */

export class Pager {
  #url;
  #log;
  #history;
  #messages;
  #scroller;
  #edges;
  #view;
  /** @type {Promise<void> | null} */
  #loading = null;
  #isBroken = false;

  /**
   * @param {string} url the room's address
   * @param {{ log: import("teamchat/lib/log").Log, history: import("teamchat/lib/history").History,
   *   messages: import("teamchat/lib/messages").Messages, scroller: import("teamchat/lib/scroller").Scroller }} parts
   * @param {Record<Side, HTMLElement>} edges where loading and failing is shown
   * @param {PagerView} view
   */
  constructor(url, { log, history, messages, scroller }, edges, view) {
    this.#url = `${url}/messages`;
    this.#log = log;
    this.#history = history;
    this.#messages = messages;
    this.#scroller = scroller;
    this.#edges = edges;
    this.#view = view;
  }

  loadNearEdges() {
    if (this.#loading || this.#isBroken) return;
    if (this.#history.hasBefore && this.#scroller.above < NEAR_EDGE) this.#load("before", () => this.#loadBefore());
    else if (this.#history.hasAfter && this.#scroller.below < NEAR_EDGE) this.#load("after", () => this.#loadAfter());
  }

  /* Go on after a failure. */
  retry() {
    if (!this.#isBroken) return;
    this.#isBroken = false;
    this.#showEdge("before", "done");
    this.#showEdge("after", "done");
    this.loadNearEdges();
  }

  loadNewest() {
    return this.#load("after", () => this.#replace(""));
  }

  /* Load what stands around a message. */
  loadAround(id) {
    return this.#load("after", async () => {
      const message = await fetchMessage(`${this.#url}/${id}`).catch((error) => this.#missing(error));
      if (message) await this.#replace(`?around=${message.dataset.seq}`);
    });
  }

  #missing(error) {
    if (error.status !== 404) throw error;
    this.#view.missing();
  }

  /* One load at a time. After one has failed the reader, or the connection, asks for the next. */
  async #load(side, work) {
    while (this.#loading) await this.#loading;
    this.#loading = this.#loadNow(side, work);
    await this.#loading;
    this.#loading = null;
    this.#view.loaded();
  }

  async #loadNow(side, work) {
    this.#showEdge(side, "wait");
    try {
      await work();
      this.#showEdge(side, "done");
    } catch (error) {
      this.#isBroken = true;
      this.#showEdge(side, "failed");
      this.#view.failed(error);
    }
  }

  async #loadBefore() {
    const { seq, note } = this.#log.first;
    const piece = await fetchPiece(`${this.#url}?before=${note ? seq + 1 : seq}`);
    this.#history.hasBefore = piece.hasBefore;
    this.#messages.quietly(() => this.#messages.prepend(piece.messages));
  }

  async #loadAfter() {
    const history = this.#history;
    const piece = await fetchPiece(`${this.#url}?after=${history.lastSeq}`);
    history.hasAfter = piece.hasAfter;
    history.newest = Math.max(history.newest, piece.lastSeq);
    this.#messages.quietly(() => this.#messages.append(piece.messages));
    if (!piece.hasAfter) history.catchUp();
  }

  async #replace(query) {
    const piece = await fetchPiece(this.#url + query);
    this.#messages.quietly(() => this.#messages.replace(piece.messages));
    this.#view.replaced();
    this.#history.hasBefore = piece.hasBefore;
    this.#history.hasAfter = piece.hasAfter;
    this.#history.advance({ seq: piece.lastSeq, change: piece.lastChange });
  }

  #showEdge(side, state) {
    find(this.#edges[side], ".edge-wait").hidden = state !== "wait";
    find(this.#edges[side], ".edge-failed").hidden = state !== "failed";
  }
}
