/* Parts of the conversation as the server renders them, as elements. The only place where a script parses HTML. */

/**
 * Consecutive messages of a room, and the state of the room when they were read.
 * @typedef {object} Piece
 * @property {import("teamchat/elements/chat-message").Message[]} messages
 * @property {number} lastSeq
 * @property {number} lastChange
 * @property {boolean} hasBefore
 * @property {boolean} hasAfter
 */

export class Unreachable extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

/**
 * Fetch messages. Throws Unreachable, with status 0 for no network and 401 for signed out.
 * @returns {Promise<Piece>}
 */
export async function fetchPiece(url) {
  const [box] = elementsOf(await fetchText(url));
  const messages = /** @type {Piece["messages"]} */ ([...box.children]);
  const { lastSeq, lastChange, hasBefore, hasAfter } = box.dataset;
  return {
    messages,
    lastSeq: Number(lastSeq),
    lastChange: Number(lastChange),
    hasBefore: hasBefore !== undefined,
    hasAfter: hasAfter !== undefined,
  };
}

export async function fetchMessage(url) {
  return messageOf(await fetchText(url));
}

export async function fetchText(url) {
  const response = await answerOf(url);
  if (response.type === "opaqueredirect") throw new Unreachable(401);
  if (!response.ok) throw new Unreachable(response.status);
  return response.text();
}

/* Return the message in a broadcast. */
export function messageOf(html) {
  return elementsOf(html)[0];
}

async function answerOf(url) {
  try {
    return await fetch(url, { redirect: "manual", headers: { Accept: "text/html" } });
  } catch {
    throw new Unreachable(0);
  }
}

/** @returns {HTMLElement[]} */
function elementsOf(html) {
  return Array.from(
    document.createRange().createContextualFragment(html).children,
    (child) => /** @type {any} */ (child),
  );
}
