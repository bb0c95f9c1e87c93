/* <tc-typing>: who is writing. Every server process tells of its own people; what is not repeated is forgotten. */

const LASTS = 8000;

class Typing extends HTMLElement {
  told = new Map();

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  hear({ from, people }, account) {
    const others = people.filter((person) => String(person.id) !== account);
    this.told.set(from, { others, until: Date.now() + LASTS });
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), LASTS);
  }

  draw() {
    const names = [...new Map(this.fresh.map((person) => [person.id, this.nameOf(person)])).values()];
    this.classList.toggle("is-on", names.length > 0);
    const text = this.querySelector("[data-text]");
    if (text.textContent !== this.sentence(names)) text.textContent = this.sentence(names);
  }

  nameOf({ name, is_guest: isGuest }) {
    return isGuest ? this.dataset.guest.replace("{a}", () => name) : name;
  }

  get fresh() {
    return [...this.told.values()].filter(({ until }) => until > Date.now()).flatMap(({ others }) => others);
  }

  sentence([one, two, ...more]) {
    if (!one) return "";
    const named = { "{a}": one, "{b}": two };
    const say = (pattern) => pattern.replace(/\{[ab]\}/g, (mark) => named[mark]);
    if (!two) return say(this.dataset.one);
    if (!more.length) return say(this.dataset.two);
    return this.dataset.many;
  }
}

customElements.define("tc-typing", Typing);
