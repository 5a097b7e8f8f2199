// What became of one's withdrawals: each as steps, with what can still be done about it.

import { remove } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { el } from "../lib/dom.js";
import { shortened, when } from "../lib/format.js";
import { say, sayError } from "../lib/say.js";
import { trimmed } from "../lib/decimal.js";
import { moreOf } from "./paging.js";

const ORDER = ["AWAITING_APPROVAL", "APPROVED", "SIGNING", "BROADCAST", "CONFIRMED"];
const STEPS = { AWAITING_APPROVAL: "Operators agree", APPROVED: "Waits for its turn", SIGNING: "Is signed", BROADCAST: "Sent, in no block yet", CONFIRMED: "Confirmed" };
const ENDED = { CANCELED: "Canceled; the money is back", REJECTED: "Refused by operators; the money is back" };
const CANCELABLE = new Set(["AWAITING_APPROVAL", "APPROVED"]);

/** `changed()` is called when one was canceled. Gives {reload}. */
export function showWithdrawals(root, changed) {
  const list = moreOf(root, { path: "/withdrawals", name: "withdrawals", id: "withdrawal_id", nothing, every: 5_000, show: (rows) => el("ul", { class: "notice-list" }, rows.map(item)) });
  return list;

  function item(row) {
    const isOver = row.status in ENDED;
    return el("li", { class: "withdrawal" },
      el("span", { class: `dot ${isOver ? "" : row.status === "CONFIRMED" ? "ok" : "warn"}`, "aria-hidden": "true" }),
      el("div", { class: "stack" },
        el("p", {}, el("strong", {}, `${trimmed(row.amount)} BTC`), ` to ${shortened(row.address, 8)}, fee ${trimmed(row.fee)} BTC, asked for at `, when(row.created_at_ms), " UTC"),
        isOver ? el("p", { class: "soft" }, ENDED[row.status], row.reason ? el("small", { class: "faint" }, ` ${row.reason}`) : null) : steps(row),
        row.txid ? el("p", { class: "row small" }, el("span", { class: "soft" }, row.status === "CONFIRMED" ? "Transaction" : "Transaction, which may still change"), el("code", { title: row.txid }, shortened(row.txid)), el("button", { type: "button", class: "button small quiet", dataset: { copy: row.txid }, "aria-label": "Copy the transaction's id" }, "Copy")) : null),
      CANCELABLE.has(row.status) ? el("button", { type: "button", class: "button small", onclick: () => cancel(row) }, "Cancel", el("span", { class: "unseen" }, ` the withdrawal of ${row.amount} BTC`)) : el("span"));
  }

  async function cancel(row) {
    if (!(await ask({ title: `Cancel the withdrawal of ${trimmed(row.amount)} BTC?`, lines: ["Amount and fee come back to your funding wallet at once."], deed: "Cancel it", danger: true }))) return;
    try {
      await remove(`/withdrawals/${row.withdrawal_id}`);
      say("ok", "Canceled. The money is back in your funding wallet.");
    } catch (error) {
      sayError(error);
    }
    list.reload();
    changed();
  }
}

function steps({ status, approvals_needed: needed }) {
  const names = needed ? ORDER : ORDER.slice(1);
  const at = names.indexOf(status);
  return el("ol", { class: "steps small" }, names.map((name, place) => {
    const isDone = place < at || status === "CONFIRMED";
    return el("li", { class: isDone ? "is-done" : "", "aria-current": !isDone && place === at ? "step" : null }, STEPS[name], isDone ? el("span", { class: "unseen" }, " (done)") : null);
  }));
}

function nothing() {
  return el("div", { class: "empty" }, el("strong", {}, "No withdrawals yet"), el("span", {}, "What you ask for shows here, step by step, until the network has it."));
}
