import "./browser.js";

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Outbox } from "teamchat/lib/outbox";
import { openStore } from "teamchat/lib/store";

const ROOM = 7;

/* A connection to a server that keeps messages by client_id, as ours does. */
class Connection {
  isConnected = true;
  posted = new Map();
  requests = [];
  answers = [];

  on() {}

  watch(_kind, listener) {
    this.report = listener;
  }

  /* The answers in `answers` come first; "lost": it is posted, and the answer does not arrive. */
  async request(_event, { room_id, body, client_id }) {
    this.requests.push(body);
    const answer = this.answers.shift() ?? { ok: true };
    if (answer.ok || answer.lost) this.posted.set(client_id, { room_id, body });
    return answer.lost ? { ok: false, error: "offline" } : answer;
  }

  get texts() {
    return [...this.posted.values()].map(({ body }) => body);
  }

  /* A connection comes back after the requests on the old one have failed. */
  async reconnect() {
    this.isConnected = false;
    await new Promise((resume) => setTimeout(resume));
    this.isConnected = true;
    this.report("connected");
  }
}

beforeEach(() => {
  localStorage.clear();
  openStore("1");
});

/* An outbox as start() leaves it, without the timer. */
function start(t, connection) {
  t.mock.method(globalThis, "setInterval", () => 0);
  const outbox = new Outbox(connection);
  outbox.start();
  return outbox;
}

async function until(condition) {
  while (!condition()) await new Promise((resume) => setTimeout(resume, 1));
}

test("messages arrive in the order they were written", async (t) => {
  const connection = new Connection();
  const outbox = start(t, connection);
  for (const body of ["one", "two", "three"]) outbox.add(ROOM, body);
  await until(() => outbox.waiting === 0);
  assert.deepEqual(connection.texts, ["one", "two", "three"]);
  assert.deepEqual(outbox.of(ROOM), []);
});

test("a message whose answer was lost is posted once", async (t) => {
  const connection = new Connection();
  const outbox = start(t, connection);
  connection.answers.push({ lost: true });
  outbox.add(ROOM, "once");
  await until(() => connection.requests.length === 1);
  await connection.reconnect();
  await until(() => outbox.waiting === 0);
  assert.deepEqual(connection.requests, ["once", "once"]);
  assert.deepEqual(connection.texts, ["once"]);
});

test("a retry after a refusal keeps the client_id", async (t) => {
  const connection = new Connection();
  const outbox = start(t, connection);
  connection.answers.push({ ok: false, error: "too_long", message: "Too long." });
  const { id } = outbox.add(ROOM, "text");
  await until(() => outbox.of(ROOM)[0]?.state === "refused");
  const [entry] = outbox.of(ROOM);
  assert.equal(entry.why, "Too long.");
  outbox.retry(entry);
  await until(() => outbox.of(ROOM).length === 0);
  assert.deepEqual([...connection.posted.keys()], [id]);
});

test("a refused message does not hold up the next one", async (t) => {
  const connection = new Connection();
  const outbox = start(t, connection);
  connection.answers.push({ ok: false, error: "forbidden" });
  outbox.add(ROOM, "refused");
  outbox.add(ROOM, "accepted");
  await until(() => outbox.waiting === 0);
  assert.deepEqual(connection.texts, ["accepted"]);
  assert.deepEqual(
    outbox.of(ROOM).map(({ body }) => body),
    ["refused"],
  );
});

test("without a connection messages wait, and are sent after a reload", async (t) => {
  const connection = new Connection();
  connection.isConnected = false;
  const outbox = start(t, connection);
  outbox.add(ROOM, "later");
  assert.deepEqual(connection.requests, []);
  assert.equal(outbox.waiting, 1);
  const reloaded = start(t, connection);
  await connection.reconnect();
  await until(() => reloaded.waiting === 0);
  assert.deepEqual(connection.texts, ["later"]);
});

test("messages survive full storage", async (t) => {
  const connection = new Connection();
  connection.isConnected = false;
  t.mock.method(Object.getPrototypeOf(localStorage), "setItem", () => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const outbox = start(t, connection);
  outbox.add(ROOM, "one");
  outbox.add(ROOM, "two");
  await connection.reconnect();
  await until(() => outbox.waiting === 0);
  assert.deepEqual(connection.texts, ["one", "two"]);
});

test("messages of another account are not sent", async (t) => {
  const connection = new Connection();
  connection.isConnected = false;
  start(t, connection).add(ROOM, "of account 1");
  openStore("2");
  const outbox = start(t, connection);
  outbox.add(ROOM, "of account 2");
  await connection.reconnect();
  await until(() => outbox.waiting === 0);
  assert.deepEqual(connection.texts, ["of account 2"]);
  openStore("1");
  assert.equal(outbox.waiting, 1);
});

test("a stopped service holds messages back", async (t) => {
  const connection = new Connection();
  const outbox = start(t, connection);
  const held = [];
  outbox.addEventListener("held", ({ detail }) => held.push(detail.body));
  connection.answers.push({ ok: false, error: "service_stopped" });
  outbox.add(ROOM, "one");
  await until(() => held.length === 1);
  outbox.add(ROOM, "two");
  assert.deepEqual(connection.requests, ["one"]);
  assert.equal(outbox.waiting, 2);
});

test("a message is tried again after the pause of its group", async (t) => {
  const connection = new Connection();
  const outbox = start(t, connection);
  const pauses = [];
  outbox.addEventListener("paced", ({ detail }) => pauses.push(detail));
  connection.answers.push({ ok: false, error: "group_pace", retry_after: 0.01, message: "Slow down." });
  outbox.add(ROOM, "text");
  await until(() => outbox.waiting === 0);
  assert.equal(pauses.length, 1);
  assert.equal(pauses[0].isAlone, true);
  assert.deepEqual(connection.texts, ["text"]);
});

test("a message that the composer takes back is not sent", async (t) => {
  const connection = new Connection();
  const outbox = start(t, connection);
  outbox.addEventListener("paced", ({ detail }) => outbox.drop(detail.entry));
  connection.answers.push({ ok: false, error: "group_pace", retry_after: 60 });
  outbox.add(ROOM, "text");
  await until(() => outbox.of(ROOM).length === 0);
  outbox.add(ROOM, "next");
  await until(() => outbox.waiting === 0);
  assert.deepEqual(connection.texts, ["next"]);
});

test("a message that the conversation shows is dropped", async (t) => {
  const connection = new Connection();
  connection.isConnected = false;
  const outbox = start(t, connection);
  const { id } = outbox.add(ROOM, "text");
  outbox.settle(ROOM, "another");
  assert.equal(outbox.waiting, 1);
  outbox.settle(ROOM, id);
  assert.equal(outbox.waiting, 0);
});

test("each room has its own queue", async (t) => {
  const connection = new Connection();
  connection.isConnected = false;
  const outbox = start(t, connection);
  outbox.add(7, "seven");
  outbox.add(70, "seventy");
  assert.deepEqual(
    outbox.of(7).map(({ body }) => body),
    ["seven"],
  );
});
