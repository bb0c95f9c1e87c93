/* The message that the address of a page names: /chat/rooms/7?at=3#m-42 */

/* Return the id of the message, or 0. */
export function messageInHash() {
  return location.hash.startsWith("#m-") ? Number(location.hash.slice(3)) : 0;
}
