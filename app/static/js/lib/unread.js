/* How far one person has read in one room, and the line "New". */

export class Unread {
  #lastRead;
  #lastReported = -1;
  #hasLeft = false;
  #log;
  #account;
  #report;

  /**
   * @param {Pick<import("teamchat/lib/log").Log, "newAfter" | "markNew">} log
   * @param {{ account: string, lastRead: number }} reader
   * @param {(seq: number) => void} report called with the last message read, when it changes
   */
  constructor(log, { account, lastRead }, report) {
    this.#log = log;
    this.#account = account;
    this.#lastRead = lastRead;
    this.#report = report;
  }

  /**
   * Return the number of unread messages.
   * @param {number} newest
   */
  count(newest) {
    return Math.max(0, newest - this.#lastRead);
  }

  /* Draw the line "New" where reading stopped. */
  markFrom(newest) {
    this.#log.markNew(this.#lastRead < newest ? this.#lastRead : null);
  }

  /* Note that the reader looks elsewhere: the line "New" may move on. */
  leave() {
    this.#hasLeft = true;
  }

  read(seq) {
    if (seq <= this.#lastReported) return;
    this.#lastRead = Math.max(this.#lastRead, seq);
    this.#lastReported = seq;
    this.#report(seq);
  }

  /* Note messages that were added out of the reader's sight: the line "New" is drawn, or moves on after an absence. */
  addUnseen(messages) {
    const isNew = (message) => message.dataset.author !== this.#account && Number(message.dataset.seq) > this.#lastRead;
    const { newAfter } = this.#log;
    const isDue = newAfter === null || (this.#hasLeft && this.#lastRead > newAfter);
    if (!isDue || !messages.some(isNew)) return;
    this.#hasLeft = false;
    this.#log.markNew(this.#lastRead);
  }
}
