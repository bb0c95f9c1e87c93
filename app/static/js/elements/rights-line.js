/* <tc-rights-line>: presets and single rights say the same thing: choosing one ticks the boxes, ticking a box finds its preset. */

class RightsLine extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", this);
  }

  handleEvent({ target }) {
    if (target.name === "preset") this.tick(target);
    else if (target.name === "right") this.findPreset();
  }

  tick({ dataset, value }) {
    if (value === "custom") this.querySelector("details").open = true;
    else for (const box of this.boxes) box.checked = Boolean(Number(dataset.rights) & Number(box.dataset.right));
  }

  findPreset() {
    const held = this.boxes.reduce((sum, box) => sum + (box.checked ? Number(box.dataset.right) : 0), 0);
    const presets = [...this.querySelectorAll("input[name='preset']")];
    const found = presets.find(({ dataset }) => dataset.rights !== undefined && Number(dataset.rights) === held);
    (found ?? presets.find(({ value }) => value === "custom")).checked = true;
  }

  get boxes() {
    return [...this.querySelectorAll("input[name='right']")];
  }
}

customElements.define("tc-rights-line", RightsLine);
