// The tape: the latest trades as they happen, newest first.

import { grouped } from "../lib/decimal.js";
import { el, keyed, one } from "../lib/dom.js";
import { utcText } from "../lib/format.js";
import { atMost } from "../lib/live.js";
import { house } from "../lib/socket.js";
import { market } from "./market.js";

const KEPT = 60;
const HZ = 8;

let trades = []; // newest first
let draw = () => {};

export function startTape() {
  const body = one("[data-trades]");
  const none = one("#tape [data-none]");
  draw = atMost(HZ, () => {
    if (document.hidden) return;
    keyed(body, trades, { key: (trade) => trade.trade_id, make: row });
    none.hidden = trades.length > 0;
  });
}

/** Gives how to stop. */
export function followTrades() {
  return house.subscribe("trades", { market: market.symbol }, (frame) => {
    if (!frame.trades) return;
    trades = merged(frame.type === "snapshot" ? [] : trades, frame.trades);
    draw();
  });
}

/** `newer` is oldest first, as frames are; each trade stands once. */
export function merged(known, newer) {
  const latest = known.length ? BigInt(known[0].trade_id) : 0n;
  const added = newer.filter((trade) => BigInt(trade.trade_id) > latest).reverse();
  return [...added, ...known].slice(0, KEPT);
}

function row(trade) {
  const isBuy = trade.taker_side === "BUY";
  return el(
    "tr",
    {},
    el("td", { class: isBuy ? "up" : "down" }, el("span", { class: "way", "aria-hidden": "true" }, isBuy ? "▲" : "▼"), el("span", { class: "unseen" }, isBuy ? "bought at " : "sold at "), grouped(trade.price)),
    el("td", {}, trade.quantity),
    el("td", { class: "soft", title: new Date(trade.time_ms).toLocaleString() }, utcText(trade.time_ms).slice(11)),
  );
}
