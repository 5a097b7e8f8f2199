// The strip on top: the last price, the last 24 hours, the oracle's price beside them.

import { compare, cut, grouped, places } from "../lib/decimal.js";
import { all, one, setText } from "../lib/dom.js";
import { atMost } from "../lib/live.js";
import { house } from "../lib/socket.js";
import { bus } from "./bus.js";
import { market } from "./market.js";

const INDEX_DIGITS = 2;
const FLASH_MS = 300;

let lastShown = null;

export function startStrip() {
  const draw = atMost(4, show);
  bus.on("market", draw);
  show();
}

/** The oracle's price: for everybody, whatever the market. Gives how to stop. */
export function followIndex() {
  let latest = null;
  const draw = atMost(2, () => showIndex(latest));
  return house.subscribe("prices", { sources: false }, (frame) => {
    if (!("price" in frame)) return;
    latest = frame;
    draw();
  });
}

function show() {
  for (const node of all("[data-symbol]")) setText(node, market.symbol || "Market");
  for (const node of all("[data-base]")) setText(node, market.base);
  for (const node of all("[data-quote]")) setText(node, market.quote);
  const ticker = market.ticker;
  if (!ticker) return;
  showLast(ticker.last_price);
  const text = (value) => (value === null || value === undefined ? "–" : grouped(value));
  setText(one("[data-high]"), text(ticker.high_price));
  setText(one("[data-low]"), text(ticker.low_price));
  setText(one("[data-volume]"), text(cut(ticker.volume, 2)));
  setText(one("[data-turnover]"), text(cut(ticker.quote_volume, 0)));
  showChange(ticker);
}

function showLast(price) {
  const node = one("[data-last]");
  setText(node, price === null ? "–" : grouped(price));
  document.title = price === null ? `${market.symbol} · Ballast` : `${grouped(price)} ${market.symbol} · Ballast`;
  if (price !== null && lastShown !== null && price !== lastShown) flash(node, compare(price, lastShown) > 0 ? "up" : "down");
  lastShown = price;
}

/** Colour for a moment and for as long as nothing newer comes; motion is the sheet's business. */
function flash(node, way) {
  node.dataset.way = way;
  node.classList.add("is-new");
  setTimeout(() => node.classList.remove("is-new"), FLASH_MS);
}

function showChange({ price_change: change, price_change_ppm: ppm }) {
  const node = one("[data-change]");
  if (change === null || ppm === null) {
    setText(node, "–");
    return;
  }
  const sign = ppm > 0 ? "▲ +" : ppm < 0 ? "▼ −" : "";
  const percent = percentOf(Math.abs(ppm));
  setText(node, `${sign}${grouped(change.replace("-", ""))} (${ppm > 0 ? "+" : ppm < 0 ? "−" : ""}${percent} %)`);
  node.className = ppm > 0 ? "up" : ppm < 0 ? "down" : "";
}

/** Of whole millionths, cut to hundredths of a percent. */
export function percentOf(ppm) {
  const hundredths = Math.trunc(ppm / 100);
  return `${Math.trunc(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`;
}

function showIndex({ price, state, reason, simulated }) {
  setText(one("[data-index]"), price === null ? "–" : grouped(cut(price, Math.min(INDEX_DIGITS, places(price)))));
  const badge = one("[data-index-state]");
  const words = state !== "FRESH" ? state : simulated ? "SIM" : "";
  badge.hidden = !words;
  badge.className = `badge ${state === "FRESH" ? "" : "warn"}`;
  badge.title = state !== "FRESH" ? (reason ?? "") : "Made up by a simulation";
  setText(badge, words);
}
