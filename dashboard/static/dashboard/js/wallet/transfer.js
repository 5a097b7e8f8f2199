// Moving money between the funding wallet and the trading account, and what became of it.

import { get, post } from "../lib/api.js";
import { compare } from "../lib/decimal.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { bindForm, setProblem } from "../lib/forms.js";
import { when } from "../lib/format.js";
import { panel } from "../lib/panel.js";
import { say } from "../lib/say.js";
import { choice, field, formProblem, submitButton } from "../account/fields.js";
import { amountText, isZero, minus, sum } from "./money.js";
import { moreOf } from "./paging.js";

const WALLETS = { FUNDING: ["Funding", "funding_available"], TRADING: ["Trading", "trading_free"] };
const STATES = { PENDING: ["On its way", "warn"], POSTED: ["Arrived", "ok"], REFUSED: ["Came back", "bad"] };
let balances = [];
let form = null;
let isInward = true;

const shown = panel(one("#transfer"), { load: () => get("/balances"), show, every: 10_000, oldAfter: 15_000 });
const list = moreOf(one("#transfers"), { path: "/transfers", name: "transfers", id: "transfer_id", show: table, nothing, every: 3_000 });

function show(data, body) {
  balances = data.balances;
  if (!form) {
    form = makeForm();
    fill(body, form);
  }
  update();
}

function makeForm() {
  const wanted = new URLSearchParams(location.search).get("asset");
  const known = balances.map((row) => row.asset);
  const made = el("form", { class: "stack" },
    el("div", { class: "swap" }, place("from"), el("button", { type: "button", class: "icon-button", "aria-label": "The other way round", onclick: turn }, "⇄"), place("to")),
    choice("Asset", "asset", known.map((asset) => [asset, asset])),
    amountField(), formProblem(), submitButton("Move"));
  if (known.includes(wanted)) one("select", made).value = wanted;
  else if (known.includes("USDB")) one("select", made).value = "USDB";
  bindForm(made, send);
  made.addEventListener("input", update);
  return made;
}

const place = (which) => el("div", { class: "place" }, el("span", { class: "small faint" }, which === "from" ? "From" : "To"), el("strong", { dataset: { wallet: which } }), el("span", { class: "small soft num", dataset: { has: which } }));

function amountField() {
  const made = field("Amount", "amount", { inputmode: "decimal", required: true, pattern: "[0-9]+([.][0-9]+)?", placeholder: "0.00" });
  const input = one("input", made);
  const box = el("div", { class: "with-button" });
  input.replaceWith(box);
  box.append(input, el("button", { type: "button", class: "button", onclick: () => takeAll(input) }, "All"));
  return made;
}

const row = () => balances.find((one) => one.asset === form.elements.asset.value);
const has = (wallet) => row()?.[WALLETS[wallet][1]] ?? "0";
const ways = () => (isInward ? ["FUNDING", "TRADING"] : ["TRADING", "FUNDING"]);

function takeAll(input) {
  input.value = has(ways()[0]).replace(/\.?0+$/, (zeros) => (zeros.includes(".") ? "" : zeros));
  update();
}

function turn() {
  isInward = !isInward;
  update();
}

function update() {
  const [from, to] = ways();
  const asset = form.elements.asset.value;
  const amount = form.elements.amount.value.trim();
  const isAmount = /^\d+(\.\d+)?$/.test(amount) && !isZero(amount);
  const isTooMuch = isAmount && compare(amount, has(from)) > 0;
  for (const [which, wallet] of [["from", from], ["to", to]]) {
    setText(one(`[data-wallet="${which}"]`, form), WALLETS[wallet][0]);
    const after = !isAmount || isTooMuch ? "" : ` → ${amountText(which === "from" ? minus(has(wallet), amount) : sum(has(wallet), amount), asset, { exact: true, unit: false })}`;
    setText(one(`[data-has="${which}"]`, form), `${amountText(has(wallet), asset, { exact: true })}${after}`);
  }
  setProblem(form, "amount", isTooMuch ? `That is more than ${amountText(has(from), asset, { exact: true })}.` : "");
  const button = one('button[type="submit"]', form);
  setText(button, isAmount ? `Move ${amountText(amount, asset, { exact: true })} to ${WALLETS[to][0].toLowerCase()}` : "Move");
  button.disabled = isTooMuch;
}

async function send({ asset, amount }, key) {
  const [from_wallet, to_wallet] = ways();
  const { transfer } = await post("/transfers", { asset, amount, from_wallet, to_wallet }, { key });
  if (transfer.status === "PENDING") say("unknown", "On its way: the engine has not taken it yet. It arrives or comes back by itself.");
  else if (transfer.status === "REFUSED") say("bad", "The engine did not take it; the money is back.", { code: transfer.reject_reason ?? "" });
  else say("ok", `${amountText(transfer.amount, asset, { exact: true })} moved to ${WALLETS[to_wallet][0].toLowerCase()}.`);
  form.elements.amount.value = "";
  shown.reload();
  list.reload();
}

function nothing() {
  return el("div", { class: "empty" }, el("strong", {}, "No transfers yet"), el("span", {}, "Move money to trading to place orders with it."));
}

function table(transfers) {
  return el("div", { class: "table-wrap" }, el("table", { class: "table stacked" },
    el("caption", { class: "unseen" }, "Transfers, latest first"),
    el("thead", {}, el("tr", {}, ["When (UTC)", "Amount", "Way", "State"].map((words, at) => el("th", { scope: "col", class: at === 1 ? "right" : null }, words)))),
    el("tbody", {}, transfers.map((one) => {
      const [words, kind] = STATES[one.status] ?? [one.status, "unknown"];
      return el("tr", {},
        el("th", { scope: "row" }, when(one.created_at_ms)),
        el("td", { class: "right nowrap", dataset: { label: "Amount" } }, amountText(one.amount, one.asset, { exact: true })),
        el("td", { dataset: { label: "Way" } }, `${WALLETS[one.from_wallet][0]} → ${WALLETS[one.to_wallet][0]}`),
        el("td", { dataset: { label: "State" } }, el("span", { class: `badge ${kind}` }, words), one.reject_reason ? el("small", { class: "faint" }, ` ${one.reject_reason}`) : null));
    }))));
}
