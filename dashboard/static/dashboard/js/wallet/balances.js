// Balances as they change: what there is, where it is, what it is worth; and the faucet of a demo.

import { get, newKey, post } from "../lib/api.js";
import { compare, toAtoms } from "../lib/decimal.js";
import { all, el, fill, one } from "../lib/dom.js";
import { atMost, span } from "../lib/live.js";
import { panel } from "../lib/panel.js";
import { say, sayError } from "../lib/say.js";
import { house } from "../lib/socket.js";
import { amountText, cents, dollars, isZero, share, sum } from "./money.js";

const PLACES = [
  ["funding", "Funding", "funding_available"],
  ["pending", "On its way out", "funding_pending"],
  ["free", "Trading, free", "trading_free"],
  ["orders", "In orders", "trading_locked"],
];
const PERIOD_MS = 10_000;
const totalRoot = one("#total");
const assetsRoot = one("#assets");
const isDemo = Boolean(document.body.dataset.demo);

const total = panel(totalRoot, { load, show: showTotal, every: PERIOD_MS, oldAfter: 15_000 });
const assets = panel(assetsRoot, { load, show: showAssets, empty: nothing, every: PERIOD_MS, oldAfter: 15_000 });
const again = atMost(1, () => {
  total.reload();
  assets.reload();
});
house.subscribe("account", {}, (frame) => frame.type !== "refused" && again());
house.onState((state) => state === "live" && total.state.data && again());

let underway = null;

/** Both panels show one answer. */
function load() {
  underway ??= Promise.all([get("/balances"), get("/oracle/price").catch(() => null)]).finally(() => {
    underway = null;
  });
  return underway.then(([{ balances }, price]) => ({ balances: balances.map(withTotal), price }));
}

function withTotal(row) {
  return { ...row, total: sum(...PLACES.map(([, , name]) => row[name])) };
}

function showTotal({ balances, price }, body) {
  const worth = (text, asset) => cents(text, asset, price?.price ?? null);
  const known = balances.filter((row) => worth(row.total, row.asset) !== null);
  const unknown = balances.filter((row) => worth(row.total, row.asset) === null);
  const whole = known.reduce((sofar, row) => sofar + worth(row.total, row.asset), 0n);
  const parts = PLACES.map(([kind, words, name]) => [kind, words, known.reduce((sofar, row) => sofar + worth(row[name], row.asset), 0n)]);
  fill(body, el("div", { class: "total" },
    el("div", {}, el("div", { class: "total-figure" }, dollars(whole)), el("p", { class: "soft small" }, priceWords(price)),
      unknown.length ? el("p", { class: "small" }, `Without ${unknown.map((row) => amountText(row.total, row.asset)).join(", ")}: no price says what that is worth.`) : null),
    el("div", { class: "stack" }, splitBar(parts.map(([kind, , amount]) => [kind, share(amount, whole)])),
      el("div", { class: "row" }, parts.map(([kind, words, amount]) => el("span", { class: `key ${kind}` }, `${words} ${dollars(amount)}`))))));
}

function priceWords(price) {
  if (!price?.price) return "No price of bitcoin is known right now.";
  const state = { FRESH: "", DEGRADED: ", degraded", STALE: ", stale", HALTED: ", halted" }[price.state] ?? "";
  const made = price.simulated ? ", simulated" : "";
  return `One bitcoin at ${dollars(cents("1.00000000", "BTC", price.price))}${state}${made}, ${span(price.age_ms ?? 0)} old.`;
}

function splitBar(parts) {
  return el("div", { class: "split", "aria-hidden": "true" }, parts.filter(([, width]) => width > 0).map(([kind, width]) => {
    const bar = el("i", { class: kind });
    bar.style.flex = `${width} 1 0`;
    return bar;
  }));
}

function nothing({ balances }) {
  if (balances.some((row) => !isZero(row.total))) return null;
  const deed = isDemo ? el("a", { class: "button primary", href: "#faucet" }, "Take play money") : el("a", { class: "button primary", href: "/wallet/deposit" }, "Deposit bitcoin");
  return el("div", { class: "empty" }, el("strong", {}, "Your wallet is empty"), el("span", {}, isDemo ? "A faucet below gives as much as you like." : "It begins with a deposit of bitcoin."), deed);
}

function showAssets({ balances, price }, body) {
  const rows = balances.filter((row) => !isZero(row.total) || ["BTC", "USDB"].includes(row.asset));
  const heads = PLACES.map(([, words]) => el("th", { scope: "col", class: "right" }, words));
  fill(body, el("div", { class: "table-wrap" }, el("table", { class: "table stacked" },
    el("caption", { class: "unseen" }, "Balances by asset and wallet"),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Asset"), heads, el("th", { scope: "col", class: "right" }, "All"), el("th", { scope: "col", class: "right" }, "Worth"), el("th", { scope: "col" }, el("span", { class: "unseen" }, "Deeds")))),
    el("tbody", {}, rows.map((row) => assetRow(row, price))))));
}

function assetRow(row, price) {
  const whole = toAtoms(row.total, 10);
  const parts = PLACES.map(([kind, , name]) => [kind, share(toAtoms(row[name], 10), whole)]);
  const cells = PLACES.map(([, words, name]) => el("td", { class: `right nowrap ${isZero(row[name]) ? "faint is-zero" : ""}`, dataset: { label: words }, title: `${row[name]} ${row.asset}` }, amountText(row[name], row.asset, { unit: false })));
  return el("tr", {},
    el("th", { scope: "row" }, el("span", {}, row.asset, splitBar(parts))), cells,
    el("td", { class: "right nowrap", dataset: { label: "All" }, title: `${row.total} ${row.asset}` }, el("strong", {}, amountText(row.total, row.asset, { unit: false }))),
    el("td", { class: "right nowrap", dataset: { label: "Worth" } }, dollars(cents(row.total, row.asset, price?.price ?? null))),
    el("td", { class: "right" }, el("span", { class: "row deeds" }, deeds(row))));
}

function deeds(row) {
  const link = (href, words) => el("a", { class: "button small", href }, words, el("span", { class: "unseen" }, ` ${row.asset}`));
  const canMove = compare(sum(row.funding_available, row.trading_free), "0") > 0;
  return [row.asset === "BTC" ? link("/wallet/deposit", "Deposit") : null, row.asset === "BTC" ? link("/wallet/withdraw", "Withdraw") : null, canMove ? link(`/wallet/transfer?asset=${row.asset}`, "Transfer") : null];
}

for (const button of all("#faucet [data-asset]")) {
  let key = newKey();
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    button.classList.add("is-sending");
    const { asset, amount } = button.dataset;
    try {
      await post("/faucet", { asset, amount }, { key });
      key = newKey();
      say("ok", `${amountText(`${amount}.00000000`.replace(/(\..*)\..*/, "$1"), asset, { exact: true })} came into your funding wallet.`);
    } catch (error) {
      if (!error.isUnknown) key = newKey();
      sayError(error);
    }
    button.setAttribute("aria-busy", "false");
    button.classList.remove("is-sending");
    again();
  });
}
