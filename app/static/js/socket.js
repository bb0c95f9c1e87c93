/* The connection to the server: the only one of this page. It comes back by itself, whoever closed it. */

import { io } from "socket.io-client";

const FIRST_RETRY = 300;
const LONGEST_RETRY = 5000;
const PATIENCE = 8000;
const OVER = ["signed-out", "somebody-else"];
const LINK = { autoConnect: false, reconnection: false, transports: ["websocket"], timeout: 6000 };

class Connection extends EventTarget {
  #io = io(LINK);
  #attempts = 0;
  #timer = 0;
  state = "idle";

  constructor() {
    super();
    this.#io.on("connect", () => this.#connected());
    this.#io.on("disconnect", () => this.#lost());
    this.#io.on("connect_error", (error) => this.#refused(error));
    this.#io.on("signed-out", () => this.signOut());
    this.#watchTheBrowser();
  }

  /* Say for whom this page was made: where somebody else has signed in meanwhile, the server lets nothing through. */
  actFor(account) {
    this.#io.auth = { account_id: Number(account) };
  }

  /* Begin, or try again now. */
  open() {
    if (this.state === "connected" || this.isOver) return;
    clearTimeout(this.#timer);
    this.#enter("connecting");
    this.#io.connect();
  }

  /* Hear an event of the server; what is returned stops it. */
  on(event, listener) {
    this.#io.on(event, listener);
    return () => this.#io.off(event, listener);
  }

  /* Hear "state" (of the connection) or "wake" (the computer slept, or the window was away). */
  watch(kind, listener) {
    const hear = ({ detail }) => listener(detail);
    this.addEventListener(kind, hear);
    return () => this.removeEventListener(kind, hear);
  }

  /* Ask the server; the answer is its acknowledgement, or {ok: false, error: "offline"}. */
  async request(event, payload) {
    if (this.state !== "connected") return { ok: false, error: "offline" };
    try {
      return await this.#io.timeout(PATIENCE).emitWithAck(event, payload);
    } catch {
      this.#suspect();
      return { ok: false, error: "offline" };
    }
  }

  /* Say something that nobody has to answer. */
  say(event, payload) {
    if (this.state === "connected") this.#io.emit(event, payload);
  }

  /* The session is over: what comes next is the sign-in page. */
  signOut() {
    clearTimeout(this.#timer);
    this.#enter("signed-out");
    this.#io.disconnect();
  }

  /* Nothing of this page will be sent any more. */
  get isOver() {
    return OVER.includes(this.state);
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
    const longest = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.#attempts++);
    this.#enter("waiting");
    this.#timer = setTimeout(() => this.open(), longest * (0.5 + Math.random() / 2));
  }

  /* A line on which an answer is overdue is dead, whatever it says of itself. */
  #suspect() {
    if (this.#io.connected) this.#io.disconnect();
  }

  #enter(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  #watchTheBrowser() {
    window.addEventListener("offline", () => this.#suspect());
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
