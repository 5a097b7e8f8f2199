// One websocket for a page: it comes back by itself, subscribes anew where it left off, and knows its state.

import { ApiError, call, errorOf } from "./api.js";
import { heardTime } from "./live.js";

const PATH = "/ws/v1/";
const SILENT_MS = 25_000; // the server's heart beats each 15 s
const ANSWER_MS = 10_000;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5_000;
const PRIVATE = new Set(["account", "vaults", "notices"]);
const DEED = /^(order|orders|switch|vault)\./;

/** States: "connecting", "live", "stale" (the house's live data is behind), "away". */
export class HouseSocket {
  state = "connecting";
  latencyMs = null;
  #socket = null;
  #subscriptions = new Map();
  #waiting = new Map();
  #listeners = new Set();
  #nextId = 1;
  #waitMs = FIRST_WAIT_MS;
  #timer = 0;
  #heardMs = 0;
  #authenticated = null;
  #isOpen = false;

  /** `onFrame(frame)` gets every frame of the channel; `since()` says from where after a reconnect. */
  subscribe(channel, fields, onFrame, { since = () => undefined } = {}) {
    const name = subscriptionName(channel, fields);
    if (this.#subscriptions.has(name)) throw new Error(`subscribed already: ${name}`);
    this.#subscriptions.set(name, { channel, fields, onFrame, since });
    this.#begin();
    if (this.#isOpen) this.#ask(name);
    return () => {
      this.#subscriptions.delete(name);
      if (this.#isOpen) this.request("unsubscribe", { channel, ...fields }).catch(() => {});
    };
  }

  /** Takes a subscription again from its beginning: for who found a gap. */
  resubscribe(channel, fields) {
    const name = subscriptionName(channel, fields);
    if (!this.#isOpen || !this.#subscriptions.has(name)) return;
    this.request("unsubscribe", { channel, ...fields })
      .catch(() => {})
      .finally(() => this.#subscriptions.has(name) && this.#ask(name, false));
  }

  /** The result of an operation; throws ApiError. What was sent and not answered is unknown. */
  async request(op, fields = {}) {
    this.#begin();
    if (!this.#isOpen) throw new ApiError({ code: "NOT_CONNECTED", message: "The live connection is away." });
    if (DEED.test(op)) await this.authenticate();
    return this.#send(op, fields);
  }

  /** Once for each connection; needs a login. */
  authenticate() {
    this.#authenticated ??= this.#showTicket();
    return this.#authenticated;
  }

  onState(listener) {
    this.#listeners.add(listener);
    listener(this.state);
    return () => this.#listeners.delete(listener);
  }

  get isOpen() {
    return this.#isOpen;
  }

  async #showTicket() {
    const socket = this.#socket;
    try {
      const { ticket } = await call("POST", "/ws-ticket");
      if (socket !== this.#socket) throw new ApiError({ code: "NOT_CONNECTED", message: "The connection was lost." });
      return await this.#send("auth", { ticket });
    } catch (error) {
      if (socket === this.#socket) this.#authenticated = null;
      throw error;
    }
  }

  #begin() {
    if (this.#socket || this.#timer) return;
    this.#connect();
  }

  #connect() {
    this.#timer = 0;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${PATH}`);
    this.#socket = socket;
    this.#heardMs = performance.now();
    socket.onopen = () => this.#opened();
    socket.onmessage = (message) => this.#heard(JSON.parse(message.data));
    socket.onclose = () => socket === this.#socket && this.#lost();
    this.#watch(socket);
  }

  #watch(socket) {
    const timer = setInterval(() => {
      if (socket !== this.#socket) clearInterval(timer);
      else if (performance.now() - this.#heardMs > SILENT_MS) {
        clearInterval(timer);
        socket.onclose = null;
        socket.close();
        this.#lost();
      } else if (this.#isOpen) this.#measure();
    }, 5_000);
  }

  async #measure() {
    const began = performance.now();
    try {
      const { time_ms } = await this.#send("ping", {});
      this.latencyMs = Math.round(performance.now() - began);
      heardTime(time_ms + this.latencyMs / 2);
      this.#tellState();
    } catch {
      // whoever waits for a frame notices
    }
  }

  #opened() {
    this.#isOpen = true;
    this.#waitMs = FIRST_WAIT_MS;
    this.#setState("live");
    this.#measure();
    for (const name of this.#subscriptions.keys()) this.#ask(name);
  }

  async #ask(name, goesOn = true) {
    const subscription = this.#subscriptions.get(name);
    const { channel, fields, since, onFrame } = subscription;
    try {
      if (PRIVATE.has(channel)) await this.authenticate();
      const from = goesOn ? since() : undefined;
      await this.#send("subscribe", { channel, ...fields, ...(from === undefined ? {} : { since: from }) });
    } catch (error) {
      if (this.#isOpen && this.#subscriptions.get(name) === subscription) onFrame({ channel, type: "refused", error });
    }
  }

  #send(op, fields) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#answer(id, { noAnswer: true }), ANSWER_MS);
      this.#waiting.set(id, { resolve, reject, timer, isDeed: DEED.test(op) });
      this.#socket.send(JSON.stringify({ op, id, ...fields }));
    });
  }

  #answer(id, { ok, result, error, noAnswer }) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (ok) waiting.resolve(result);
    else if (!noAnswer) waiting.reject(errorOf(error, 400));
    else waiting.reject(lostError(waiting.isDeed));
  }

  #heard(frame) {
    this.#heardMs = performance.now();
    if ("ok" in frame) this.#answer(frame.id, frame);
    else if (frame.channel) this.#subscriptions.get(subscriptionName(frame.channel, frame))?.onFrame(frame);
    else if (frame.type === "heartbeat" && frame.time_ms) heardTime(frame.time_ms);
    else if (frame.type === "market_data") this.#setState(frame.state === "stale" ? "stale" : "live");
  }

  #lost() {
    this.#socket = null;
    this.#isOpen = false;
    this.#authenticated = null;
    this.latencyMs = null;
    for (const id of [...this.#waiting.keys()]) this.#answer(id, { noAnswer: true });
    this.#setState("away");
    this.#timer = setTimeout(() => this.#connect(), this.#waitMs * (0.7 + Math.random() * 0.6));
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }

  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.#tellState();
  }

  #tellState() {
    for (const listener of this.#listeners) listener(this.state);
  }
}

function lostError(isDeed) {
  return new ApiError({
    code: "NO_ANSWER",
    message: isDeed ? "The answer was lost. Whether it was done is not known yet." : "The connection was lost.",
    isUnknown: isDeed,
  });
}

function subscriptionName(channel, { market, interval }) {
  return [channel, market, interval].filter(Boolean).join(" ");
}

export const house = new HouseSocket();
