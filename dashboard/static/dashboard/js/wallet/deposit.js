// Where to pay bitcoin to, whose keys guard it, and what comes in, confirmation by confirmation.

import { get } from "../lib/api.js";
import { grouped, trimmed } from "../lib/decimal.js";
import { el, fill, one } from "../lib/dom.js";
import { addressGroups, shortened, when } from "../lib/format.js";
import { panel } from "../lib/panel.js";
import { qrSvg } from "../lib/qr.js";
import { moreOf } from "./paging.js";

const STATES = {
  SEEN: ["Seen, in no block yet", "warn"],
  CONFIRMED: ["In a block", "warn"],
  CREDITED: ["Credited", "ok"],
  REORGED: ["Undone by the network", "bad"],
  DOUBLE_SPENT: ["Spent elsewhere", "bad"],
  REPLACED: ["Replaced by another", "bad"],
  EVICTED: ["Dropped by the network", "bad"],
};

panel(one("#address"), { load: () => get("/deposit-address", { asset: "BTC" }), show: showAddress });
panel(one("#custody"), { load: () => get("/custody"), show: showCustody, every: 30_000, oldAfter: 60_000 });
moreOf(one("#deposits"), { path: "/deposits", name: "deposits", id: "deposit_id", show: table, nothing, every: 5_000 });

function showAddress({ address, minimum, confirmations }, body) {
  fill(body, el("div", { class: "deposit" },
    el("div", { class: "qr" }, qrSvg(`bitcoin:${address}`, "QR code of your deposit address")),
    el("div", { class: "stack" },
      el("div", { class: "big-address" }, addressGroups(address)),
      el("div", { class: "row" }, el("button", { type: "button", class: "button primary", dataset: { copy: address } }, "Copy the address"), el("a", { class: "button quiet", href: `bitcoin:${address}` }, "Open in a wallet")),
      el("p", { class: "soft small" }, "Compare the first and last eight characters with what your wallet shows. The address is always yours and stays the same."),
      el("dl", { class: "facts" },
        el("dt", {}, "Least that is credited"), el("dd", { class: "nowrap" }, `${trimmed(minimum)} BTC`),
        confirmations.map(({ up_to, confirmations: needed }) => [el("dt", {}, up_to === null ? (confirmations.length > 1 ? "Confirmations above that" : "Confirmations needed") : `Confirmations up to ${grouped(trimmed(up_to))} BTC`), el("dd", {}, String(needed))])))));
}

function showCustody(custody, body) {
  fill(body,
    el("p", {}, "Bitcoin that you deposit here is guarded by the house's keys until you withdraw it. In a vault it would be guarded by three, one of them yours."),
    el("p", { class: "soft" }, custody.trust),
    el("dl", { class: "facts" },
      custody.signers.map(({ role, party }) => [el("dt", {}, `The ${role} key`), el("dd", {}, party || "not known yet")]),
      el("dt", {}, "Blocks that the house has seen"), el("dd", {}, custody.height === null ? "none yet" : grouped(String(custody.height))),
      custody.lag ? [el("dt", {}, "Not looked at yet"), el("dd", {}, `${custody.lag} blocks`)] : null),
    custody.is_development_chain ? el("div", { class: "banner warn" }, el("p", {}, "A development chain: its coins are worth nothing.")) : null,
    el("div", { class: "row" }, el("a", { class: "button", href: "/reserves" }, "What the house holds and owes"), el("a", { class: "button quiet", href: "/vaults/new" }, "Open a vault instead")));
}

function nothing() {
  return el("div", { class: "empty" }, el("strong", {}, "No deposits yet"), el("span", {}, "What is paid to your address shows here some seconds after it was sent, and counts once it is deep enough."));
}

function table(deposits) {
  return el("div", { class: "table-wrap" }, el("table", { class: "table stacked" },
    el("caption", { class: "unseen" }, "Deposits, latest first"),
    el("thead", {}, el("tr", {}, ["Seen (UTC)", "Amount", "Confirmations", "State", "Transaction"].map((words, place) => el("th", { scope: "col", class: place === 1 ? "right" : null }, words)))),
    el("tbody", {}, deposits.map(row))));
}

function row(deposit) {
  const [words, kind] = STATES[deposit.status] ?? [deposit.status, "unknown"];
  return el("tr", {},
    el("th", { scope: "row" }, when(deposit.created_at_ms)),
    el("td", { class: "right nowrap", dataset: { label: "Amount" } }, el("strong", {}, `${deposit.amount} BTC`)),
    el("td", { dataset: { label: "Confirmations" } }, track(deposit)),
    el("td", { dataset: { label: "State" } }, el("span", { class: `badge ${kind}` }, words)),
    el("td", { dataset: { label: "Transaction" } }, el("span", { class: "row" }, el("code", { title: deposit.txid }, shortened(deposit.txid)), el("button", { type: "button", class: "button small quiet", dataset: { copy: deposit.txid }, "aria-label": "Copy the transaction's id" }, "Copy"))));
}

function track({ confirmations, confirmations_required: needed, status }) {
  const share = needed ? Math.min(1, confirmations / needed) : 1;
  const fillBar = el("i");
  fillBar.style.width = `${share * 100}%`;
  return el("span", { class: "track" }, el("span", { class: `bar ${status === "CREDITED" ? "" : "warn"}`, "aria-hidden": "true" }, fillBar), el("span", { class: "num" }, `${Math.min(confirmations, Math.max(needed, confirmations))}/${needed}`));
}

