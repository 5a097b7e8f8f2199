// One's fills, latest first, page by page.
import { get } from "../lib/api.js";
import { el } from "../lib/dom.js";
import { account } from "./account.js";
import { emptyOf, rowOf, sideCell, timeCell } from "./cells.js";
import { market } from "./market.js";
import { marketAsked, pagedPane } from "./paged.js";
import { amount, assetsOf, money, price } from "./words.js";

const COLUMNS = [
  { name: "Time" },
  { name: "Market" },
  { name: "Side" },
  { name: "Price", right: true },
  { name: "Size", right: true },
  { name: "Worth", right: true },
  { name: "Fee", right: true },
  { name: "As" },
];
const PAGE = 25;

export function fillsPane(pane) {
  const paged = pagedPane(pane, {
    caption: "Your fills, latest first",
    columns: COLUMNS,
    load: async (cursor) => {
      const found = await get("/fills", { limit: PAGE, cursor, market: marketAsked(market.symbol) });
      return { rows: found.fills, next: found.next_cursor };
    },
    row: fillRow,
    empty: () => emptyOf("No fills yet", "Each trade of one of your orders stands here, with its price and fee."),
    foot: () => el("p", { class: "small soft pane-foot" }, "The statement has all of them: ", el("a", { href: "/wallet/statements" }, "Statements")),
  });
  account.on("fill", () => paged.changed());
  return paged;
}

function fillRow(fill) {
  const { base, quote } = assetsOf(fill.market);
  return rowOf(COLUMNS, [
    timeCell(fill.time_ms),
    fill.market,
    sideCell(fill.side),
    price(fill.price),
    `${amount(fill.quantity)} ${base}`,
    `${money(fill.quote_amount)} ${quote}`,
    `${money(fill.fee)} ${fill.fee_asset}`,
    el("span", { class: "soft" }, fill.role === "MAKER" ? "Maker" : "Taker"),
  ]);
}
