// Before and after of a deed, as the house says it would be, with what is better and what is worse.
import { el } from "../lib/dom.js";
import { isSome, order, riskOf } from "./figures.js";
import { badge } from "./ratio_bar.js";
import { bitcoin, dollars, percent } from "./texts.js";
import { RISKS, whyNot } from "./words.js";

const up = (text) => dollars(text, { up: true });
/** Title, member, how it is written, and whether more of it is better (0: neither). */
const ROWS = [
  ["Collateral", "collateral", bitcoin, 0],
  ["Debt", "debt", up, 0],
  ["Ratio", "ratio", percent, 1],
  ["Liquidation price", "liquidation_price", up, -1],
  ["Available to mint", "mintable", dollars, 0],
  ["Free to withdraw", "withdrawable", bitcoin, 0],
];

/**
 * @param {{before: object, after: object, fee: string, refusal: object|null}} seen as the preview answers
 * @param {object} figures that the vault pins
 * @param {(text: string) => string} unit how an amount of this deed is written
 * @returns {HTMLElement}
 */
export function previewTable(seen, figures, unit) {
  const risk = riskOf(seen.after, figures);
  return el(
    "div",
    { class: "stack" },
    el(
      "table",
      { class: "before-after" },
      el("caption", { class: "unseen" }, "Before and after this deed"),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "What"), el("th", { scope: "col" }, "Before"), el("th", { scope: "col" }, "After"))),
      el("tbody", {}, ROWS.map(([title, name, text, better]) => line(title, text, better, seen.before[name], seen.after[name]))),
    ),
    isSome(seen.fee) ? el("p", { class: "soft small" }, `The network gets about ${bitcoin(seen.fee)} of it.`) : null,
    risk === "risky" || risk === "warned" || risk === "liquidatable" ? el("p", { class: "row" }, badge(RISKS[risk]), "after it") : null,
    seen.refusal === null ? null : refusalWords(seen.refusal, unit),
  );
}

function line(title, text, better, before, after) {
  const isSame = before === after;
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, title),
    el("td", { class: "num soft", title: before }, text(before)),
    el("td", { class: `num ${isSame ? "" : direction(better, before, after)}`.trim(), title: after }, text(after)),
  );
}

/** No ratio and no edge is better than any: nothing is owed then. */
function direction(better, before, after) {
  if (!better) return "";
  if (after === null || before === null) return after === null ? "better" : "worse";
  return order(after, before) * better > 0 ? "better" : "worse";
}

function refusalWords({ code, message, details }, unit) {
  const possible = details?.available ? ` Possible now: ${unit(details.available)}.` : "";
  const least = details?.floor ? ` The least is ${dollars(details.floor)}.` : "";
  return el(
    "p",
    { class: "banner warn" },
    el("span", { class: "banner-words" }, whyNot(code, message), possible, least),
    el("small", { class: "faint" }, code),
  );
}
