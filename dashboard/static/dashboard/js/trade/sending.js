// What was sent and is not known to be done: sent once, shown as it stands, asked after until it is known.
import { ApiError, get, newKey, post } from "../lib/api.js";
import { house } from "../lib/socket.js";

const TWICE_MS = 700;
const GIVEN_UP_MS = 12_000; // the engine refuses what is older than 5 s: then what nobody knows never came in
const WAITS_MS = [400, 800, 1_500, 3_000, 5_000];
const MOST = 30;
const TROUBLES = new Set(["INTERNAL", "DATABASE_UNAVAILABLE", "SERVICE_UNAVAILABLE", "REQUEST_TIMEOUT", "IN_FLIGHT"]);

/**
 * @typedef {object} Placement
 * @property {string} key the client order id
 * @property {object} body as it was sent
 * @property {"sending"|"checking"|"refused"|"lost"|"done"} state lost: it never came in
 * @property {object|null} order as the house answered
 * @property {ApiError|null} error
 * @property {number} sentMs by the page's clock
 */

export class Placements {
  /** Latest first. */
  rows = [];
  #listeners = new Set();
  #timers = new Map();

  /** `listener(placement)` after each change. */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends an order once. Gives its placement, or null where the same order was sent a moment ago. */
  place(body) {
    if (this.#isTwice(body)) return null;
    const key = body.client_order_id ?? newKey();
    const row = { key, body: { ...body, client_order_id: key }, state: "sending", order: null, error: null, sentMs: now() };
    this.rows = [row, ...this.rows].slice(0, MOST);
    this.#send(row);
    return row;
  }

  /** Sends what never came in once more, under the same client order id: if it was there, nothing is done twice. */
  again(key) {
    const row = this.#row(key);
    if (row?.state !== "lost") return;
    row.sentMs = now();
    this.#send(row);
  }

  dismiss(key) {
    clearTimeout(this.#timers.get(key));
    const row = this.#row(key);
    this.rows = this.rows.filter((one) => one !== row);
    if (row) this.#tell(row);
  }

  /** The account's channel knows of an order: whatever its answer says, it is in. */
  seen(order) {
    const row = order.client_order_id ? this.#row(order.client_order_id) : null;
    if (row && row.state !== "done") this.#end(row, "done", { order });
  }

  async #send(row) {
    this.#become(row, "sending");
    try {
      const { order } = await sendOrder(row.body);
      if (row.state !== "done") this.#end(row, "done", { order });
    } catch (error) {
      if (row.state === "done") return;
      if (isUnknown(error)) this.#check(row, 0);
      else this.#end(row, "refused", { error });
    }
  }

  #check(row, turn) {
    this.#become(row, "checking");
    const wait = WAITS_MS[Math.min(turn, WAITS_MS.length - 1)];
    this.#timers.set(row.key, setTimeout(() => this.#ask(row, turn), wait));
  }

  async #ask(row, turn) {
    if (row.state !== "checking") return;
    try {
      const { order } = await get(`/orders/by-client-id/${row.key}`);
      if (row.state !== "checking") return;
      if (order.status === "PENDING") this.#check(row, turn + 1);
      else if (order.status === "REJECTED") this.#end(row, "refused", { error: rejection(order) });
      else this.#end(row, "done", { order });
    } catch (error) {
      if (row.state !== "checking") return;
      const isLost = error.status === 404 && now() - row.sentMs > GIVEN_UP_MS;
      if (isLost) this.#end(row, "lost", { error });
      else this.#check(row, turn + 1);
    }
  }

  #isTwice(body) {
    const { client_order_id: _, ...terms } = body;
    const content = JSON.stringify(terms);
    return this.rows.some(({ body: { client_order_id: __, ...other }, sentMs, state }) => {
      const isRecent = state === "sending" || now() - sentMs < TWICE_MS;
      return isRecent && JSON.stringify(other) === content;
    });
  }

  #end(row, state, news) {
    clearTimeout(this.#timers.get(row.key));
    Object.assign(row, news);
    this.#become(row, state);
  }

  #become(row, state) {
    row.state = state;
    this.#tell(row);
  }

  #row(key) {
    return this.rows.find((row) => row.key === key);
  }

  #tell(row) {
    for (const listener of this.#listeners) listener(row);
  }
}

const now = () => performance.now();

/** A refusal is known. What got no answer, or one that tells of the house's trouble alone, is not. */
export function isUnknown(error) {
  return error.isUnknown || !(error instanceof ApiError) || TROUBLES.has(error.code);
}

/** What a lost answer refused, as the order's own row tells it. */
function rejection(order) {
  const code = order.reject_reason ?? "REJECTED";
  return new ApiError({ code, message: "The house refused it.", status: 422 });
}

async function sendOrder(body) {
  return overEither(() => house.request("order.place", body), () => post("/orders", body));
}

/** Over the socket where it is open, else over HTTP. What was sent on one way is never sent on the other. */
export async function overEither(socketWay, httpWay) {
  if (house.isOpen) {
    try {
      return await socketWay();
    } catch (error) {
      if (error.code !== "NOT_CONNECTED") throw error;
    }
  }
  return httpWay();
}

export const placements = new Placements();
