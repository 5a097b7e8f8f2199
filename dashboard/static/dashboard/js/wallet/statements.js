// Every posting of one's wallets, or every trade with what it earned; by days, page by page, and as a file.

import { get } from "../lib/api.js";
import { all, el, fill, one } from "../lib/dom.js";
import { compare } from "../lib/decimal.js";
import { when } from "../lib/format.js";
import { amountText, isZero, sum } from "./money.js";
import { moreOf } from "./paging.js";

const DAY_MS = 86_400_000;
const root = one("#statement");
const filters = one("#filters");
const summary = one("#summary");
let kind = "ledger";
let markets = [];

const isTrades = () => kind === "trades";
const list = moreOf(root, {
  path: () => `/statements/${kind}`, name: () => (isTrades() ? "trades" : "postings"), id: (row) => row.posting_id ?? `${row.trade_id} ${row.order_id} ${row.market}`,
  show: (rows) => (isTrades() ? tradeTable(rows) : ledgerTable(rows)), nothing, query, every: 30_000, limit: 50, seen: summarise,
});

for (const button of all("[data-kind]", root)) button.addEventListener("click", () => turn(button.dataset.kind));
filters.addEventListener("input", begin);
filters.addEventListener("submit", (event) => event.preventDefault());
get("/markets").then((found) => {
  markets = found.markets;
  one("#market").append(...markets.map(({ symbol }) => el("option", { value: symbol }, symbol)));
}, () => {});

function turn(wanted) {
  if (wanted === kind) return;
  kind = wanted;
  for (const button of all("[data-kind]", root)) button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
  for (const field of all("[data-only]", filters)) field.hidden = field.dataset.only !== kind;
  begin();
}

function begin() {
  summary.hidden = true;
  fill(one("[data-body]", root), el("div", { class: "panel-body" }, el("div", { class: "skeleton tall" })));
  one("#csv").href = `/api/v1/statements/${kind}?${new URLSearchParams({ format: "csv", ...query() })}`;
  list.restart();
}

function query() {
  const from = filters.elements.from.valueAsNumber;
  const until = filters.elements.until.valueAsNumber;
  const market = filters.elements.market.value;
  return {
    ...(Number.isFinite(from) && from >= 0 ? { start: from } : {}),
    ...(Number.isFinite(until) && until >= 0 ? { end: until + DAY_MS } : {}),
    ...(isTrades() && market ? { market } : {}),
  };
}

function nothing() {
  const words = isTrades() ? ["No trades in this time", "What you buy and sell shows here with its cost and what it earned."] : ["No postings in this time", "Whatever moves in your wallets stands here for ever."];
  return el("div", { class: "empty" }, el("strong", {}, words[0]), el("span", {}, words[1]), el("a", { class: "button", href: isTrades() ? "/trade" : "/wallet" }, isTrades() ? "To the market" : "To your balances"));
}

const head = (columns) => el("thead", {}, el("tr", {}, columns.map(([words, isRight]) => el("th", { scope: "col", class: isRight ? "right" : null }, words))));
const cell = (label, right, ...content) => el("td", { class: right ? "right nowrap" : null, dataset: { label } }, ...content);
const signOf = (text) => (isZero(text) ? "" : text.startsWith("-") ? "down" : "up");
const signedText = (text, asset) => `${isZero(text) ? "" : text.startsWith("-") ? "▼ " : "▲ +"}${amountText(text, asset, { exact: true })}`;

function ledgerTable(postings) {
  return el("div", { class: "table-wrap" }, el("table", { class: "table stacked" }, el("caption", { class: "unseen" }, "Postings, latest first"),
    head([["When (UTC)"], ["What for"], ["Wallet"], ["Amount", true], ["Wallet after it", true]]),
    el("tbody", {}, postings.map((row) => el("tr", {},
      el("th", { scope: "row" }, when(row.time_ms)),
      cell("What for", false, el("span", {}, wordsOf(row.code), row.reference ? el("small", { class: "faint mono reference" }, ` ${row.reference}`) : null)),
      cell("Wallet", false, row.wallet === "FUNDING" ? "Funding" : "Trading"),
      cell("Amount", true, el("span", { class: signOf(row.amount) }, signedText(row.amount, row.asset))),
      cell("Wallet after it", true, amountText(row.balance, row.asset, { exact: true })))))));
}

const wordsOf = (code) => {
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function tradeTable(trades) {
  return el("div", { class: "table-wrap" }, el("table", { class: "table stacked" }, el("caption", { class: "unseen" }, "Trades, latest first"),
    head([["When (UTC)"], ["Market"], ["Side"], ["Price", true], ["Quantity", true], ["Fee", true], ["Cost", true], ["Profit", true]]),
    el("tbody", {}, trades.map((row) => {
      const [base, quote] = row.market.split("-");
      return el("tr", {},
        el("th", { scope: "row" }, when(row.time_ms)),
        cell("Market", false, row.market),
        cell("Side", false, el("span", { class: row.side === "BUY" ? "up" : "down" }, row.side === "BUY" ? "▲ Buy" : "▼ Sell"), el("small", { class: "faint" }, row.role === "MAKER" ? " maker" : " taker")),
        cell("Price", true, amountText(row.price, quote, { exact: true, unit: false })),
        cell("Quantity", true, amountText(row.quantity, base)),
        cell("Fee", true, amountText(row.fee, row.fee_asset, { exact: true })),
        cell("Cost", true, row.cost === null ? "–" : amountText(row.cost, quote)),
        cell("Profit", true, row.profit === null ? (row.uncovered_quantity && !isZero(row.uncovered_quantity) ? "cost unknown" : "–") : el("span", { class: signOf(row.profit) }, signedText(row.profit, quote))));
    }))));
}

/** Of what is shown: profit by market, and the position after its latest trade. */
function summarise(rows) {
  summary.hidden = !isTrades() || rows.length === 0;
  if (summary.hidden) return;
  const byMarket = new Map();
  for (const row of rows) byMarket.set(row.market, [...(byMarket.get(row.market) ?? []), row]);
  fill(summary, el("dl", { class: "figures" }, [...byMarket].flatMap(([market, trades]) => figures(market, trades))));
}

function figures(market, trades) {
  const [base, quote] = market.split("-");
  const profit = sum("0", ...trades.map((row) => row.profit ?? "0"));
  const fees = sum("0", ...trades.filter((row) => row.fee_asset === quote).map((row) => row.fee));
  const [latest] = trades;
  const hasPosition = compare(latest.position_quantity, "0") > 0;
  const figure = (words, value, small) => el("div", { class: "figure" }, el("dt", {}, words), el("dd", {}, value, el("small", {}, small)));
  return [
    figure(`Profit in ${market}`, el("span", { class: signOf(profit) }, signedText(profit, quote)), `of the ${trades.length} trades shown, fees included`),
    figure("Fees paid", amountText(fees, quote, { exact: true }), "of these trades"),
    figure("Position", amountText(latest.position_quantity, base), hasPosition && latest.average_cost ? `at ${amountText(latest.average_cost, quote, { exact: true })} on average` : "nothing bought and not sold"),
  ];
}
