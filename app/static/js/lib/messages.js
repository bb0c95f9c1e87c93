/* Adding, changing and removing messages on the screen, while the reader keeps their place. */

import { Arrivals } from "teamchat/lib/arrivals";
import { NEAR_EDGE } from "teamchat/lib/pager";

const MAX_MESSAGES = 300;
const QUIET_TIME = 500;

/**
 * What follows a change of the messages on the screen.
 * @typedef {object} MessagesView
 * @property {() => void} prepended called when older messages were added, before the position is restored
 * @property {(nodes: HTMLElement[]) => void} appended called when newer messages were added
 * @property {() => void} changed called when the reader's position may be another one
 */

export class Messages {
  #log;
  #history;
  #scroller;
  #pending;
  #view;
  #arrivals = new Arrivals(() => this.append([]));

  /**
   * @param {{ log: import("teamchat/lib/log").Log, history: import("teamchat/lib/history").History,
   *   scroller: import("teamchat/lib/scroller").Scroller, pending: import("teamchat/elements/chat-pending").Pending }} parts
   * @param {MessagesView} view
   */
  constructor({ log, history, scroller, pending }, view) {
    this.#log = log;
    this.#history = history;
    this.#scroller = scroller;
    this.#pending = pending;
    this.#view = view;
  }

  /* Show a broadcast message soon, together with others. */
  receive(node) {
    this.#arrivals.add(node);
  }

  append(newer) {
    const nodes = [...this.#arrivals.take(), ...newer];
    const wasFollowing = this.#scroller.isFollowing;
    if (wasFollowing) this.#insert(nodes, true);
    else this.#scroller.keepPosition(() => this.#insert(nodes, this.#scroller.above > NEAR_EDGE));
    this.#view.appended(nodes);
    if (wasFollowing) this.#scroller.toEnd();
    this.#view.changed();
    this.#arrivals.inserted();
  }

  prepend(older) {
    this.#scroller.keepPosition(() => {
      this.#log.put(older);
      this.#view.prepended();
      this.#trimBottom();
    });
  }

  replace(nodes) {
    this.#arrivals.take();
    this.#log.clear();
    this.#log.put(nodes);
    this.settlePending(nodes);
  }

  update(nodes) {
    this.#scroller.keepPosition(() => {
      for (const node of nodes) if (this.#belongs(node)) this.#log.put([node]);
    });
    if (this.#scroller.isFollowing) this.#scroller.toEnd();
  }

  /* Remove from the pending messages what the conversation shows. */
  settlePending(nodes) {
    for (const { dataset } of nodes) if (dataset.author === this.#log.account) this.#pending.settle(dataset.clientId);
  }

  /* Make a change that screen readers do not announce: they announce what people say now, not history. */
  quietly(change) {
    const { element } = this.#log;
    element.setAttribute("aria-live", "off");
    change();
    setTimeout(() => element.removeAttribute("aria-live"), QUIET_TIME);
  }

  stop() {
    this.#arrivals.take();
  }

  /* The number of the last message that is shown or about to be. */
  get lastSeq() {
    return Number(this.#arrivals.last?.dataset.seq ?? this.#log.last?.seq ?? 0);
  }

  #insert(nodes, trimsTop) {
    this.#log.put(nodes);
    this.settlePending(nodes);
    if (trimsTop) this.#trimTop();
    else this.#trimBottom();
  }

  #trimTop() {
    if (this.#log.trimTop(MAX_MESSAGES)) this.#history.hasBefore = true;
  }

  #trimBottom() {
    if (this.#log.trimBottom(MAX_MESSAGES)) this.#history.hasAfter = true;
  }

  /* A changed message is shown again; a note of the system appears where it belongs in what is on the screen. */
  #belongs({ dataset: { id, seq, kind } }) {
    if (this.#log.byId(id)) return true;
    return kind === "note" && Number(seq) >= (this.#log.first?.seq ?? 0) && Number(seq) <= this.lastSeq;
  }
}
