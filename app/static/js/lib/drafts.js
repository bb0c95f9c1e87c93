/* Drafts by room, and interrupted edits by room and message. */

import { keysOf, read, remove, watchOthers, write } from "teamchat/lib/store";

export function draftOf(room) {
  return read(`draft:${room}`) ?? "";
}

export function keepDraft(room, text) {
  keep(`draft:${room}`, text);
}

export function watchDraft(room, listener) {
  return watchOthers(`draft:${room}`, (key) => key === `draft:${room}` && listener(draftOf(room)));
}

export function editOf(room, message) {
  return read(`edit:${room}:${message}`);
}

export function keepEdit(room, message, text) {
  write(`edit:${room}:${message}`, text);
}

export function dropEdit(room, message) {
  remove(`edit:${room}:${message}`);
}

/* Return the ids of messages whose editing was interrupted. */
export function openEdits(room) {
  return keysOf(`edit:${room}:`).map((key) => key.split(":")[2]);
}

function keep(key, text) {
  if (text) write(key, text);
  else remove(key);
}
