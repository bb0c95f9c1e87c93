/* <tc-theme>: light, dark or the system's theme. The choice is a cookie, so that the server renders the next page in it. */

import { remember } from "teamchat/lib/cookie";
import { findAll } from "teamchat/lib/dom";

class Theme extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", this);
    this.#draw();
  }

  handleEvent({ target }) {
    const choice = target.closest("[data-theme-choice]")?.dataset.themeChoice;
    if (choice) this.#choose(choice);
  }

  #choose(choice) {
    const root = document.documentElement;
    remember("theme", choice);
    root.dataset.theme = choice;
    if (choice === "system") delete root.dataset.bsTheme;
    else root.dataset.bsTheme = choice;
    this.#draw();
  }

  #draw() {
    const chosen = document.documentElement.dataset.theme;
    for (const button of findAll(this, "[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
    }
  }
}

customElements.define("tc-theme", Theme);
