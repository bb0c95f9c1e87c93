/* Faces of people without a picture: initials on a colour of their own, as the server draws them. */

export function drawFace(element, { id, name }) {
  element.classList.add(`face-hue-${id % 10}`);
  element.textContent = initialsOf(name);
}

function initialsOf(name) {
  const words = name
    .split("@")[0]
    .replace(/^[[\]() ]+|[[\]() ]+$/g, "")
    .split(/[\s._-]+/)
    .filter(Boolean);
  if (!words.length) return "?";
  const letters = words.length > 1 ? firstOf(words[0]) + firstOf(words[1]) : [...words[0]].slice(0, 2).join("");
  return letters.toLocaleUpperCase();
}

function firstOf(word) {
  return [...word][0];
}
