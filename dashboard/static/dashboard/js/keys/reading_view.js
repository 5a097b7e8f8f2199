// The picture of what a PSBT does: who gets what, the fee, and what comes back; or why it must not be signed.
import { el } from "../lib/dom.js";
import { fromAtoms } from "../lib/decimal.js";
import { addressGroups } from "../lib/format.js";

const WHO = {
  asked: ["To the address you asked for", ""],
  vault: ["Back into your vault", "✓ checked: this address is made of your vault's three keys"],
  foreign: ["To somebody else", "✕ nobody asked for this"],
};

/** @param {import("./psbt_reading.js").Reading} reading */
export function readingView(reading) {
  if (reading.problems.length) return refusal(reading);
  return el(
    "div",
    { class: "stack" },
    el("p", { class: "soft small" }, "Your browser has read this from the transaction itself, not from what the house says of it."),
    flows(reading),
  );
}

function refusal(reading) {
  return el(
    "div",
    { class: "stack" },
    el(
      "div",
      { class: "banner bad refusal", role: "alert" },
      el("strong", {}, "✕ Do not sign this"),
      el("ul", {}, reading.problems.map((problem) => el("li", {}, problem))),
      el("p", { class: "small" }, "Nothing was signed and nothing was sent. Take this withdrawal back, and ask the house how it came about."),
    ),
    reading.payments.length ? flows(reading) : null,
  );
}

function flows({ payments, spentSats, feeSats, feeRate, coins }) {
  const many = coins.length === 1 ? "one coin" : `${coins.length} coins`;
  const rows = payments.map((one) => row(WHO[one.kind][0], addressGroups(one.address), one.sats, WHO[one.kind][1], one.kind));
  return el(
    "table",
    { class: "table flows" },
    el("caption", { class: "unseen" }, "Where the vault's bitcoin goes"),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Where"), el("th", { scope: "col", class: "right" }, "BTC"))),
    el(
      "tbody",
      {},
      rows,
      row("To the miners", el("span", {}, `${feeRate} sat/vB`), feeSats, "", "fee"),
    ),
    el("tfoot", {}, row(`Out of ${many} of your vault`, null, spentSats, "", "sum")),
  );
}

function row(title, what, sats, remark, kind) {
  return el(
    "tr",
    { class: `flow-${kind}` },
    el("th", { scope: "row" }, el("span", { class: "flow-title" }, title), what, remark ? el("small", {}, remark) : null),
    el("td", { class: "right" }, fromAtoms(sats, 8)),
  );
}
