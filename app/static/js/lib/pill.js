/* The button that leads to the newest messages, and tells how many of them are unread. */

import { counted } from "teamchat/lib/counted";
import { find } from "teamchat/lib/dom";

export class Pill {
  #button;

  /** @param {HTMLElement} button */
  constructor(button) {
    this.#button = button;
  }

  /**
   * @param {number} unread
   * @param {import("teamchat/lib/scroller").Scroller} scroller
   * @param {boolean} hasAfter whether messages follow that are not loaded
   */
  draw(unread, { isFollowing, below, height }, hasAfter) {
    const { one, many, none = "" } = this.#button.dataset;
    this.#button.hidden = isFollowing || (!unread && below < height * 1.5 && !hasAfter);
    this.#button.classList.toggle("is-plain", !unread);
    find(this.#button, "[data-text]").textContent = unread ? counted(unread, one, many) : none;
  }
}
