// A vault's withdrawals: what waits for its owner's signature, what is on its way, and what is done.
import { get, remove } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { el, fill, one } from "../lib/dom.js";
import { addressGroups, when } from "../lib/format.js";
import { panel } from "../lib/panel.js";
import { say, sayError } from "../lib/say.js";
import { txidCell } from "./deposits.js";
import { badge } from "./ratio_bar.js";
import { signWithdrawal } from "./signing.js";
import { table } from "./table.js";
import { bitcoin } from "./texts.js";
import { WITHDRAWALS } from "./words.js";

const READ_MS = 10_000;
const PAGE = 50;

/** @param {import("./scene.js").Scene} scene @param {() => void} onDone @returns {{reload: () => void}} */
export function bindWithdrawals(scene, onDone) {
  const shown = table({
    caption: "Withdrawals from this vault, the latest first",
    key: (row) => row.withdrawal_id,
    columns: [
      { title: "Amount", cell: amount },
      { title: "To", cell: (row) => el("span", { class: "small" }, addressGroups(row.address)) },
      { title: "State", cell: (row) => badge(WITHDRAWALS[row.status] ?? [row.status, "unknown"]) },
      { title: "Transaction", cell: (row) => txidCell(row.txid) },
      { title: "What to do", cell: (row) => deedsOf(row, scene, onDone) },
    ],
  });
  return panel(one("#withdrawals"), {
    load: () => get(`/vaults/${scene.vaultId}/withdrawals`, { limit: PAGE }),
    show: (found, body) => {
      if (!body.contains(shown.node)) fill(body, shown.node);
      shown.show(found.withdrawals);
    },
    empty: (found) => (found.withdrawals.length ? null : el("div", { class: "panel-body soft" }, "None yet. Bitcoin leaves only with your signature.")),
    every: READ_MS,
  });
}

function amount(row) {
  const small = `fee ${row.fee}${row.kind === "CLOSE" ? " · all of it" : ""}`;
  return el("span", { class: "two num" }, bitcoin(row.amount), el("small", { class: "soft" }, small), el("small", { class: "soft" }, when(row.created_at_ms)));
}

function deedsOf(row, scene, onDone) {
  if (row.status !== "PLANNED") return "–";
  const name = `${row.amount} BTC`;
  return el(
    "span",
    { class: "row" },
    el("button", { type: "button", class: "button primary small", "aria-label": `Sign the withdrawal of ${name}`, onclick: () => sign(row, scene, onDone) }, "Sign"),
    el("button", { type: "button", class: "button quiet small", "aria-label": `Take back the withdrawal of ${name}`, onclick: () => takeBack(row, onDone) }, "Take back"),
  );
}

const sign = (row, scene, onDone) => signWithdrawal(scene.vault, row, {}, onDone).catch(sayError);

async function takeBack(row, onDone) {
  const isMeant = await ask({ title: "Take this withdrawal back?", lines: [`${bitcoin(row.amount)} and its fee are collateral again at once.`], deed: "Take it back" });
  if (!isMeant) return;
  try {
    await remove(`/vaults/${row.vault_id}/withdrawals/${row.withdrawal_id}`);
    say("ok", "Taken back. It is collateral again.");
  } catch (error) {
    sayError(error);
  }
  onDone();
}
