/* <tc-presence>: the people who have the room open, and whether they look at it. Of many the server names the first. */

import { counted } from "teamchat/lib/counted";
import { cloneOf, find } from "teamchat/lib/dom";
import { drawFace } from "teamchat/lib/faces";

const FACES = 4;

export class Presence extends HTMLElement {
  show({ people, present }) {
    this.hidden = present === 0;
    find(this, "[data-faces]").replaceChildren(...people.slice(0, FACES).map((person) => this.#createFace(person)));
    find(this, "[data-count]").textContent = present > FACES ? `+${present - FACES}` : "";
    find(this, "[data-text]").textContent = counted(present, this.dataset.one, this.dataset.many);
    find(this, "[data-list]").replaceChildren(...people.map((person) => this.#createLine(person)));
    const others = present - people.length;
    find(this, "[data-others]").hidden = others === 0;
    find(this, "[data-others]").textContent = counted(others, this.dataset.other, this.dataset.others);
  }

  #createFace(person) {
    const face = cloneOf(find(this, "template[data-face]"));
    drawFace(face, person);
    const name = person.is_guest ? (this.dataset.guest ?? "").replace("{a}", () => person.name) : person.name;
    face.title = `${name}, ${this.#stateOf(person)}`;
    face.classList.toggle("is-away", person.state === "background");
    return face;
  }

  #createLine(person) {
    const line = cloneOf(find(this, "template[data-person]"));
    drawFace(find(line, ".face"), person);
    line.classList.toggle("is-away", person.state === "background");
    find(line, "[data-name]").textContent = person.name;
    find(line, "[data-guest]").hidden = !person.is_guest;
    find(line, "[data-state]").textContent = this.#stateOf(person);
    return line;
  }

  #stateOf({ state }) {
    return this.dataset[state] ?? "";
  }
}

customElements.define("tc-presence", Presence);
