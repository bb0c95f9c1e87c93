/* A copy of what the server wrote into a <template>. */

export function cloneOf(template) {
  return template.content.firstElementChild.cloneNode(true);
}
