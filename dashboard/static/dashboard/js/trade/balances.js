// What one has: free to trade, held by orders, and in the funding wallet. Trading figures are live.
import { get } from "../lib/api.js";
import { fromAtoms, places, toAtoms } from "../lib/decimal.js";
import { el, fill, keyed, one } from "../lib/dom.js";
import { atMost } from "../lib/live.js";
import { problem } from "../lib/panel.js";
import { account } from "./account.js";
import { emptyOf, loginDeed, rowOf, tableOf } from "./cells.js";
import { amount } from "./words.js";

const COLUMNS = [
  { name: "Asset" },
  { name: "Free to trade", right: true },
  { name: "Held by orders", right: true },
  { name: "Funding wallet", right: true },
  { name: "Action", right: true },
];
const REST_MS = 1_500;

export function balancesPane(pane) {
  const body = one("[data-body]", pane);
  const state = { wallets: null, table: null, isDue: true, timer: 0 };

  async function load() {
    if (account.state === "out") return fill(body, emptyOf("Log in to see this", "Your balances", loginDeed()));
    state.isDue = false;
    try {
      state.wallets = (await get("/balances")).balances;
      draw();
    } catch (error) {
      state.isDue = true;
      if (!state.wallets) fill(body, problem(error, load));
    }
  }

  const draw = atMost(4, () => {
    if (!state.wallets) return;
    const rows = merged(state.wallets);
    if (rows.length === 0) return fill(body, nothing());
    if (!state.table?.table.isConnected) {
      state.table = tableOf("Your balances", COLUMNS);
      fill(body, el("div", { class: "table-wrap" }, state.table.table));
    }
    keyed(state.table.body, rows, { key: (row) => row.asset, make: makeRow, update: updateRow });
  });

  account.on("change", () => {
    draw();
    clearTimeout(state.timer);
    state.timer = setTimeout(() => (pane.hidden ? (state.isDue = true) : load()), REST_MS);
  });
  return { seen: () => state.isDue && load() };
}

/** Wallets as HTTP told them, with what the account's channel knows of trading since. */
function merged(wallets) {
  const byAsset = new Map(wallets.map((wallet) => [wallet.asset, { ...wallet }]));
  if (!account.isKnown) return [...byAsset.values()];
  const live = new Map();
  for (const { asset, free, locked } of account.balances) {
    const sum = live.get(asset) ?? { free: 0n, locked: 0n, decimals: places(free) };
    sum.free += toAtoms(free, sum.decimals);
    sum.locked += toAtoms(locked, sum.decimals);
    live.set(asset, sum);
  }
  for (const [asset, { free, locked, decimals }] of live) {
    const wallet = byAsset.get(asset) ?? { asset, funding_available: "0", funding_pending: "0" };
    byAsset.set(asset, { ...wallet, trading_free: fromAtoms(free, decimals), trading_locked: fromAtoms(locked, decimals) });
  }
  return [...byAsset.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
}

function makeRow({ asset }) {
  const link = el("a", { href: `/wallet/transfer?asset=${asset}`, class: "button quiet small" }, "Transfer", el("span", { class: "unseen" }, ` ${asset}`));
  return rowOf(COLUMNS, [el("strong", {}, asset), "", "", "", link]);
}

function updateRow(row, wallet) {
  const texts = [null, wallet.trading_free, wallet.trading_locked, wallet.funding_available];
  texts.forEach((text, place) => {
    const wanted = text === null ? null : amount(text);
    if (wanted !== null && row.cells[place].textContent !== wanted) row.cells[place].textContent = wanted;
  });
}

function nothing() {
  const isDemo = document.body.dataset.demo === "1";
  const deed = el("a", { class: "button primary", href: isDemo ? "/wallet" : "/wallet/deposit" }, isDemo ? "Get play money" : "Deposit");
  return emptyOf("Nothing here yet", "What you own stands here, by asset.", deed);
}
