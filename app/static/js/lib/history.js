/* What the screen holds of a room's history, and how it catches up: by places (seq) and by changes, in order, once each. */

import { fetchPiece } from "teamchat/lib/fragments";

const MOST_PAGES = 6;

export class History {
  /* show(piece) puts newer messages at the end, renew(messages) shows changed ones again, leap() gives up the end of
     the screen's window, last() is the place it ends at, failed(error) hears of an Unreachable. */
  constructor(url, { newest, change, hasAfter }, { show, renew, leap, last, failed }) {
    this.url = `${url}/messages`;
    this.newest = newest;
    this.head = change;
    this.change = change;
    this.hasAfter = hasAfter;
    Object.assign(this, { show, renew, leap, last, failed });
  }

  /* The room's heads as somebody has just seen them; fetch what is lacking. */
  hear({ seq, change }) {
    this.newest = Math.max(this.newest, seq ?? 0);
    this.head = Math.max(this.head, change ?? 0);
    return this.catchUp();
  }

  /* A new message has been told: whether it is the next one and may be shown as it is. */
  takes(seq) {
    this.newest = Math.max(this.newest, seq);
    const isNext = !this.hasAfter && !this.running && seq === this.last() + 1;
    if (!isNext) this.catchUp();
    return isNext;
  }

  /* A change has been told: whether it is the next one. */
  takesChange(change) {
    this.head = Math.max(this.head, change);
    const isNext = !this.running && change === this.change + 1;
    if (isNext) this.change = change;
    else this.catchUp();
    return isNext;
  }

  get isBehind() {
    return this.change < this.head || (!this.hasAfter && this.last() < this.newest);
  }

  /* What could not be fetched is asked for again at the next occasion. */
  catchUp() {
    this.running ??= this.#run().catch((error) => this.failed(error)).finally(() => { this.running = null; });
    return this.running;
  }

  async #run() {
    this.vain = 0;
    for (let pages = 0; this.isBehind; pages += 1) {
      if (this.change < this.head) await this.#fetchChanges();
      else if (pages < MOST_PAGES) await this.#fetchNewer();
      else return this.leap();
    }
  }

  async #fetchChanges() {
    const before = this.change;
    const piece = await fetchPiece(`${this.url}?changes=${before}`);
    this.renew(piece.messages);
    this.newest = Math.max(this.newest, piece.lastSeq);
    this.change = Math.max(before, piece.lastChange);
    if (this.#isVain(this.change > before)) this.head = this.change;
  }

  async #fetchNewer() {
    const before = this.last();
    const piece = await fetchPiece(`${this.url}?after=${before}`);
    this.newest = Math.max(this.newest, piece.lastSeq);
    this.show(piece);
    if (this.#isVain(this.last() > before)) this.newest = this.last();
  }

  /* One answer without anything new may have crossed with the news; the second one says that there is none. */
  #isVain(hasMoved) {
    this.vain = hasMoved ? 0 : this.vain + 1;
    return this.vain > 1;
  }
}
