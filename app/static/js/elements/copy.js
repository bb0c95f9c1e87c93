/* <tc-copy>: a text field with a button that copies it to the clipboard. */

import { find } from "teamchat/lib/dom";
import { toast } from "teamchat/lib/notify";

class Copy extends HTMLElement {
  connectedCallback() {
    this.#button.hidden = !navigator.clipboard;
    this.#button.addEventListener("click", () => this.#copy());
    this.#input.addEventListener("focus", () => this.#input.select());
    if (document.activeElement === this.#input) this.#input.select();
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#input.value);
      toast(this.dataset.copied, "success");
    } catch {
      this.#input.select();
      toast(this.dataset.notCopied, "error");
    }
  }

  get #input() {
    return find(this, "input");
  }

  get #button() {
    return find(this, "button");
  }
}

customElements.define("tc-copy", Copy);
