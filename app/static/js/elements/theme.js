/* <tc-theme>: light, dark or the system's. The choice is a cookie, so that the server writes the next page in it. */

import { remember } from "teamchat/lib/cookie";

class Theme extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", this);
    this.mark();
  }

  handleEvent({ target }) {
    const choice = target.closest("[data-theme-choice]")?.dataset.themeChoice;
    if (choice) this.choose(choice);
  }

  choose(choice) {
    const root = document.documentElement;
    remember("theme", choice);
    root.dataset.theme = choice;
    if (choice === "system") delete root.dataset.bsTheme;
    else root.dataset.bsTheme = choice;
    this.mark();
  }

  mark() {
    const chosen = document.documentElement.dataset.theme;
    for (const button of this.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", button.dataset.themeChoice === chosen);
    }
  }
}

customElements.define("tc-theme", Theme);
