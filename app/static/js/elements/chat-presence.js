/* <tc-presence>: who has the room open, and who of them looks at it. Of a crowd the server names the first. */

import { cloneOf } from "teamchat/lib/clone";
import { counted } from "teamchat/lib/counted";
import { drawFace } from "teamchat/lib/faces";

const FACES = 4;

class Presence extends HTMLElement {
  show({ people, present }) {
    this.hidden = present === 0;
    this.part("faces").replaceChildren(...people.slice(0, FACES).map((person) => this.face(person)));
    this.part("count").textContent = present > FACES ? `+${present - FACES}` : "";
    this.part("text").textContent = counted(present, this.dataset.one, this.dataset.many);
    this.part("list").replaceChildren(...people.map((person) => this.line(person)));
    const others = present - people.length;
    this.part("others").hidden = others === 0;
    this.part("others").textContent = counted(others, this.dataset.other, this.dataset.others);
  }

  face(person) {
    const face = cloneOf(this.querySelector("template[data-face]"));
    drawFace(face, person);
    const name = person.is_guest ? this.dataset.guest.replace("{a}", () => person.name) : person.name;
    face.title = `${name}, ${this.stateOf(person)}`;
    face.classList.toggle("is-away", person.state === "background");
    return face;
  }

  line(person) {
    const line = cloneOf(this.querySelector("template[data-person]"));
    drawFace(line.querySelector(".face"), person);
    line.classList.toggle("is-away", person.state === "background");
    line.querySelector("[data-name]").textContent = person.name;
    line.querySelector("[data-guest]").hidden = !person.is_guest;
    line.querySelector("[data-state]").textContent = this.stateOf(person);
    return line;
  }

  stateOf({ state }) {
    return this.dataset[state] ?? "";
  }

  part(name) {
    return this.querySelector(`[data-${name}]`);
  }
}

customElements.define("tc-presence", Presence);
