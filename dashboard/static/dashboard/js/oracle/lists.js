// The latest rounds, halts and pauses, and the table of who may act: asked for again and again, seldom.

import { get } from "../lib/api.js";
import { cut, grouped } from "../lib/decimal.js";
import { all, el, fill, one } from "../lib/dom.js";
import { when } from "../lib/format.js";
import { now, span } from "../lib/live.js";
import { panel } from "../lib/panel.js";
import { reasonWords, stateWords } from "./words.js";

const ROUNDS = 12;
const PERIOD_MS = 10_000;
const KINDS = {
  HALT: "Halted",

  MINTING_PAUSED: "Minting paused",
  LIQUIDATIONS_PAUSED: "Liquidations paused",
};

export function beginLists() {
  panel(one("#rounds-panel"), {
    load: () => get("/oracle/history", { limit: ROUNDS }),
    show: showRounds,
    empty: ({ rounds }) => (rounds.length ? null : el("div", { class: "empty" }, el("strong", {}, "No round was made yet"))),
    every: PERIOD_MS,
    oldAfter: PERIOD_MS * 2,
  });
  panel(one("#incidents-panel"), { load: loadState, show: showIncidents, every: PERIOD_MS, oldAfter: PERIOD_MS * 2 });
}

function showRounds({ rounds }, body) {
  const head = el("tr", {}, ["Time (UTC)", "Price", "What came of it"].map((name, place) => el("th", { scope: "col", class: place === 1 ? "right" : null }, name)));
  const rows = rounds.map((round) => {
    const [kind, words] = round.halted ? ["bad", "✕ halted"] : round.refusal ? ["warn", `! ${round.refusal.toLowerCase().replaceAll("_", " ")}`] : ["ok", "✓ accepted"];
    const price = round.price ? grouped(cut(round.price, 2)) : "–";
    return el("tr", {}, el("td", { class: "num" }, when(round.time_ms)), el("td", { class: "right num" }, price), el("td", {}, el("span", { class: `badge ${kind}` }, words)));
  });
  fill(body, el("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-labelledby": "h-rounds" }, el("table", { class: "table" }, el("caption", { class: "unseen" }, "The latest rounds"), el("thead", {}, head), el("tbody", {}, rows))));
}

async function loadState() {
  try {
    const state = await get("/oracle/state");
    showWhoMay(state);
    return state;
  } catch (error) {
    unskeleton("#who-may");
    throw error;
  }
}

/** Where nothing came yet: words in place of the skeleton. What came before stays. */
export function unskeleton(selector) {
  for (const bone of all(`${selector} .skeleton`)) {
    bone.classList.remove("skeleton", "is-late");
    bone.textContent = "Cannot be shown right now. It comes back by itself.";
  }
}

function showIncidents(state, body) {
  const open = state.pauses.map(({ kind, until_ms: until }) =>
    el("li", {}, el("span", { class: "badge warn" }, `! ${KINDS[kind] ?? kind}`), ` ends in ${span(Math.max(0, until - now()))}, if the price has calmed down`),
  );
  if (state.halt) {
    const more = state.halt.needs_two ? " Two different operators have to resume it." : "";
    open.unshift(el("li", {}, el("span", { class: "badge bad" }, "✕ Halted"), " since ", when(state.halt.since_ms), `: ${reasonWords(state.halt.reason)}${more}`));
  }
  if (state.latest_incidents === null) return fill(body, el("p", { class: "panel-body soft" }, "What happened before cannot be read right now; the state above holds."), list(open));
  const past = state.latest_incidents.map((incident) => {
    const ended = incident.ended_ms ? `lasted ${span(incident.ended_ms - incident.began_ms)}` : "still so";
    return el("li", {}, el("b", {}, KINDS[incident.kind] ?? incident.kind), " ", when(incident.began_ms), el("span", { class: "soft" }, `, ${ended}. ${incident.reason ? reasonWords(incident.reason) : ""}`));
  });
  const items = [...open, ...past];
  if (items.length) return fill(body, list(items));
  return fill(body, el("div", { class: "empty" }, el("strong", {}, "Nothing is halted or paused"), el("span", {}, "Nor was anything lately. A jump of the price, or an operator, would stand here.")));
}

const list = (items) => el("ul", { class: "happened" }, items);

function showWhoMay({ state: now, reason: nowWhy, who_may: rows }) {
  const mark = (may) => el("td", {}, el("span", { class: `badge ${may ? "ok" : "bad"}` }, may ? "✓ yes" : "✕ no"));
  fill(
    one("#who-may"),
    alike(rows).map(({ state, reasons, may }) => {
      const [kind, words] = stateWords(state);
      return el(
        "tr",
        { dataset: { state, reasons: JSON.stringify(reasons) } },
        el("th", { scope: "row" }, el("span", { class: `badge ${kind}` }, words), el("span", { class: "small now-mark", hidden: true }, " now")),
        el("td", { class: "why soft" }, reasons.length > 1 ? el("ul", { class: "reasons" }, reasons.map((reason) => el("li", {}, whyWords(state, reason)))) : whyWords(state, reasons[0])),
        mark(may.mint),
        mark(may.liquidate),
        mark(may.display),
      );
    }),
  );
  markNow(now, nowWhy);
}

/** Which row holds at this moment. One without a reason stands for every reason that has no row of its own. */
export function markNow(state, reason) {
  const rows = all("#who-may > tr[data-state]").map((row) => ({ row, reasons: JSON.parse(row.dataset.reasons) }));
  const ofState = rows.filter(({ row }) => row.dataset.state === state);
  const found = ofState.find(({ reasons }) => reasons.includes(reason)) ?? ofState.find(({ reasons }) => reasons.includes(null));
  for (const { row } of rows) {
    const isNow = row === found?.row;
    row.classList.toggle("is-now", isNow);
    one(".now-mark", row).hidden = !isNow;
  }
}

/** Rows of one state that allow the same, as one. */
function alike(rows) {
  const found = new Map();
  for (const { state, reason, may } of rows) {
    const key = JSON.stringify([state, may, state === "STALE" || state === "HALTED" ? "" : reason in ALONE]);
    const one = found.get(key) ?? { state, may, reasons: [] };
    one.reasons.push(reason);
    found.set(key, one);
  }
  return [...found.values()];
}

const ALONE = { MINTING_PAUSED: true, LIQUIDATIONS_PAUSED: true };

function whyWords(state, reason) {
  if (reason) return reasonWords(reason);
  if (state === "FRESH") return "Nothing is wrong.";
  return state === "HALTED" ? "A jump of the price, or an operator's word." : "No price was accepted for a while.";
}
