// Profit and loss in this market: realised by average cost as the statement has it, unrealised at the last price.
import { get } from "../lib/api.js";
import { fromAtoms, grouped, trimmed } from "../lib/decimal.js";
import { el, fill, one } from "../lib/dom.js";
import { atMost } from "../lib/live.js";
import { problem } from "../lib/panel.js";
import { account } from "./account.js";
import { bus } from "./bus.js";
import { emptyOf, loginDeed } from "./cells.js";
import { market } from "./market.js";
import { profitTable } from "./profit_table.js";
import { readProfit, unrealisedOf } from "./profit_reading.js";
import { amount } from "./words.js";

const REST_MS = 1_500;
const DAYS = [["1", "24 hours"], ["7", "7 days"], ["30", "30 days"]];

export function profitPane(pane) {
  const body = one("[data-body]", pane);
  const state = { days: "30", found: null, isDue: true, timer: 0, turn: 0 };

  async function load() {
    if (account.state === "out") return fill(body, emptyOf("Log in to see this", "Profit and loss", loginDeed()));
    if (!market.facts) return;
    const turn = ++state.turn;
    state.isDue = false;
    try {
      const found = await readProfit(get, market.symbol, Number(state.days), market.quoteDecimals);
      if (turn !== state.turn) return;
      state.found = found;
      draw();
    } catch (error) {
      state.isDue = true;
      if (!state.found) fill(body, problem(error, load));
    }
  }

  const draw = atMost(2, () => {
    if (!state.found || pane.hidden) return;
    if (!state.found.position) return fill(body, emptyOf("No trades here yet", `What you gain or lose in ${market.symbol} stands here.`));
    if (!one(".profit", body)) fill(body, frame());
    showFigures(one(".figures", body), state.found);
    profitTable(one("[data-sales]", body), state.found, market);
  });

  function frame() {
    const choice = el("select", { class: "input period", "aria-label": "Time of what is realised" }, DAYS.map(([value, words]) => el("option", { value }, words)));
    choice.value = state.days;
    choice.addEventListener("change", () => {
      state.days = choice.value;
      load();
    });
    const note = "By average cost, fees included. Moving money between wallets changes no position.";
    return el("div", { class: "profit" }, el("dl", { class: "figures" }), el("div", { class: "row" }, el("span", { class: "small soft" }, note), choice), el("div", { dataset: { sales: "" } }));
  }

  const later = () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => (pane.hidden ? (state.isDue = true) : load()), REST_MS);
  };
  account.on("fill", later);
  bus.on("market", draw);
  return { seen: () => (state.isDue ? load() : draw()) };
}

function showFigures(place, found) {
  const { position, realised, fees, isWhole, days } = found;
  const last = market.ticker?.last_price ?? null;
  const unrealised = last === null ? null : unrealisedOf(position, last, market);
  const quote = (atoms) => `${signedMoney(atoms)} ${market.quote}`;
  const part = isWhole ? `last ${days} d` : `latest 1,000 fills of ${days} d`;
  fill(
    place,
    figure("Position", `${amount(position.position_quantity)} ${market.base}`, "bought here and not sold since"),
    figure("Average cost", position.average_cost ? grouped(trimmed(position.average_cost, 2)) : "–", last ? `last price ${grouped(last)}` : ""),
    figure("Unrealised", unrealised === null ? "–" : quote(unrealised), "at the last price, before fees", unrealised),
    figure("Realised", quote(realised), part, realised),
    figure("Fees", `${grouped(trimmed(fromAtoms(fees, market.quoteDecimals), 2))} ${market.quote}`, part),
  );
}

function figure(word, text, small, sign = 0n) {
  const tone = sign > 0n ? "up" : sign < 0n ? "down" : null;
  return el("div", { class: "figure" }, el("dt", {}, word), el("dd", { class: tone }, text, el("small", {}, small)));
}

/** "▲ +12.50", "▼ −3.00", "0.00": cut to cents for who looks; the statement has all digits. */
export function signedMoney(atoms) {
  const decimals = market.quoteDecimals;
  const cents = decimals > 2 ? atoms / 10n ** BigInt(decimals - 2) : atoms;
  const text = grouped(fromAtoms(cents < 0n ? -cents : cents, Math.min(decimals, 2)));
  if (cents === 0n) return text;
  return cents > 0n ? `▲ +${text}` : `▼ −${text}`;
}

