// Whether the house can be reached: the socket's state, the browser's word, and HTTP while the socket is away.
import { get } from "../lib/api.js";
import { every } from "../lib/live.js";
import { house } from "../lib/socket.js";

const ASKED_MS = 2_000;

class Connection {
  state = house.state;
  isOnline = navigator.onLine;
  /** Whether HTTP answered when it was last asked. */
  reaches = true;
  #listeners = new Set();

  start() {
    house.onState((state) => this.#set({ state, reaches: state === "away" ? this.reaches : true }));
    addEventListener("online", () => this.#set({ isOnline: true }));
    addEventListener("offline", () => this.#set({ isOnline: false }));
    every(ASKED_MS, () => this.state === "away" && this.#ask());
  }

  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #ask() {
    try {
      await get("/time");
      this.#set({ reaches: true });
    } catch {
      this.#set({ reaches: false });
    }
  }

  #set(news) {
    const isNew = Object.entries(news).some(([name, value]) => this[name] !== value);
    Object.assign(this, news);
    if (isNew) for (const listener of this.#listeners) listener();
  }
}

export const connection = new Connection();
