// The sales of a time with what each of them gained.
import { toAtoms } from "../lib/decimal.js";
import { el, fill } from "../lib/dom.js";
import { rowOf, tableOf, timeCell } from "./cells.js";
import { signedMoney } from "./profit.js";
import { amount, money, price } from "./words.js";

const COLUMNS = [
  { name: "Sold" },
  { name: "Size", right: true },
  { name: "Price", right: true },
  { name: "Cost", right: true },
  { name: "Fee", right: true },
  { name: "Profit", right: true },
];

export function profitTable(place, { sales, isWhole }, market) {
  const name = sales.map((sale) => sale.trade_id).join();
  if (place.dataset.shown === name) return;
  place.dataset.shown = name;
  if (sales.length === 0) return fill(place, el("p", { class: "small soft pane-foot" }, "Nothing was sold in this time."));
  const { table, body } = tableOf("Your latest sales here", COLUMNS);
  fill(body, sales.map((sale) => saleRow(sale, market)));
  const more = isWhole ? null : el("p", { class: "small soft pane-foot" }, "There are more: the ", el("a", { href: "/wallet/statements" }, "statement"), " has all of them.");
  fill(place, el("div", { class: "table-wrap" }, table), more);
}

function saleRow(sale, market) {
  const profit = sale.profit === null ? null : toAtoms(sale.profit, market.quoteDecimals);
  const tone = profit === null || profit === 0n ? "soft" : profit > 0n ? "up" : "down";
  return rowOf(COLUMNS, [
    timeCell(sale.time_ms),
    `${amount(sale.quantity)} ${market.base}`,
    price(sale.price),
    sale.cost === null ? "unknown here" : money(sale.cost),
    money(sale.fee),
    el("span", { class: tone }, profit === null ? "–" : signedMoney(profit)),
  ]);
}
