// Open orders, live, with what is being sent above them: amended in place, canceled one by one or all at once.
import { el, fill, keyed, one, setText } from "../lib/dom.js";
import { atMost } from "../lib/live.js";
import { account } from "./account.js";
import { editing, startAmend } from "./amend.js";
import { askCancelAll, cancelOrder, isCanceling } from "./canceling.js";
import { emptyOf, loginDeed, rowOf, sideCell, tableOf, timeCell } from "./cells.js";
import { market } from "./market.js";
import { COLUMNS } from "./order_columns.js";
import { placementRow, updatePlacement } from "./placement_rows.js";
import { placements } from "./sending.js";
import { amount, assetsOf, filledPart, money, price, stateWords, typeWords } from "./words.js";

const UNDONE = new Set(["sending", "checking", "refused", "lost"]);

export class OpenOrders {
  #table = null;

  constructor(pane) {
    this.body = one("[data-body]", pane);
    this.refresh = atMost(10, () => this.#draw());
    one("#cancel-all").addEventListener("click", () => this.cancelAll());
    account.on("order", (order) => placements.seen(order));
  }

  /** Latest first; of this market alone where that is asked for. */
  get shown() {
    const isMarketOnly = one("#this-market").checked;
    return account.openOrders.filter((order) => !isMarketOnly || order.market === market.symbol);
  }

  cancelLast() {
    const order = this.shown.find((one) => !isCanceling(one.order_id));
    if (order) cancelOrder(order);
  }

  cancelAll() {
    askCancelAll(market.symbol, one("#this-market").checked);
  }

  #draw() {
    const orders = this.shown;
    const sent = placements.rows.filter((row) => UNDONE.has(row.state));
    one("#cancel-all").hidden = account.openOrders.length === 0;
    if (account.state === "out") return this.#say(emptyOf("Log in to see your orders", "The market can be read without.", loginDeed()));
    if (!account.isKnown && sent.length === 0) return;
    if (orders.length + sent.length === 0) return this.#say(this.#nothing());
    if (!this.#table) {
      this.#table = tableOf("Your open orders, latest first", COLUMNS);
      fill(this.body, el("div", { class: "table-wrap" }, this.#table.table));
    }
    const rows = [...sent.map((placement) => ({ placement })), ...orders.map((order) => ({ order }))];
    keyed(this.#table.body, rows, { key: keyOf, make: makeRow, update: updateRow });
  }

  #say(nothing) {
    this.#table = null;
    fill(this.body, nothing);
  }

  #nothing() {
    const elsewhere = account.openOrders.length;
    if (!elsewhere) return emptyOf("No open orders", "What you place and is not filled at once stands here.");
    const deed = el("button", { type: "button", class: "button quiet", onclick: () => one("#this-market").click() }, "Show all markets");
    return emptyOf("No open orders here", `${elsewhere} of other markets.`, deed);
  }
}

const keyOf = ({ placement, order }) => (placement ? `sent:${placement.key}` : order.order_id);

function makeRow({ placement, order }) {
  if (placement) return placementRow(placement);
  const { base, quote } = assetsOf(order.market);
  const actions = el(
    "span",
    { class: "row row-deeds" },
    el("button", { type: "button", class: "button quiet small", dataset: { amend: "" } }, "Amend"),
    el("button", { type: "button", class: "button quiet small", dataset: { cancel: "" } }, "Cancel"),
  );
  const row = rowOf(COLUMNS, [
    timeCell(order.created_at_ms), order.market, sideCell(order.side), typeWords(order.type), "", "", filledCell(), "", actions,
  ]);
  const label = `${order.side === "BUY" ? "buy" : "sell"} order of ${order.quantity ?? order.quote_budget} ${order.quantity ? base : quote}`;
  one("[data-amend]", row).setAttribute("aria-label", `Amend the ${label}`);
  one("[data-cancel]", row).setAttribute("aria-label", `Cancel the ${label}`);
  one("[data-amend]", row).addEventListener("click", () => startAmend(row, account.orderOf(order.order_id)));
  one("[data-cancel]", row).addEventListener("click", () => cancelOrder(account.orderOf(order.order_id) ?? order));
  return row;
}

const filledCell = () =>
  el("span", { class: "filled" }, el("span", { dataset: { filled: "" } }), el("span", { class: "bar", "aria-hidden": "true" }, el("i", {})));

function updateRow(row, { placement, order }) {
  if (placement) return updatePlacement(row, placement);
  const { base } = assetsOf(order.market);
  const [, , , , priceCell, sizeCell, , stateCell] = row.cells;
  if (!editing(row)) {
    setText(priceCell, priceOf(order));
    setText(sizeCell, order.quantity ? `${amount(order.quantity)} ${base}` : `${money(order.quote_budget)} ${assetsOf(order.market).quote}`);
  }
  const part = filledPart(order);
  setText(one("[data-filled]", row), `${part} %`);
  one(".bar > i", row).style.width = `${part}%`;
  setText(stateCell, isCanceling(order.order_id) ? "Canceling…" : stateWords(order));
  row.classList.toggle("is-sending", isCanceling(order.order_id));
  one("[data-cancel]", row).disabled = isCanceling(order.order_id);
}

function priceOf(order) {
  const at = order.price ? price(order.price) : "Market";
  return order.trigger_price ? `${at} ⏵ ${price(order.trigger_price)}` : at;
}
