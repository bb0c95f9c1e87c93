/* Queued messages. Each is stored until the server has it, and keeps its client_id: sending it twice posts it once. */

import { keysOf, read, remove, storeName, watchOthers, write } from "teamchat/lib/store";
import { socket } from "teamchat/socket";

const RETRY_INTERVAL = 15000;
const LOCK_TIMEOUT = 3000;

/**
 * A queued message.
 * @typedef {object} Entry
 * @property {string} id its client_id
 * @property {number} room
 * @property {string} body
 * @property {number} at when it was written; later ones have a greater number
 * @property {"waiting" | "refused"} state
 * @property {string} [why] why the server refused it
 */

export class Outbox extends EventTarget {
  #socket;
  #sending = new Set();
  #isServiceRunning = true;

  /** @param {Pick<typeof socket, "isConnected" | "on" | "watch" | "request">} connection */
  constructor(connection) {
    super();
    this.#socket = connection;
  }

  /* Send what an earlier page left behind, and try again whenever the server may accept it. */
  start() {
    watchOthers("outbox:", () => this.#notify());
    this.#socket.watch("state", (state) => state === "connected" && this.#sendAll());
    this.#socket.on("hello", ({ service }) => this.#setService(service === "running"));
    this.#socket.on("service:started", () => this.#setService(true));
    this.#socket.on("service:stopped", () => this.#setService(false));
    setInterval(() => this.#setService(true), RETRY_INTERVAL);
  }

  /** @returns {Entry} */
  add(room, body) {
    /** @type {Entry} */
    const entry = { id: newId(), room: Number(room), body, at: this.#nextMoment(room), state: "waiting" };
    this.#keep(entry);
    this.#send(entry.room);
    return entry;
  }

  /**
   * Return the messages of a room in the order they were written.
   * @returns {Entry[]}
   */
  of(room) {
    const entries = keysOf(`outbox:${room}:`).map(read).filter(Boolean);
    return entries.sort((first, second) => first.at - second.at);
  }

  get waiting() {
    return keysOf("outbox:")
      .map(read)
      .filter((entry) => entry?.state === "waiting").length;
  }

  retry(entry) {
    this.#keep({ ...entry, state: "waiting", why: "" });
    this.#send(entry.room);
  }

  drop(entry) {
    remove(keyOf(entry));
    this.#notify();
  }

  /* Drop a message that the server has: the conversation shows it. */
  settle(room, id) {
    if (read(`outbox:${room}:${id}`)) this.drop({ room, id });
  }

  #sendAll() {
    const rooms = new Set(keysOf("outbox:").map((key) => Number(key.split(":")[1])));
    for (const room of rooms) this.#send(room);
  }

  async #send(room) {
    if (this.#sending.has(room) || !this.#maySend) return;
    this.#sending.add(room);
    const mayContinue = await exclusively(`${storeName()}outbox:${room}`, () => this.#sendWaiting(room)).finally(() =>
      this.#sending.delete(room),
    );
    if (mayContinue && this.#next(room)) this.#send(room);
  }

  /* The messages are also tried while the service is stopped: a late refusal may have crossed with its start. */
  #setService(isRunning) {
    this.#isServiceRunning = isRunning;
    this.#sendAll();
  }

  get #maySend() {
    return this.#socket.isConnected && this.#isServiceRunning;
  }

  /* Send one after the other, so that they arrive in the order they were written. Returns whether to go on. */
  async #sendWaiting(room) {
    for (let entry = this.#next(room); entry; entry = this.#next(room)) {
      const answer = await this.#socket.request("message:post", {
        room_id: room,
        body: entry.body,
        client_id: entry.id,
      });
      if (!(await this.#handle(entry, answer))) return false;
    }
    return true;
  }

  #next(room) {
    return this.of(room).find((entry) => entry.state === "waiting");
  }

  async #handle(entry, answer) {
    if (answer.ok) this.#accepted(entry, answer);
    else if (answer.error === "offline" || answer.error === "signed_out") return false;
    else if (answer.error === "service_stopped") return this.#hold(entry);
    else if (answer.error === "group_pace") await this.#pause(entry, answer);
    else if (answer.error === "too_many") await pause(answer.retry_after ?? 1);
    else if (answer.error === "unavailable") await pause(1 + Math.random());
    else this.#refuse(entry, answer);
    return true;
  }

  #accepted(entry, answer) {
    this.dispatchEvent(new CustomEvent("accepted", { detail: { ...entry, seq: answer.seq } }));
    this.drop(entry);
  }

  #hold(entry) {
    this.#isServiceRunning = false;
    this.dispatchEvent(new CustomEvent("held", { detail: entry }));
    return false;
  }

  /* Wait until the group accepts messages again, unless the composer takes the text back. */
  async #pause(entry, { retry_after, message }) {
    const detail = { entry, seconds: retry_after, message, isAlone: this.of(entry.room).length === 1 };
    this.dispatchEvent(new CustomEvent("paced", { detail }));
    if (read(keyOf(entry))) await pause(retry_after);
  }

  #refuse(entry, answer) {
    this.#keep({ ...entry, state: "refused", why: answer.message ?? answer.error });
  }

  #keep(entry) {
    write(keyOf(entry), entry);
    this.#notify();
  }

  #notify() {
    this.dispatchEvent(new CustomEvent("change"));
  }

  #nextMoment(room) {
    return Math.max(Date.now(), (this.of(room).at(-1)?.at ?? 0) + 1);
  }
}

function keyOf({ room, id }) {
  return `outbox:${room}:${id}`;
}

function newId() {
  return crypto.randomUUID();
}

function pause(seconds) {
  return new Promise((resume) => setTimeout(resume, Math.min(60, Math.max(0.05, seconds)) * 1000));
}

/* Run in one window of this browser at a time. A window that is suspended delays the others by three seconds at most. */
async function exclusively(name, work) {
  if (!navigator.locks) return work();
  try {
    return await navigator.locks.request(name, { signal: AbortSignal.timeout(LOCK_TIMEOUT) }, work);
  } catch (/** @type {any} */ error) {
    if (error.name !== "TimeoutError" && error.name !== "AbortError") throw error;
    return work();
  }
}

export const outbox = new Outbox(socket);
