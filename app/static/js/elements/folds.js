/* <tc-folds>: sections that somebody has closed stay closed in this tab when the server sends them again, as open as ever. */

const KEY = "tc:folds";

function remembered() {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(KEY)));
  } catch {
    return new Set();
  }
}

function remember(closed) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...closed]));
  } catch {
    /* Storage is refused: it holds as long as the page. */
  }
}

class Folds extends HTMLElement {
  connectedCallback() {
    this.closed = remembered();
    this.changes = new MutationObserver(() => this.apply());
    this.changes.observe(this, { subtree: true, childList: true, attributes: true, attributeFilter: ["open"] });
    this.addEventListener("click", this);
    this.apply();
  }

  disconnectedCallback() {
    this.changes.disconnect();
  }

  /* A summary was pressed, by mouse or key; its section changes right afterwards. */
  handleEvent({ target }) {
    const section = target.closest("summary")?.parentElement;
    if (!section?.id) return;
    if (section.open) this.closed.add(section.id);
    else this.closed.delete(section.id);
    remember(this.closed);
  }

  apply() {
    for (const section of this.querySelectorAll("details[id][open]")) {
      if (this.closed.has(section.id)) section.open = false;
    }
  }
}

customElements.define("tc-folds", Folds);
