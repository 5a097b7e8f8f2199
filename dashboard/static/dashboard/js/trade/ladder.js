// Draws the book: rows by price, depth behind them, the middle between; own orders are marked. At most ten times a
// second, and not while nobody sees it. A press on a price tells the bus.

import { fromAtoms, grouped, toAtoms } from "../lib/decimal.js";
import { all, el, fill, keyed, one, setText } from "../lib/dom.js";
import { atMost } from "../lib/live.js";
import { account } from "./account.js";
import { groupsOf, stepOf } from "./book.js";
import { bus } from "./bus.js";
import { moveAlong } from "./ladder_keys.js";
import { market } from "./market.js";

const HZ = 10;
const MOST_ROWS = 60;
const PPM = 1_000_000n;

const chosen = { sides: "both", group: 1n };
let place;

export function startLadder() {
  place = one("#book");
  const draw = atMost(HZ, () => document.hidden || show());
  bus.on("book", draw);
  bus.on("market", draw);
  account.on("change", draw);
  new ResizeObserver(draw).observe(place);
  document.addEventListener("visibilitychange", draw);
  for (const button of all("[data-sides]", one("#book-panel .book-sides"))) {
    button.addEventListener("click", () => chooseSides(button, draw));
  }
  one("#book-group").addEventListener("change", (event) => {
    chosen.group = BigInt(event.target.value);
    keepGroup(chosen.group);
    draw();
  });
  place.addEventListener("click", onClick);
  place.addEventListener("keydown", moveAlong);
  chosen.group = keptGroup();
  draw();
}

function chooseSides(button, draw) {
  chosen.sides = button.dataset.sides;
  place.dataset.sides = chosen.sides;
  for (const other of all("[data-sides]", button.parentElement)) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  draw();
}

function onClick(event) {
  const row = event.target.closest("tr[data-price]");
  if (!row) return;
  bus.emit("price", row.dataset.price);
  if (event.target.closest("[data-total]")) bus.emit("quantity", row.dataset.total);
}

function show() {
  const { book } = market;
  if (!book || book.sequence === null) return;
  offerGroups();
  const { asks: askCount, bids: bidCount } = counts();
  const asks = book.rows("asks", askCount, chosen.group);
  const bids = book.rows("bids", bidCount, chosen.group);
  const deepest = largest(asks.at(-1)?.total ?? 0n, bids.at(-1)?.total ?? 0n);
  showSide("asks", asks, askCount, deepest);
  showSide("bids", bids, bidCount, deepest);
  showMiddle(book);
  letOneBeReached();
}

/** As many rows as there is room for. */
function counts() {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const rowPx = Number.parseFloat(getComputedStyle(place).getPropertyValue("--row")) * rem;
  const heads = one("thead", place).offsetHeight + one(".middle", place).offsetHeight;
  const room = Math.max(4, Math.min(MOST_ROWS, Math.floor((place.clientHeight - heads) / rowPx)));
  if (chosen.sides === "asks") return { asks: room, bids: 0 };
  if (chosen.sides === "bids") return { asks: 0, bids: room };
  return { asks: room >> 1, bids: room >> 1 };
}

/** The worst ask stands on top; empty rows keep the middle where it is. */
function showSide(name, rows, count, deepest) {
  const own = ownSteps(name);
  const empty = Array.from({ length: count - rows.length }, (_, number) => ({ isEmpty: true, number }));
  const shown = name === "asks" ? [...empty, ...rows.toReversed()] : [...rows, ...empty];
  keyed(one(`[data-${name}]`, place), shown, {
    key: (row) => (row.isEmpty ? `empty ${row.number}` : row.price),
    make: (row) => (row.isEmpty ? emptyRow() : priceRow(row)),
    update: (node, row) => row.isEmpty || updateRow(node, row, deepest, own),
  });
}

const emptyRow = () => el("tr", { class: "is-empty" }, el("td"), el("td"), el("td"));

