/* The only connection of this page to the server. It reconnects by itself, whichever side closed it. */

import { io } from "socket.io-client";

const FIRST_RETRY = 300;
const MAX_RETRY = 5000;
const ANSWER_TIMEOUT = 8000;
const FINAL_STATES = ["signed-out", "somebody-else"];
const OPTIONS = { autoConnect: false, reconnection: false, transports: ["websocket"], timeout: 6000 };

class Connection extends EventTarget {
  #io = io(OPTIONS);
  #attempts = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  state = "idle";

  constructor() {
    super();
    this.#io.on("connect", () => this.#connected());
    this.#io.on("disconnect", () => this.#lost());
    this.#io.on("connect_error", (error) => this.#refused(error));
    this.#io.on("signed-out", () => this.signOut());
    this.#watchBrowser();
  }

  /* Name the account of this page: the server refuses the connection when another one has signed in meanwhile. */
  actFor(account) {
    this.#io.auth = { account_id: Number(account) };
  }

  /* Connect, or try again now. */
  open() {
    if (this.state === "connected" || this.isOver) return;
    clearTimeout(this.#timer);
    this.#enter("connecting");
    this.#io.connect();
  }

  /* Listen to an event of the server. Returns a function that stops listening. */
  on(event, listener) {
    this.#io.on(event, listener);
    return () => this.#io.off(event, listener);
  }

  /* Listen to "state" (of the connection) or "wake" (the computer slept, or the window was hidden). */
  watch(kind, listener) {
    const listen = (/** @type {any} */ { detail }) => listener(detail);
    this.addEventListener(kind, listen);
    return () => this.removeEventListener(kind, listen);
  }

  /**
   * Send a request. Returns the server's acknowledgement, or {ok: false, error: "offline"}.
   * @returns {Promise<any>}
   */
  async request(event, payload) {
    if (this.state !== "connected") return { ok: false, error: "offline" };
    try {
      return await this.#io.timeout(ANSWER_TIMEOUT).emitWithAck(event, payload);
    } catch {
      this.#drop();
      return { ok: false, error: "offline" };
    }
  }

  /* Send an event that is not acknowledged. */
  send(event, payload) {
    if (this.state === "connected") this.#io.emit(event, payload);
  }

  /* End the session of this page: the sign-in page follows. */
  signOut() {
    clearTimeout(this.#timer);
    this.#enter("signed-out");
    this.#io.disconnect();
  }

  /* Whether this page will never send anything again. */
  get isOver() {
    return FINAL_STATES.includes(this.state);
  }

  get isConnected() {
    return this.state === "connected";
  }

  #connected() {
    this.#attempts = 0;
    this.#enter("connected");
  }

  #lost() {
    if (!this.isOver) this.#retryLater();
  }

  #refused(error) {
    if (error.message?.includes("signed_out")) this.signOut();
    else if (error.message?.includes("somebody_else")) this.#enter("somebody-else");
    else if (!this.isOver) this.#retryLater();
  }

  #retryLater() {
    clearTimeout(this.#timer);
    const longest = Math.min(MAX_RETRY, FIRST_RETRY * 2 ** this.#attempts++);
    this.#enter("waiting");
    this.#timer = setTimeout(() => this.open(), longest * (0.5 + Math.random() / 2));
  }

  /* Close the connection: an answer is overdue, so it is dead whatever its state says. */
  #drop() {
    if (this.#io.connected) this.#io.disconnect();
  }

  #enter(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  #watchBrowser() {
    window.addEventListener("offline", () => this.#drop());
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
  }

  #wake() {
    this.#attempts = 0;
    if (this.isConnected) this.dispatchEvent(new CustomEvent("wake"));
    else if (this.state !== "idle") this.open();
  }
}

export const socket = new Connection();
