// What was paid to a vault, output by output: how deep each is, and what it counts for.
import { el, fill } from "../lib/dom.js";
import { when } from "../lib/format.js";
import { badge } from "./ratio_bar.js";
import { table } from "./table.js";
import { bitcoin, shortTxid } from "./texts.js";
import { COINS } from "./words.js";

/** @param {object} coin @returns {HTMLElement} its state in words, with how deep it is */
export function coinWords(coin) {
  const needed = coin.confirmations_required;
  const words = el("span", { class: "row" }, badge(COINS[coin.status] ?? [coin.status, "unknown"]));
  if (needed !== null) {
    const steps = el("progress", { max: needed, value: Math.min(coin.confirmations, needed), "aria-label": "Confirmations" });
    words.append(steps, el("span", { class: "num small" }, `${Math.min(coin.confirmations, needed)}/${needed} confirmations`));
  } else if (coin.confirmations > 0) {
    words.append(el("span", { class: "num small soft" }, `${coin.confirmations} deep`));
  }
  return words;
}

export function txidCell(txid) {
  if (txid === null) return "–";
  return el(
    "span",
    { class: "row" },
    el("span", { class: "mono small", title: txid }, shortTxid(txid)),
    el("button", { type: "button", class: "button small quiet", dataset: { copy: txid }, "aria-label": `Copy the transaction's number ${txid}` }, "Copy"),
  );
}

const SHAPE = {
  caption: "Outputs that pay this vault, the latest first",
  key: (coin) => `${coin.txid}:${coin.vout}`,
  columns: [
    { title: "Amount", cell: (coin) => el("span", { class: "num" }, bitcoin(coin.amount)) },
    { title: "State", cell: coinWords },
    { title: "Transaction", cell: (coin) => txidCell(coin.txid) },
    { title: "Seen", cell: (coin) => el("span", { class: "small" }, when(coin.created_at_ms), coin.change_of ? " · change" : "") },
  ],
};

/** @returns {(found: object, body: HTMLElement) => void} shows GET /vaults/{id}/deposits */
export function depositsView() {
  const shown = table(SHAPE);
  const ended = el("p", { class: "banner bad" }, "This vault has ended: what is paid to its address now is never credited, and only you with the backup can move it.");
  const more = el("p", { class: "list-more soft small" }, "These are the latest 50. The API lists older ones.");
  return (found, body) => {
    if (!body.contains(shown.node)) fill(body, ended, shown.node, more);
    ended.hidden = found.is_open;
    more.hidden = found.next_cursor === null;
    shown.show(found.deposits);
  };
}
