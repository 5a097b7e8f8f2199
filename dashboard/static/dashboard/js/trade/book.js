// One market's book as frames make it. Pure: it knows neither the socket nor the page. It says when a frame is missing.

import { toAtoms } from "../lib/decimal.js";

/**
 * Lots by price, best first. Prices and lots are BigInt atoms of the market's decimals.
 * @typedef {{price: bigint, lots: bigint, total: bigint}} Row  `total`: with all better ones
 */
class Side {
  #lots = new Map();
  #prices = [];
  #sign;

  constructor(isBids) {
    this.#sign = isBids ? -1 : 1;
  }

  replace(levels) {
    this.#lots = new Map(levels);
    this.#prices = [...this.#lots.keys()].sort((a, b) => (a < b ? -this.#sign : a > b ? this.#sign : 0));
  }

  put(price, lots) {
    const isKnown = this.#lots.has(price);
    if (lots > 0n) {
      this.#lots.set(price, lots);
      if (!isKnown) this.#prices.splice(this.#place(price), 0, price);
    } else if (isKnown) {
      this.#lots.delete(price);
      this.#prices.splice(this.#place(price), 1);
    }
  }

  /** Where `price` stands or would stand. */
  #place(price) {
    let low = 0;
    let high = this.#prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isBetter = this.#sign > 0 ? this.#prices[middle] < price : this.#prices[middle] > price;
      if (isBetter) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get size() {
    return this.#prices.length;
  }

  get best() {
    return this.#prices.length ? this.#prices[0] : null;
  }

  lotsAt(price) {
    return this.#lots.get(price) ?? 0n;
  }

  /** Best first: [price, lots]. */
  *levels() {
    for (const price of this.#prices) yield [price, this.#lots.get(price)];
  }
}

export class Book {
  /** `sequence`: the last command it knows of; null until the first snapshot. */
  sequence = null;
  timeMs = 0;

  constructor({ priceDecimals, quantityDecimals }) {
    this.priceDecimals = priceDecimals;
    this.quantityDecimals = quantityDecimals;
    this.bids = new Side(true);
    this.asks = new Side(false);
  }

  /** "next": it is in; "old": it was known; "gap": one before it is missing, begin anew. */
  apply(frame) {
    if (frame.type === "snapshot") return this.#replace(frame);
    if (this.sequence === null) return "old";
    if (frame.sequence <= this.sequence) return "old";
    if (frame.first_sequence > this.sequence + 1) return "gap";
    for (const name of ["bids", "asks"]) for (const level of frame[name]) this[name].put(...this.#read(level));
    return this.#at(frame);
  }

  /** The best rows of "bids" or "asks", each of a step of `group` price atoms: bids are put down to it, asks up. */
  rows(name, count, group = 1n) {
    const rows = [];
    let total = 0n;
    for (const [price, lots] of this[name].levels()) {
      const step = stepOf(price, group, name === "asks");
      const last = rows.at(-1);
      if (last?.price !== step && rows.length === count) break;
      total += lots;
      if (last?.price === step) Object.assign(last, { lots: last.lots + lots, total });
      else rows.push({ price: step, lots, total });
    }
    return rows;
  }

  /** Price atoms between the best of both sides; null while one is empty. */
  get spread() {
    return this.bids.best === null || this.asks.best === null ? null : this.asks.best - this.bids.best;
  }

  #replace(frame) {
    for (const name of ["bids", "asks"]) this[name].replace(frame[name].map((level) => this.#read(level)));
    return this.#at(frame);
  }

  #at(frame) {
    this.sequence = frame.sequence;
    this.timeMs = frame.time_ms;
    return "next";
  }

  #read([price, lots]) {
    return [toAtoms(price, this.priceDecimals), toAtoms(lots, this.quantityDecimals)];
  }
}

/** The step of `group` that `price` belongs to. */
export function stepOf(price, group, up) {
  const rest = price % group;
  if (rest === 0n) return price;
  return up ? price - rest + group : price - rest;
}

/** Steps to choose from: the tick, and rounder ones up to a hundredth of the price. */
export function groupsOf(tick, price) {
  const groups = [tick];
  for (let ten = tick; ten * 5n <= price / 100n && groups.length < 12; ten *= 10n) {
    groups.push(ten * 5n);
    if (ten * 10n <= price / 100n) groups.push(ten * 10n);
  }
  return groups;
}
