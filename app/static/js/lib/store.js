/* What this browser stores for one account: drafts and queued messages. Values that storage refuses are kept in memory,
   where they are newer than what was stored. */

let prefix = "tc:0:";
const memory = new Map();

export function openStore(account) {
  prefix = `tc:${account}:`;
}

export function storeName() {
  return prefix;
}

export function read(key) {
  const text = memory.get(prefix + key) ?? stored(prefix + key);
  try {
    return text == null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export function write(key, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(prefix + key, text);
    memory.delete(prefix + key);
  } catch {
    memory.set(prefix + key, text);
  }
}

export function remove(key) {
  memory.delete(prefix + key);
  try {
    localStorage.removeItem(prefix + key);
  } catch {
    /* Storage is refused: there was nothing in it. */
  }
}

export function keysOf(start) {
  const all = [...memory.keys(), ...storedKeys()];
  return all.filter((key) => key.startsWith(prefix + start)).map((key) => key.slice(prefix.length));
}

/* Listen to what other windows of this browser change below a key. Returns a function that stops listening. */
export function watchOthers(start, listener) {
  const listen = ({ key }) => key?.startsWith(prefix + start) && listener(key.slice(prefix.length));
  window.addEventListener("storage", listen);
  return () => window.removeEventListener("storage", listen);
}

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function storedKeys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}