function priceRow({ price }) {
  const text = fromAtoms(price, market.priceDecimals);
  return el(
    "tr",
    { dataset: { price: text } },
    el("td", {}, el("button", { type: "button", tabindex: "-1" }, grouped(text))),
    el("td"),
    el("td", { dataset: { total: "" } }),
  );
}

function updateRow(node, { price, lots, total }, deepest, own) {
  const [, size, sum] = node.children;
  setText(size, fromAtoms(lots, market.quantityDecimals));
  const totalText = fromAtoms(total, market.quantityDecimals);
  if (node.dataset.total !== totalText) {
    node.dataset.total = totalText;
    setText(sum, totalText);
  }
  const depth = deepest > 0n ? `${Number((total * PPM) / deepest) / 10_000}%` : "0%";
  if (node.depth !== depth) {
    node.depth = depth;
    node.style.setProperty("--depth", depth);
  }
  const mine = own.get(price);
  if (node.mine === mine) return;
  node.mine = mine;
  node.classList.toggle("is-own", mine !== undefined);
  node.title = mine === undefined ? "" : `Your orders here: ${mine} ${market.base}`;
}

/** What one's own open orders rest with, by the step they stand at. */
function ownSteps(name) {
  const side = name === "asks" ? "SELL" : "BUY";
  const atoms = new Map();
  for (const order of account.openOrders ?? []) {
    if (order.market !== market.symbol || order.side !== side || order.price === null || order.status === "UNTRIGGERED") continue;
    const step = stepOf(toAtoms(order.price, market.priceDecimals), chosen.group, name === "asks");
    atoms.set(step, (atoms.get(step) ?? 0n) + toAtoms(order.remaining_quantity ?? "0", market.quantityDecimals));
  }
  return new Map([...atoms].map(([step, lots]) => [step, fromAtoms(lots, market.quantityDecimals)]));
}

function showMiddle(book) {
  const { spread } = book;
  if (spread === null) {
    setText(one("[data-middle]", place), "–");
    setText(one("[data-spread]", place), "one side is empty");
    return;
  }
  const doubled = book.bids.best + book.asks.best;
  setText(one("[data-middle]", place), grouped(fromAtoms(doubled / 2n, market.priceDecimals)));
  const ppm = (spread * 2n * PPM) / doubled;
  setText(one("[data-spread]", place), `spread ${grouped(fromAtoms(spread, market.priceDecimals))} · ${fromAtoms(ppm, 4)} %`);
}

/** One price is in the order of Tab: the best bid, or where one is. */
function letOneBeReached() {
  const held = document.activeElement?.closest?.("#book tr[data-price]");
  const reached = held ?? one(chosen.sides === "asks" ? "[data-asks] tr[data-price]:last-child" : "[data-bids] tr[data-price]", place);
  for (const button of all('button[tabindex="0"]', place)) {
    if (button.closest("tr") !== reached) button.tabIndex = -1;
  }
  const button = reached && one("button", reached);
  if (button && button.tabIndex !== 0) button.tabIndex = 0;
}

function offerGroups() {
  const select = one("#book-group");
  const best = market.book.bids.best ?? market.book.asks.best;
  if (select.dataset.tick === String(market.tick) || best === null) return;
  select.dataset.tick = String(market.tick);
  const groups = groupsOf(market.tick, best);
  if (!groups.includes(chosen.group)) chosen.group = market.tick;
  fill(select, groups.map((group) => el("option", { value: group }, trimmedText(group))));
  select.value = String(chosen.group);
}

const trimmedText = (group) => fromAtoms(group, market.priceDecimals).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
const largest = (a, b) => (a > b ? a : b);

function keptGroup() {
  try {
    return BigInt(localStorage.getItem(`group ${market.symbol}`) ?? market.tick);
  } catch {
    return market.tick;
  }
}

function keepGroup(group) {
  try {
    localStorage.setItem(`group ${market.symbol}`, String(group));
  } catch {
    // storage may be forbidden: then it lasts as long as the page
  }
}
