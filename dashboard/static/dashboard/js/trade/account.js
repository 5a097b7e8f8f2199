// Keeps who trades here up with the `account` channel: open orders, balances, fills as they come. Others listen.
import { get } from "../lib/api.js";
import { house } from "../lib/socket.js";
import { balanceOf, emptyPicture, openOrdersOf, takeFrame, takeOrder } from "./account_picture.js";
import { bus } from "./bus.js";

const MOST_FILLS = 200;
const ASKED_AGAIN_MS = 3_000;

class Account {
  /** "out" (nobody is logged in), "loading", "live", "resync" or "away" */
  state = "loading";
  /** By market: {maker, taker} in ppm as BigInt. */
  rates = new Map();
  /** The latest of this page's life, latest first. */
  fills = [];
  #picture = emptyPicture();
  #listeners = new Map();
  #stop = null;
  #timer = 0;

  /** Begins to listen; a visitor who is not logged in has no account. */
  start(isLoggedIn) {
    if (!isLoggedIn) return this.#become("out");
    this.#stop = house.subscribe("account", {}, (frame) => this.#take(frame), { since: () => this.#since() });
    house.onState((state) => this.#onState(state));
    this.#loadRates();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#stop?.();
  }

  /** Every open order of every market, latest first, as the API has them. */
  get openOrders() {
    return openOrdersOf(this.#picture);
  }

  get isKnown() {
    return this.#picture.sequences !== null;
  }

  /** {asset, shard, free, locked} as texts. */
  balance(asset, shard) {
    return balanceOf(this.#picture, asset, shard);
  }

  get balances() {
    return [...this.#picture.balances.values()];
  }

  orderOf(orderId) {
    return this.#picture.orders.get(orderId) ?? null;
  }

  /** "change": anything · "order" one order · "fill" one fill · "state". Gives how to stop listening. */
  on(name, listener) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    return () => this.#listeners.get(name).delete(listener);
  }

  /** An order as an answer has it, while the channel is away; else the channel says it, and in its order. */
  takeAnswer(order) {
    if (this.state === "live") return;
    takeOrder(this.#picture, order);
    this.#tell("order", order);
    this.#tell("change", this);
  }

  /** Whoever shows the account looks anew: a deed of an order began or ended. */
  nudge() {
    this.#tell("change", this);
  }

  #take(frame) {
    if (frame.type === "refused") return this.#refused(frame.error);
    if (frame.type === "resync") return this.#become("resync");
    const news = takeFrame(this.#picture, frame);
    if (this.isKnown) this.#become("live");
    if (!news) return;
    for (const order of [...news.orders, ...news.closed]) this.#tell("order", order);
    for (const fill of news.fills) this.#takeFill(fill);
    bus.emit("balances", this);
    this.#tell("change", this);
  }

  #takeFill(fill) {
    this.fills = [fill, ...this.fills].slice(0, MOST_FILLS);
    this.#tell("fill", fill);
  }

  #refused(error) {
    if (error.status === 401) return this.#become("out");
    this.#become("away");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => house.resubscribe("account", {}), ASKED_AGAIN_MS);
  }

  #onState(state) {
    if (this.state === "out") return;
    if (state === "away") this.#become("away");
    else if (this.isKnown) this.#become("live"); // what was missed is told in its order
  }

  #since() {
    return this.#picture.sequences ?? undefined;
  }

  async #loadRates() {
    try {
      const tier = await get("/fee-tier");
      const ppm = (row) => ({ maker: BigInt(row.maker_fee_ppm), taker: BigInt(row.taker_fee_ppm) });
      this.rates = new Map(tier.markets.map((row) => [row.market, ppm(row)]));
      this.#tell("change", this);
    } catch {
      this.#timer = setTimeout(() => this.#loadRates(), ASKED_AGAIN_MS);
    }
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.#tell("state", state);
    this.#tell("change", this);
  }

  #tell(name, value) {
    for (const listener of this.#listeners.get(name) ?? []) listener(value);
    if (name === "order" || name === "fill") bus.emit(name, value);
  }
}

export const account = new Account();
