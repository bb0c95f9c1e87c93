import "./browser.js";

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Log } from "teamchat/lib/log";
import { Unread } from "teamchat/lib/unread";
import "teamchat/elements/chat-message";

/** @type {Log} */
let log;

beforeEach(() => {
  document.body.innerHTML =
    '<main></main><template><div class="day"><b class="day-name"></b></div></template><template><div class="new"></div></template>';
  const [day, line] = document.querySelectorAll("template");
  log = new Log(document.querySelector("main"), { day, new: line }, { account: "1", url: "/rooms/7" });
});

/* A message of jean, posted at the hour of its number on 1 March. */
function message(seq, facts = {}) {
  const {
    id = seq,
    note = 0,
    change = 0,
    author = "2",
    at = `2026-03-01T10:${String(seq).padStart(2, "0")}:00Z`,
    ...more
  } = facts;
  const element = document.createElement("tc-message");
  element.id = `m-${id}`;
  Object.assign(element.dataset, { id, seq, note, change, author, at, ...more });
  element.innerHTML = '<time></time><div class="message-body"></div>';
  return element;
}

function shown() {
  return log.messages.map(({ seq }) => seq);
}

/* What stands in the log: numbers of messages, "day" and "new". */
function lines() {
  return [...log.element.children].map((child) => (child.localName === "tc-message" ? child.seq : child.className));
}

function numbers(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

test("messages stand in order, whichever comes first", () => {
  log.put([message(3)]);
  log.put([message(1), message(2)]);
  assert.deepEqual(shown(), [1, 2, 3]);
});

test("a message stands there once, in its newest version", () => {
  log.put([message(1, { change: 4, kind: "old" })]);
  log.put([message(1, { change: 5, kind: "new" })]);
  log.put([message(1, { change: 4, kind: "late" })]);
  assert.deepEqual(shown(), [1]);
  assert.equal(log.first.dataset.kind, "new");
});

test("a note follows the message it belongs to", () => {
  log.put([message(1), message(2)]);
  log.put([message(1, { id: 90, note: 1 })]);
  assert.deepEqual(
    log.messages.map(({ key }) => key),
    [1, 90, 2],
  );
});

test("a day has one line, before its first message", () => {
  log.put([message(2), message(3, { at: "2026-03-02T10:00:00+01:00" })]);
  log.put([message(1)]);
  assert.deepEqual(lines(), ["day", 1, 2, "day", 3]);
});

test("messages of one author within five minutes are one block", () => {
  log.put([message(1), message(2), message(9), message(10, { author: "3" })]);
  assert.deepEqual(
    log.messages.map((element) => element.classList.contains("is-continued")),
    [false, true, false, false],
  );
});

test("own messages are marked", () => {
  log.put([message(1, { author: "1" }), message(2)]);
  assert.deepEqual(
    log.messages.map((element) => element.classList.contains("is-own")),
    [true, false],
  );
});

test("the line of new messages stands before the first one of somebody else", () => {
  log.put([message(1), message(2, { author: "1" }), message(3)]);
  log.markNew(1);
  assert.deepEqual(lines(), ["day", 1, 2, "new", 3]);
  log.markNew(null);
  assert.deepEqual(lines(), ["day", 1, 2, 3]);
});

test("messages beyond the maximum are removed from one side", () => {
  log.put(numbers(1, 5).map((seq) => message(seq)));
  assert.equal(log.trimTop(5), false);
  assert.equal(log.trimTop(3), true);
  assert.deepEqual(lines(), ["day", 3, 4, 5]);
  assert.equal(log.trimBottom(2), true);
  assert.deepEqual(lines(), ["day", 3, 4]);
});

test("a note is not separated from its message", () => {
  log.put([message(1), message(2), message(2, { id: 90, note: 1 }), message(3)]);
  log.trimTop(2);
  assert.deepEqual(shown(), [2, 2, 3]);
});

test("a message that is being edited is not removed", () => {
  log.put(numbers(1, 3).map((seq) => message(seq)));
  log.first.append(document.createElement("tc-editor"));
  assert.equal(log.trimTop(1), false);
  assert.deepEqual(shown(), [1, 2, 3]);
});

test("exactly one message is in the order of the Tab key", () => {
  const inTabOrder = () => log.messages.filter((element) => element.tabIndex === 0).map(({ seq }) => seq);
  for (const seq of numbers(1, 4)) log.put([message(seq, { change: 1 })]);
  assert.equal(inTabOrder().length, 1);
  log.trimTop(1);
  log.put([message(4, { change: 2 })]);
  assert.deepEqual(inTabOrder(), [4]);
});

test("unread messages are counted until they are read", () => {
  const reports = [];
  const unread = new Unread(log, { account: "1", lastRead: 2 }, (seq) => reports.push(seq));
  assert.equal(unread.count(5), 3);
  unread.read(5);
  unread.read(5);
  unread.read(4);
  assert.equal(unread.count(5), 0);
  assert.deepEqual(reports, [5]);
});

test("the line of new messages moves on only after an absence", () => {
  log.put(numbers(1, 3).map((seq) => message(seq)));
  const unread = new Unread(log, { account: "1", lastRead: 1 }, () => {});
  unread.markFrom(3);
  unread.read(3);
  log.put([message(4)]);
  unread.addUnseen([log.last]);
  assert.deepEqual(lines(), ["day", 1, "new", 2, 3, 4]);
  unread.leave();
  unread.addUnseen([log.last]);
  assert.deepEqual(lines(), ["day", 1, 2, 3, "new", 4]);
});

test("an own message draws no line", () => {
  log.put([message(1)]);
  const unread = new Unread(log, { account: "1", lastRead: 1 }, () => {});
  log.put([message(2, { author: "1" })]);
  unread.addUnseen([log.last]);
  assert.deepEqual(lines(), ["day", 1, 2]);
});
