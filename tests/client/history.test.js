import "./browser.js";

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, beforeEach, test } from "node:test";
import { History } from "teamchat/lib/history";

const PAGE = 50;

/* A server with the messages 1 to `last`, and the room's change number. */
class Room {
  last = 0;
  change = 0;
  status = 200;
  requests = [];
  #server = createServer((request, response) => this.#answer(request, response));

  async open() {
    await new Promise((resume) => this.#server.listen(0, "127.0.0.1", resume));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer({ url }, response) {
    const query = url.slice(url.indexOf("?"));
    this.requests.push(query);
    const after = Number(new URLSearchParams(query).get("after") ?? this.last);
    const numbers = Array.from({ length: Math.min(PAGE, this.last - after) }, (_, index) => after + 1 + index);
    const messages = numbers.map((seq) => `<p data-seq="${seq}"></p>`).join("");
    response.statusCode = this.status;
    response.end(`<div data-last-seq="${this.last}" data-last-change="${this.change}">${messages}</div>`);
  }
}

/* A screen that ends at a message. */
class View {
  updates = 0;
  skips = 0;
  failures = [];

  constructor(last) {
    this.last = last;
  }

  append({ messages }) {
    for (const { dataset } of messages) {
      assert.equal(Number(dataset.seq), this.last + 1, "messages come in order, once each");
      this.last += 1;
    }
  }

  update() {
    this.updates += 1;
  }

  skip() {
    this.skips += 1;
    this.history.hasAfter = true;
  }

  lastSeq() {
    return this.last;
  }

  failed(error) {
    this.failures.push(error.status);
  }
}

/** @type {Room} */
let room;

beforeEach(async () => {
  room = new Room();
  await room.open();
});
afterEach(() => room.close());

function open({ last = 10, hasAfter = false } = {}) {
  const view = new View(last);
  view.history = new History(room.url, { newest: last, change: 5, hasBefore: false, hasAfter }, view);
  Object.assign(room, { last, change: 5 });
  return view;
}

test("the next message is shown without a request", () => {
  const view = open();
  assert.equal(view.history.acceptMessage(11), true);
  assert.deepEqual(room.requests, []);
});

test("a known message is not shown again", async () => {
  const view = open();
  assert.equal(view.history.acceptMessage(10), false);
  await view.history.catchUp();
  assert.deepEqual(room.requests, []);
});

test("a gap is fetched", async () => {
  const view = open();
  room.last = 13;
  assert.equal(view.history.acceptMessage(13), false);
  await view.history.catchUp();
  assert.equal(view.last, 13);
  assert.deepEqual(room.requests, ["?after=10"]);
});

test("a message that arrives while a gap is fetched is fetched too", async () => {
  const view = open();
  room.last = 13;
  view.history.acceptMessage(12);
  assert.equal(view.history.acceptMessage(13), false);
  await view.history.catchUp();
  assert.equal(view.last, 13);
});

test("several pages are fetched one after the other", async () => {
  const view = open();
  room.last = 10 + 2 * PAGE + 1;
  await view.history.advance({ seq: room.last });
  assert.equal(view.last, room.last);
  assert.equal(room.requests.length, 3);
});

test("a gap of too many pages is skipped", async () => {
  const view = open();
  room.last = 10 + 7 * PAGE;
  await view.history.advance({ seq: room.last });
  assert.equal(view.skips, 1);
  assert.equal(room.requests.length, 6);
});

test("a message that the server does not give is asked for twice at most", async () => {
  const view = open();
  await view.history.advance({ seq: 12 });
  assert.deepEqual(room.requests, ["?after=10", "?after=10"]);
  assert.equal(view.history.newest, 10);
});

test("while the end is not loaded no newer message is shown or fetched", async () => {
  const view = open({ hasAfter: true });
  room.last = 11;
  assert.equal(view.history.acceptMessage(11), false);
  await view.history.catchUp();
  assert.equal(view.history.newest, 11);
  assert.deepEqual(room.requests, []);
});

test("the next change is shown without a request, an older one not at all", async () => {
  const view = open();
  assert.equal(view.history.acceptChange(6), true);
  assert.equal(view.history.acceptChange(6), false);
  await view.history.catchUp();
  assert.deepEqual(room.requests, []);
});

test("missing changes are fetched", async () => {
  const view = open();
  room.change = 8;
  assert.equal(view.history.acceptChange(8), false);
  await view.history.catchUp();
  assert.equal(view.updates, 1);
  assert.deepEqual(room.requests, ["?changes=5"]);
  assert.equal(view.history.acceptChange(9), true);
});

test("what failed is fetched the next time", async () => {
  const view = open();
  room.last = 11;
  room.status = 503;
  await view.history.advance({ seq: 11 });
  assert.deepEqual(view.failures, [503]);
  room.status = 200;
  await view.history.catchUp();
  assert.equal(view.last, 11);
});

test("without a network the failure has no status", async () => {
  const view = open();
  room.close();
  await view.history.advance({ seq: 11 });
  assert.deepEqual(view.failures, [0]);
});
