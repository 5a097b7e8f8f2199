// What became of a vault, the latest first, with the prices that a deed was judged by, source by source.
import { get } from "../lib/api.js";
import { el, fill, keyed, setText } from "../lib/dom.js";
import { utcText, when } from "../lib/format.js";
import { eventsOf, sentence } from "./events.js";
import { dollars } from "./texts.js";

const SHOWN = 30;
const ROUND_BEFORE_MS = 60_000;
const ROUNDS = 100;

/** Reads on from what is known, and keeps it. @returns {Promise<{events: object[], isAll: boolean}>} */
export async function readHistory(vaultId, history) {
  return Object.assign(history, await eventsOf(vaultId, history.events));
}

/** @returns {(history: object, body: HTMLElement) => void} */
export function historyView() {
  const list = el("ol", { class: "history", reversed: true });
  const more = el("button", { type: "button", class: "button quiet" }, "Older ones");
  const foot = el("p", { class: "list-more" }, more);
  let most = SHOWN;
  const draw = ({ events }) => {
    const shown = events.slice(-most).reverse();
    keyed(list, shown, { key: (event) => event.version, make: line });
    foot.hidden = events.length <= most;
    setText(more, `Older ones (${events.length - shown.length})`);
  };
  return (history, body) => {
    if (!body.contains(list)) fill(body, list, foot);
    more.onclick = () => {
      most += SHOWN;
      draw(history);
    };
    draw(history);
  };
}

function line(event) {
  const words = el("div", {}, el("p", {}, sentence(event)));
  if (event.data.round_id) words.append(pricesOf(event));
  return el("li", {}, when(event.time_ms), words);
}

/** Read when it is opened, once. */
function pricesOf(event) {
  const place = el("div", {}, el("p", { class: "soft" }, "Reading …"));
  const details = el("details", {}, el("summary", {}, `Prices of round ${event.data.round_id}`), place);
  details.addEventListener("toggle", async () => {
    if (!details.open || details.dataset.isRead) return;
    try {
      const round = await roundOf(event);
      fill(place, round === null ? el("p", { class: "soft" }, "This round is no longer kept.") : roundTable(round));
      details.dataset.isRead = "1";
    } catch (error) {
      fill(place, el("p", { class: "problem" }, `${error.message} ${error.code}`));
    }
  });
  return details;
}

async function roundOf({ time_ms: time, data }) {
  const span = { start: time - ROUND_BEFORE_MS, end: time + 1, sources: true, limit: ROUNDS };
  const { rounds } = await get("/oracle/history", span);
  return rounds.find((round) => round.round_id === data.round_id) ?? null;
}

function roundTable(round) {
  const head = ["Source", "Price", "Verdict"].map((title) => el("th", { scope: "col" }, title));
  const rows = round.sources.map((source) =>
    el("tr", {}, el("th", { scope: "row" }, source.name), el("td", { class: "num" }, dollars(source.price)), el("td", {}, source.verdict.toLowerCase())),
  );
  return el(
    "div",
    { class: "table-wrap" },
    el("p", {}, `${utcText(round.time_ms)} UTC: ${dollars(round.price)} ± ${dollars(round.confidence)}${round.simulated ? ", simulated" : ""}`),
    el("table", { class: "table" }, el("caption", { class: "unseen" }, "Sources of this round"), el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)),
  );
}
