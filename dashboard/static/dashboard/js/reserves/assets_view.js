// What is owed of each asset beside what covers it, with the lines of the books behind both.
import { compare, grouped, mulDiv, places, toAtoms } from "../lib/decimal.js";
import { el } from "../lib/dom.js";
import { redraw } from "../vaults/redraw.js";
import { coverOf } from "./cover.js";
import { purposeName, SIDES } from "./words.js";

const WHOLE = 1000n;

/** @param {object[]} assets of GET /reserves @param {HTMLElement} body */
export function showAssets(assets, body) {
  const isOpen = new Set([...body.querySelectorAll("details[open]")].map((one) => one.dataset.asset));
  redraw(body, el("div", {}, assets.map((asset) => assetNode(asset, isOpen.has(asset.asset)))));
}

function assetNode({ asset, owed, backing, house, lines }, isOpen) {
  const details = el("details", { class: "more", dataset: { asset } }, el("summary", {}, "Line by line"), linesTable(asset, lines));
  details.open = isOpen;
  const [words, kind] = coverOf({ owed, backing, lines });
  return el(
    "div",
    { class: "asset" },
    el("div", { class: "asset-head" }, el("strong", {}, asset), el("span", { class: `badge ${kind}` }, words)),
    line("Owed", owed, larger(owed, backing), "owed"),
    line("Covered by", backing, larger(owed, backing), kind),
    el("p", { class: "soft small" }, `The house's own: ${grouped(house)} ${asset}. Owed and own are what covers it.`),
    details,
  );
}

function line(title, amount, whole, kind) {
  return el("div", { class: "cover" }, el("span", { class: "soft" }, title), bar(amount, whole, kind), el("span", { class: "num" }, grouped(amount)));
}

const larger = (one, other) => (compare(one, other) >= 0 ? one : other);

function bar(part, whole, kind) {
  const decimals = Math.max(places(part), places(whole));
  const most = toAtoms(whole, decimals);
  const length = el("i");
  length.style.width = `${most > 0n ? Number(mulDiv(toAtoms(part, decimals), WHOLE, most)) / 10 : 0}%`;
  return el("div", { class: `bar ${kind}`, "aria-hidden": "true" }, length);
}

function linesTable(asset, lines) {
  const shown = lines.filter(({ amount }) => compare(amount, "0") !== 0);
  const rows = Object.entries(SIDES).flatMap(([side, title]) => shown.filter((one) => one.side === side).map((one) => row(title, one)));
  return el(
    "div",
    { class: "table-wrap" },
    el(
      "table",
      { class: "table" },
      el("caption", { class: "unseen" }, `Lines of the books in ${asset}`),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Side"), el("th", { scope: "col" }, "What"), el("th", { scope: "col", class: "right" }, asset))),
      el("tbody", {}, rows),
    ),
  );
}

const row = (title, { purpose, amount }) =>
  el("tr", {}, el("td", { class: "soft" }, title), el("td", {}, purposeName(purpose)), el("td", { class: "right num" }, grouped(amount)));
