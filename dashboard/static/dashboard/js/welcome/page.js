// The first page: bitcoin's market as it lives, and what covers what the house owes.

import { get } from "../lib/api.js";
import { approximate, cut, grouped, trimmed } from "../lib/decimal.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { atMost } from "../lib/live.js";
import { panel } from "../lib/panel.js";
import { house } from "../lib/socket.js";
import { coverOf } from "../reserves/cover.js";
import { spark } from "./spark.js";

const MARKET = "BTC-USDB";
const FEW = 12; // candles make no picture
const WORDS = { OPEN: ["ok", "Open"], POST_ONLY: ["warn", "Post-only"], CANCEL_ONLY: ["warn", "Cancel-only"], HALTED: ["bad", "Halted"] };

const market = one("#market");
let ticker = null;

const shown = panel(market, {
  every: 60_000,
  load: async () => {
    const [now, candles] = await Promise.all([get(`/markets/${MARKET}/ticker`), recent()]);
    return { ticker: now.ticker ?? now, candles };
  },
  show: ({ ticker: now, candles }, body) => {
    ticker = now;
    fill(body, lines(), spark(candles.map((one) => approximate(one.close))));
    draw();
  },
});

/** The last day, or the last hours of a market that is younger. */
async function recent() {
  const day = await candlesOf("15m", 96);
  return day.length < FEW ? candlesOf("1m", 180) : day;
}

async function candlesOf(interval, limit) {
  return (await get(`/markets/${MARKET}/candles`, { interval, limit })).candles;
}

function lines() {
  return [
    el("p", { class: "market-price" }, el("span", { id: "last" }), " ", el("small", {}, "USDB")),
    el("p", { class: "row" }, el("span", { id: "change" }), el("span", { class: "soft", id: "volume" })),
  ];
}

const draw = atMost(4, () => {
  if (!ticker) return;
  const ppm = ticker.price_change_ppm ?? 0;
  const change = one("#change");
  setText(one("#last"), ticker.last_price ? grouped(ticker.last_price) : "no trade yet");
  if (change) change.className = ppm < 0 ? "down" : "up";
  if (change) change.hidden = !ticker.last_price;
  setText(change, `${ppm < 0 ? "▼" : "▲"} ${(ppm / 10_000).toFixed(2)} % in 24 hours`);
  setText(one("#volume"), `${trimmed(ticker.volume ?? "0", 2)} BTC traded`);
  const [kind, words] = WORDS[ticker.status] ?? ["", ticker.status];
  const state = one("#market-state");
  state.className = `badge ${kind}`;
  setText(state, words);
});

house.subscribe("ticker", { market: MARKET }, (frame) => {
  if (frame.type === "refused") return;
  ticker = { ...ticker, ...(frame.ticker ?? frame) };
  if (shown.state.data) draw();
});

panel(one("#house-figures"), {
  every: 15_000,
  load: () => get("/reserves"),
  show: (reserves, body) => {
    fill(
      body,
      reserves.assets.filter((asset) => asset.asset === "BTC" || asset.asset === "USDB").map(assetLine),
    );
  },
});

function assetLine(asset) {
  const [cover, kind] = coverOf(asset);
  return el(
    "dl",
    { class: "figures" },
    figure(`${asset.asset} owed to customers`, grouped(cut(asset.owed, 2))),
    figure(`${asset.asset} that covers it`, grouped(cut(asset.backing, 2))),
    el("div", { class: "figure" }, el("dt", {}, "Covered"), el("dd", {}, el("span", { class: `badge ${kind}` }, cover))),
  );
}

function figure(name, value) {
  return el("div", { class: "figure" }, el("dt", {}, name), el("dd", {}, value));
}
