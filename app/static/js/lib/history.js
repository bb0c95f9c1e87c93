/* What the screen holds of a room's history, and how it catches up: by number (seq) and by change, in order, once each. */

import { fetchPiece } from "teamchat/lib/fragments";

const MAX_PAGES = 6;

/**
 * What a history does to the conversation on the screen.
 * @typedef {object} HistoryView
 * @property {(piece: import("teamchat/lib/fragments").Piece) => void} append add newer messages at the end
 * @property {(messages: HTMLElement[]) => void} update show changed messages again
 * @property {() => void} skip stop paging towards the end: there is too much
 * @property {() => number} lastSeq the number of the last message on the screen
 * @property {(error: any) => void} failed handle an Unreachable
 */

export class History {
  /* The newest message of the room that was heard of. */
  newest;
  /* Whether messages precede the first one on the screen that are not loaded. */
  hasBefore;
  /* Whether messages follow the last one on the screen that are not loaded. */
  hasAfter;

  #url;
  #newestChange;
  #change;
  /** @type {Promise<void> | null} */
  #running = null;
  #emptyAnswers = 0;
  #view;

  /**
   * @param {string} url the room's address
   * @param {{ newest: number, change: number, hasBefore: boolean, hasAfter: boolean }} heads
   * @param {HistoryView} view
   */
  constructor(url, { newest, change, hasBefore, hasAfter }, view) {
    this.#url = `${url}/messages`;
    this.newest = newest;
    this.#newestChange = change;
    this.#change = change;
    this.hasBefore = hasBefore;
    this.hasAfter = hasAfter;
    this.#view = view;
  }

  get lastSeq() {
    return this.#view.lastSeq();
  }

  /**
   * Note the room's newest message and change, and fetch what is missing.
   * @param {{ seq?: number, change?: number }} heads
   */
  advance({ seq = 0, change = 0 }) {
    this.newest = Math.max(this.newest, seq);
    this.#newestChange = Math.max(this.#newestChange, change);
    return this.catchUp();
  }

  /* Note a broadcast message. Returns whether it is the next one; if not, what is missing is fetched. */
  acceptMessage(seq) {
    this.newest = Math.max(this.newest, seq);
    const isNext = !this.hasAfter && !this.#running && seq === this.lastSeq + 1;
    if (!isNext) this.catchUp();
    return isNext;
  }

  /* Note a broadcast change. Returns whether it is the next one; if not, what is missing is fetched. */
  acceptChange(change) {
    this.#newestChange = Math.max(this.#newestChange, change);
    const isNext = !this.#running && change === this.#change + 1;
    if (isNext) this.#change = change;
    else this.catchUp();
    return isNext;
  }

  /* Fetch what is missing. What could not be fetched is asked for again at the next occasion. */
  catchUp() {
    this.#running ??= this.#run()
      .catch((error) => this.#view.failed(error))
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  get #lacksChanges() {
    return this.#change < this.#newestChange;
  }

  get #lacksMessages() {
    return !this.hasAfter && this.lastSeq < this.newest;
  }

  async #run() {
    this.#emptyAnswers = 0;
    for (let pages = 0; this.#lacksChanges || this.#lacksMessages; pages += 1) {
      if (this.#lacksChanges) await this.#fetchChanges();
      else if (pages < MAX_PAGES) await this.#fetchNewer();
      else return this.#view.skip();
    }
  }

  async #fetchChanges() {
    const before = this.#change;
    const piece = await fetchPiece(`${this.#url}?changes=${before}`);
    this.#view.update(piece.messages);
    this.newest = Math.max(this.newest, piece.lastSeq);
    this.#change = Math.max(before, piece.lastChange);
    if (this.#isExhausted(this.#change > before)) this.#newestChange = this.#change;
  }

  async #fetchNewer() {
    const before = this.lastSeq;
    const piece = await fetchPiece(`${this.#url}?after=${before}`);
    this.newest = Math.max(this.newest, piece.lastSeq);
    this.#view.append(piece);
    if (this.#isExhausted(this.lastSeq > before)) this.newest = this.lastSeq;
  }

  /* One answer without news may have crossed with the news; after the second one there is none. */
  #isExhausted(hasAdvanced) {
    this.#emptyAnswers = hasAdvanced ? 0 : this.#emptyAnswers + 1;
    return this.#emptyAnswers > 1;
  }
}
