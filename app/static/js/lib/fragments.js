/* Pieces of the conversation that the server wrote, as elements. The one place where a script reads HTML. */

export class Unreachable extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

/* A page of messages with what is said about it. Error: Unreachable, status 0 for no network, 401 for signed out. */
export async function fetchPiece(url) {
  const [box] = elementsOf(await fetchText(url));
  const messages = [...box.children];
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

/* The message in a broadcast. */
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

function elementsOf(html) {
  return [...document.createRange().createContextualFragment(html).children];
}
