// Whether what the page shows is live, and since when it is not: the connection, the house's live data, its engine.

import { get } from "../lib/api.js";
import { all, one, setText } from "../lib/dom.js";
import { onHouse } from "../lib/house_state.js";
import { every, now, span } from "../lib/live.js";
import { house } from "../lib/socket.js";
import { bus } from "./bus.js";
import { market, takeFacts } from "./market.js";

const OLD_MS = 5_000;
const FACTS_MS = 10_000;
const WORDS = {
  connecting: "Still connecting; it is tried again.",
  away: "The live connection is away; it is tried again. What you see is old.",
  stale: "The house's live data is behind. What you see is old; it comes back by itself.",
  engine: "The matching engine does not answer: orders cannot be placed or canceled now. It comes back by itself.",
  resync: "Resyncing the book",
  refused: "The book cannot be had right now; it is asked for again.",
  live: "",
};
const HALTS = {
  POST_ONLY: "This market takes only orders that add to the book, and cancels.",
  CANCEL_ONLY: "This market takes only cancels for now.",
  HALTED: "This market is halted: it takes no orders and no cancels.",
};

/** `state` is a key of the words; `sinceMs` (the house's clock) when what is shown was live last. */
export const standing = { state: "connecting", words: WORDS.connecting, sinceMs: 0 };

let isEngineAway = false;
let isHouseAway = false;

export function startStanding() {
  standing.sinceMs = now();
  house.onState(judge);
  bus.on("book", judge);
  bus.on("market", tellStatus);
  onHouse(takeHouse);
  every(FACTS_MS, askFacts);
  every(1_000, tellAge);
  tellStatus();
}

function judge() {
  const state = stateNow();
  if (state === standing.state) return;
  if (standing.state === "live") standing.sinceMs = now();
  Object.assign(standing, { state, words: WORDS[state] });
  if (state === "live" && performance.getEntriesByName("trade-live").length === 0) performance.mark("trade-live");
  bus.emit("standing", standing);
  tellAge();
}

function stateNow() {
  if (house.state !== "live") return house.state;
  if (isEngineAway) return "engine";
  if (market.bookState === "resync" || market.bookState === "refused") return market.bookState;
  return market.bookState === "live" ? "live" : "connecting";
}

/** Old is what was not live for five seconds. A quiet market on a live connection is not old. */
function tellAge() {
  if (standing.state === "engine") standing.sinceMs = market.book.timeMs; // it may only be slow: what it tells is new
  const ageMs = standing.state === "live" ? 0 : now() - standing.sinceMs;
  const isOld = ageMs > OLD_MS;
  for (const panel of all(".trade-chart, .trade-book, .trade-tape, .trade-strip")) {
    panel.classList.toggle("is-stale", isOld);
    setText(one("[data-age]", panel), isOld ? `${span(ageMs)} old` : standing.state === "resync" ? "resyncing…" : "");
  }
  tellWords(isOld);
  tellLink();
}

/** What the house's own banner does not say already. */
function tellWords(isOld) {
  const banner = one("#away");
  const isTold = isOld && !isHouseAway && standing.state !== "engine";
  setText(banner, isTold ? standing.words : (HALTS[market.status] ?? ""));
  banner.hidden = banner.textContent === "";
}

function tellLink() {
  const link = one("[data-link]");
  const isFine = standing.state === "live";
  const kind = isFine ? "ok" : standing.state === "connecting" || standing.state === "resync" ? "warn" : "bad";
  link.dataset.state = standing.state;
  one(".dot", link).className = `dot ${kind}`;
  setText(one("[data-link-words]", link), isFine ? "Live" : (SHORT[standing.state] ?? "Connecting"));
  setText(one(".latency", link), isFine && house.latencyMs !== null ? ` · ${house.latencyMs} ms` : "");
}

const SHORT = { away: "Offline", stale: "Behind", engine: "Engine away", resync: "Resyncing", refused: "No book" };

function tellStatus() {
  const badge = one("[data-status]");
  badge.hidden = !market.status || market.status === "OPEN";
  setText(badge, market.status?.replace("_", " ") ?? "");
  tellAge();
}

function takeHouse({ isAway, capabilities }) {
  isHouseAway = isAway;
  isEngineAway = !isAway && capabilities.trading === "unavailable";
  judge();
}

/** An operator may pause the market or change its fees at any time, and no frame says so. */
async function askFacts() {
  if (!market.symbol || house.state !== "live") return;
  try {
    takeFacts((await get(`/markets/${market.symbol}`)).market);
  } catch {
    // asked again soon
  }
}
