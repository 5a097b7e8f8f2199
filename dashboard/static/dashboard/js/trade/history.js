// Orders that are open no more, latest first, page by page.
import { get } from "../lib/api.js";
import { el } from "../lib/dom.js";
import { account } from "./account.js";
import { isOpen } from "./account_picture.js";
import { emptyOf, rowOf, sideCell, timeCell } from "./cells.js";
import { market } from "./market.js";
import { marketAsked, pagedPane } from "./paged.js";
import { amount, assetsOf, money, price, stateWords, typeWords } from "./words.js";

const COLUMNS = [
  { name: "Time" },
  { name: "Market" },
  { name: "Side" },
  { name: "Type" },
  { name: "Price", right: true },
  { name: "Filled", right: true },
  { name: "Average", right: true },
  { name: "Fee", right: true },
  { name: "Outcome" },
];
const PAGE = 25;

export function historyPane(pane) {
  const paged = pagedPane(pane, {
    caption: "Orders that are open no more, latest first",
    columns: COLUMNS,
    load: async (cursor) => {
      const found = await get("/orders", { status: "closed", limit: PAGE, cursor, market: marketAsked(market.symbol) });
      return { rows: found.orders, next: found.next_cursor };
    },
    row: historyRow,
    empty: () => emptyOf("No finished orders yet", "Orders that were filled, canceled or have expired stand here."),
  });
  account.on("order", (order) => !isOpen(order) && paged.changed());
  return paged;
}

function historyRow(order) {
  const { base, quote } = assetsOf(order.market);
  const wanted = order.quantity ? `${amount(order.quantity)} ${base}` : `${money(order.quote_budget)} ${quote}`;
  return rowOf(COLUMNS, [
    timeCell(order.updated_at_ms),
    order.market,
    sideCell(order.side),
    typeWords(order.type),
    order.price ? price(order.price) : "Market",
    `${amount(order.filled_quantity)} of ${wanted}`,
    averageOf(order),
    BigInt(order.fee.replace(".", "")) === 0n ? "–" : `${money(order.fee)} ${order.fee_asset}`,
    el("span", { class: order.status === "FILLED" ? "" : "soft" }, stateWords(order)),
  ]);
}

/** Quote by base, to the digits that prices of this order have; cut. */
export function averageOf(order) {
  const [quoteAtoms, quoteDigits] = atoms(order.filled_quote);
  const [baseAtoms, baseDigits] = atoms(order.filled_quantity);
  if (baseAtoms === 0n) return "–";
  const digits = order.price ? atoms(order.price)[1] : 2;
  const scaled = (quoteAtoms * 10n ** BigInt(digits + baseDigits)) / (baseAtoms * 10n ** BigInt(quoteDigits));
  const text = scaled.toString().padStart(digits + 1, "0");
  return price(digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

function atoms(text) {
  const [whole, part = ""] = text.split(".");
  return [BigInt(whole + part), part.length];
}
