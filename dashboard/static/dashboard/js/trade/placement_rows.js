// The row of an order that is not known to be in: sending, asked after, refused with its code, or never come.
import { el, fill } from "../lib/dom.js";
import { rowOf, sideCell } from "./cells.js";
import { COLUMNS } from "./order_columns.js";
import { placements } from "./sending.js";
import { amount, assetsOf, money, price, typeWords } from "./words.js";

export function placementRow({ body, key }) {
  const { base, quote } = assetsOf(body.market);
  const size = body.quantity ? `${amount(body.quantity)} ${base}` : `${money(body.quote_budget)} ${quote}`;
  const actions = el("span", { class: "row row-deeds", dataset: { deeds: "" } });
  return rowOf(
    COLUMNS,
    ["now", body.market, sideCell(body.side), typeWords(body.type), body.price ? price(body.price) : "Market", size, "–", "", actions],
    { class: "placement", dataset: { placement: key } },
  );
}

export function updatePlacement(row, placement) {
  const said = placement.state;
  if (row.dataset.state === said) return;
  row.dataset.state = said;
  row.classList.toggle("is-sending", said === "sending" || said === "checking");
  fill(row.cells[7], stateNode(placement));
  fill(row.cells[8].firstElementChild, deedsOf(placement));
}

function stateNode({ state, error }) {
  if (state === "sending") return el("span", { class: "badge" }, "sending…");
  if (state === "checking") return el("span", { class: "badge unknown", title: "No answer came. It is asked after until it is known." }, "checking…");
  if (state === "lost") return el("span", {}, el("span", { class: "badge warn" }, "not received"), " It never came to the house. Nothing was done.");
  const small = [error.code, error.requestId && `request ${error.requestId}`].filter(Boolean).join(" · ");
  return el("span", { class: "refusal" }, el("span", { class: "badge bad" }, "refused"), ` ${error.message} `, el("small", { class: "faint" }, small));
}

function deedsOf({ state, key }) {
  if (state === "sending" || state === "checking") return null;
  const button = (words, run) => el("button", { type: "button", class: "button quiet small", onclick: run }, words);
  const close = button("Dismiss", () => placements.dismiss(key));
  return state === "lost" ? [button("Send again", () => placements.again(key)), close] : close;
}
