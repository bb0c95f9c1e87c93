/* <tc-rights-line>: presets and single rights in step: a preset ticks its rights, and rights select their preset. */

import { find, findAll } from "teamchat/lib/dom";

class RightsLine extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", this);
  }

  handleEvent({ target }) {
    if (target.name === "preset") this.#applyPreset(target);
    else if (target.name === "right") this.#choosePreset();
  }

  #applyPreset({ dataset, value }) {
    if (value === "custom") find(this, "details").open = true;
    else for (const box of this.#boxes) box.checked = Boolean(Number(dataset.rights) & Number(box.dataset.right));
  }

  #choosePreset() {
    const held = this.#boxes.reduce((sum, box) => sum + (box.checked ? Number(box.dataset.right) : 0), 0);
    const presets = findAll(this, "input[name='preset']", HTMLInputElement);
    const preset = presets.find(({ dataset }) => dataset.rights !== undefined && Number(dataset.rights) === held);
    const custom = presets.find(({ value }) => value === "custom");
    const chosen = preset ?? custom;
    if (chosen) chosen.checked = true;
  }

  get #boxes() {
    return findAll(this, "input[name='right']", HTMLInputElement);
  }
}

customElements.define("tc-rights-line", RightsLine);
