/* Messages on their way. Each is stored until the server has it, and keeps its client_id: sending twice posts once. */

import { keysOf, read, remove, storeName, watchOthers, write } from "teamchat/lib/store";
import { socket } from "teamchat/socket";

const LOOK_AGAIN = 15000;
const FOR_A_LOCK = 3000;

class Outbox extends EventTarget {
  #sending = new Set();
  #isRunning = true;

  /* Send what an earlier page left behind, and what waits whenever that makes sense again. */
  start() {
    watchOthers("outbox:", () => this.#tell());
    socket.watch("state", (state) => state === "connected" && this.sendAll());
    socket.on("hello", ({ service }) => this.#serve(service === "running"));
    socket.on("service:started", () => this.#serve(true));
    socket.on("service:stopped", () => this.#serve(false));
    setInterval(() => this.#serve(true), LOOK_AGAIN);
  }

  add(room, body) {
    const entry = { id: newId(), room: Number(room), body, at: this.#nextMoment(room), state: "waiting" };
    this.#keep(entry);
    this.#send(entry.room);
    return entry;
  }

  /* A room's messages in the order they were written. */
  of(room) {
    const entries = keysOf(`outbox:${room}:`).map(read).filter(Boolean);
    return entries.sort((one, other) => one.at - other.at);
  }

  get waiting() {
    return keysOf("outbox:").map(read).filter((entry) => entry?.state === "waiting").length;
  }

  retry(entry) {
    this.#keep({ ...entry, state: "waiting", why: "" });
    this.#send(entry.room);
  }

  drop(entry) {
    remove(keyOf(entry));
    this.#tell();
  }

  /* The server has it: its message was seen. */
  settle(room, id) {
    if (read(`outbox:${room}:${id}`)) this.drop({ room, id });
  }

  sendAll() {
    const rooms = new Set(keysOf("outbox:").map((key) => Number(key.split(":")[1])));
    for (const room of rooms) this.#send(room);
  }

  async #send(room) {
    if (this.#sending.has(room) || !this.#maySend) return;
    this.#sending.add(room);
    const goesOn = await alone(`${storeName()}outbox:${room}`, () => this.#empty(room)).finally(() => this.#sending.delete(room));
    if (goesOn && this.#next(room)) this.#send(room);
  }

  /* Also tried now and then while the service is said to be stopped: a refusal may come after the word that it runs. */
  #serve(isRunning) {
    this.#isRunning = isRunning;
    this.sendAll();
  }

  get #maySend() {
    return socket.isConnected && this.#isRunning;
  }

  /* One after the other, so that they arrive in the order they were written. Whether to go on. */
  async #empty(room) {
    for (let entry = this.#next(room); entry; entry = this.#next(room)) {
      const answer = await socket.request("message:post", { room_id: room, body: entry.body, client_id: entry.id });
      if (!(await this.#judge(entry, answer))) return false;
    }
    return true;
  }

  #next(room) {
    return this.of(room).find((entry) => entry.state === "waiting");
  }

  async #judge(entry, answer) {
    if (answer.ok) this.#accepted(entry, answer);
    else if (answer.error === "offline" || answer.error === "signed_out") return false;
    else if (answer.error === "service_stopped") return this.#hold(entry);
    else if (answer.error === "group_pace") await this.#wait(entry, answer);
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
    this.#isRunning = false;
    this.dispatchEvent(new CustomEvent("held", { detail: entry }));
    return false;
  }

  /* The group takes no more for the moment: the composer takes the text back and counts down, or it is sent then. */
  async #wait(entry, { retry_after, message }) {
    const detail = { entry, seconds: retry_after, message, isAlone: this.of(entry.room).length === 1 };
    this.dispatchEvent(new CustomEvent("paced", { detail }));
    if (read(keyOf(entry))) await pause(retry_after);
  }

  #refuse(entry, answer) {
    this.#keep({ ...entry, state: "refused", why: answer.message ?? answer.error });
  }

  #keep(entry) {
    write(keyOf(entry), entry);
    this.#tell();
  }

  #tell() {
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

/* Only one window of this browser sends at a time; one that sleeps holds up the others for three seconds at most. */
async function alone(name, work) {
  if (!navigator.locks) return work();
  try {
    return await navigator.locks.request(name, { signal: AbortSignal.timeout(FOR_A_LOCK) }, work);
  } catch (error) {
    if (error.name !== "TimeoutError" && error.name !== "AbortError") throw error;
    return work();
  }
}

export const outbox = new Outbox();
