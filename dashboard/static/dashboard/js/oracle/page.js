// The page of the price: heard by the socket, asked for where the socket is away, older by the second meanwhile.

import { get } from "../lib/api.js";
import { cut, grouped } from "../lib/decimal.js";
import { all, el, fill, keyed, one, setText } from "../lib/dom.js";
import { every, span } from "../lib/live.js";
import { house } from "../lib/socket.js";
import { beginHistory } from "./history.js";
import { beginLists, markNow, unskeleton } from "./lists.js";
import { ppmText, reasonWords, refusalWords, stateWords, verdictWords } from "./words.js";

const POLL_MS = 2_000;
const OLD_MS = 5_000;
const money = (text, digits = 2) => (text === null || text === undefined ? "–" : grouped(cut(text, digits)));

const live = { frame: null, heardMs: 0, isAsking: false };

function heard(frame) {
  if (frame.type === "refused") return;
  Object.assign(live, { frame, heardMs: performance.now() });
  show(frame);
}

function show(frame) {
  one("#simulated").hidden = !frame.simulated;
  one("#price-panel").setAttribute("aria-busy", "false");
  const price = one("#price");
  price.classList.remove("skeleton", "is-late");
  setText(price, money(frame.price));
  setText(one("#confidence"), frame.confidence ? `± ${money(frame.confidence)} USD, as far as the sources agree` : "There was no price yet.");
  const [kind, words] = stateWords(frame.state);
  const state = one("#state");
  state.className = `badge ${kind}`;
  setText(state, words);
  setText(one("#reason"), reasonWords(frame.reason));
  setText(one("#twap"), money(frame.twap));
  setText(one("#twap-covered"), frame.twap_covered_ms ? `of ${span(frame.twap_covered_ms)} with prices` : "no prices yet");
  setText(one("#round"), `#${grouped(frame.round.round_id)}`);
  setText(one("#round-said"), frame.round.refusal ? "refused" : "accepted");
  setText(one("#origin"), frame.origin === "STORED" ? "as stored: announcements do not come" : "");
  showUse("mint", frame.may.mint, frame.mint.refusal, money(frame.mint.price));
  const { lower, upper, refusal } = frame.liquidation;
  showUse("liquidate", frame.may.liquidate, refusal, lower ? `${money(lower)} – ${money(upper)}` : "–");
  showUse("display", frame.may.display, null, money(frame.price));
  showSources(frame.sources ?? []);
  markNow(frame.state, frame.reason);
  showAges();
}

function showUse(use, may, refusal, text) {
  const root = one(`[data-use="${use}"]`);
  const isYes = may && !refusal;
  const badge = one(".badge", root);
  badge.className = `badge ${isYes ? "ok" : may ? "warn" : "bad"}`;
  setText(badge, isYes ? "✓ may" : may ? "! not yet" : "✕ may not");
  setText(one(".use-price", root), refusal ? refusalWords(refusal) : text);
}

function showSources(sources) {
  const counted = sources.filter((source) => source.verdict === "KEPT").length;
  setText(one("#sources-said"), `${counted} of ${sources.length} moved the latest price`);
  const rows = sources.length ? sources : [{ name: "" }];
  keyed(one("#sources"), rows, { key: ({ name }) => name || "none", make: sourceRow, update: updateSource });
}

function sourceRow({ name }) {
  if (!name) return el("tr", {}, el("td", { colspan: "7", class: "soft" }, "Nobody is asked for prices here."));
  const cell = (kind, about = "right num") => el("td", { class: about, dataset: { cell: kind } });
  const why = el("td", { class: "why", dataset: { cell: "verdict" } }, el("span", { class: "badge" }), " ", el("span", { class: "small soft" }));
  return el("tr", {}, el("th", { scope: "row", class: "mono" }, name), cell("quote"), cell("price"), cell("deviation"), cell("age"), cell("weight"), why);
}

function updateSource(row, source) {
  if (!source.name) return;
  const say = (kind, text) => setText(one(`[data-cell="${kind}"]`, row), text);
  const [kind, badge, why] = verdictWords(source);
  say("quote", source.quote ? `${money(source.quote, source.base === "BTC" ? 2 : 5)} ${source.currency}` : "–");
  say("price", money(source.price, source.base === "BTC" ? 2 : 5));
  say("deviation", ppmText(source.deviation_ppm));
  say("weight", source.weight || "shown only");
  row.dataset.ageMs = source.age_ms ?? "";
  row.classList.toggle("is-out", source.verdict !== "KEPT");
  const verdict = one('[data-cell="verdict"]', row);
  verdict.firstElementChild.className = `badge ${kind}`;
  setText(verdict.firstElementChild, badge);
  setText(verdict.lastElementChild, why);
}

function showAges() {
  if (!live.frame) return;
  const sinceMs = performance.now() - live.heardMs;
  const { age_ms: ageMs, state } = live.frame;
  setText(one("#age"), ageMs === null ? "–" : span(ageMs + sinceMs));
  const isOld = sinceMs > OLD_MS;
  one("#price-panel").classList.toggle("is-stale", isOld || state === "STALE");
  if (isOld) setText(one("#origin"), `last heard ${span(sinceMs)} ago`);
  for (const row of all("#sources > tr[data-age-ms]")) {
    const text = row.dataset.ageMs === "" ? "–" : span(Number(row.dataset.ageMs) + sinceMs);
    setText(one('[data-cell="age"]', row), text);
  }
}

/** Where nothing was heard for a while: the same over HTTP. */
async function askInstead() {
  if (live.isAsking || performance.now() - live.heardMs < POLL_MS * 1.5) return;
  live.isAsking = true;
  try {
    heard({ type: "snapshot", ...(await get("/oracle/price")) });
  } catch (error) {
    if (!live.frame) sayNothingIsKnown(error);
  } finally {
    live.isAsking = false;
  }
}

function sayNothingIsKnown(error) {
  setText(one("#price"), "–");
  one("#price").classList.remove("skeleton", "is-late");
  setText(one("#reason"), `The price cannot be shown right now: ${error.message} It comes back by itself.`);
  unskeleton("#sources");
}

house.subscribe("prices", { sources: true }, heard);
every(POLL_MS, askInstead);
every(1_000, showAges);
beginHistory();
beginLists();
fill(one("#origin"));
