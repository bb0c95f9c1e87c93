import "./browser.js";

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { draftOf, dropEdit, editOf, keepDraft, keepEdit, openEdits, watchDraft } from "teamchat/lib/drafts";
import { keysOf, openStore, read, remove, write } from "teamchat/lib/store";

beforeEach(() => {
  localStorage.clear();
  openStore("1");
});

/* Storage that refuses to write, as a full one does. */
function fillStorage(t) {
  t.mock.method(Object.getPrototypeOf(localStorage), "setItem", () => {
    throw new DOMException("full", "QuotaExceededError");
  });
}

test("a value is read back, and gone after removing it", () => {
  write("key", { text: "été" });
  assert.deepEqual(read("key"), { text: "été" });
  remove("key");
  assert.equal(read("key"), null);
});

test("a value survives full storage, and replaces the stored one", (t) => {
  write("key", "old");
  fillStorage(t);
  write("key", "new");
  assert.equal(read("key"), "new");
  assert.deepEqual([...new Set(keysOf("key"))], ["key"]);
  remove("key");
  assert.equal(read("key"), null);
});

test("a damaged value is none", () => {
  localStorage.setItem("tc:1:key", "{");
  assert.equal(read("key"), null);
});

test("each account has its own values", () => {
  write("key", "of 1");
  openStore("2");
  assert.equal(read("key"), null);
  assert.deepEqual(keysOf(""), []);
  openStore("1");
  assert.equal(read("key"), "of 1");
});

test("account 1 does not see the values of account 12", () => {
  openStore("12");
  write("key", "of 12");
  openStore("1");
  assert.deepEqual(keysOf(""), []);
});

test("each room has its own draft", () => {
  keepDraft("7", "seven");
  keepDraft("8", "eight");
  assert.equal(draftOf("7"), "seven");
  assert.equal(draftOf("8"), "eight");
  assert.equal(draftOf("70"), "");
});

test("an empty draft is not stored", () => {
  keepDraft("7", "text");
  keepDraft("7", "");
  assert.equal(draftOf("7"), "");
  assert.deepEqual(keysOf("draft:"), []);
});

test("an edit is kept by room and message, even when it is empty", () => {
  keepEdit("7", 42, "");
  keepEdit("7", 43, "text");
  keepEdit("70", 44, "other room");
  assert.equal(editOf("7", 42), "");
  assert.deepEqual(openEdits("7").sort(), ["42", "43"]);
  dropEdit("7", 42);
  assert.equal(editOf("7", 42), null);
  assert.deepEqual(openEdits("7"), ["43"]);
});

test("a draft of another window is reported for its room and account only", () => {
  const drafts = [];
  const stop = watchDraft("7", (text) => drafts.push(text));
  const change = (key, text) => {
    localStorage.setItem(key, JSON.stringify(text));
    window.dispatchEvent(Object.assign(new window.Event("storage"), { key }));
  };
  change("tc:1:draft:7", "mine");
  change("tc:1:draft:70", "another room");
  change("tc:2:draft:7", "another account");
  stop();
  change("tc:1:draft:7", "later");
  assert.deepEqual(drafts, ["mine"]);
});
