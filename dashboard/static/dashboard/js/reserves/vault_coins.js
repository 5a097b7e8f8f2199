// Every vault without its owner: its addresses and its unspent outputs, so that anybody can look them up in the
// chain.
import { get } from "../lib/api.js";
import { el, fill } from "../lib/dom.js";
import { panel } from "../lib/panel.js";
import { sayError } from "../lib/say.js";
import { badge, ratioBar } from "../vaults/ratio_bar.js";
import { table } from "../vaults/table.js";
import { bitcoin, dollars, exact, shortId, shortTxid } from "../vaults/texts.js";
import { STATES } from "../vaults/words.js";

const PAGE = 50;
const READ_MS = 30_000;

/** @param {object[]} coins @param {string} of whose */
export function coinsTable(coins, of) {
  const shown = table({
    caption: `Unspent outputs of ${of}`,
    key: (coin) => `${coin.txid}:${coin.vout}`,
    columns: [
      { title: "Output", cell: (coin) => el("span", { class: "row" }, el("span", { class: "mono small", title: `${coin.txid}:${coin.vout}` }, `${shortTxid(coin.txid)}:${coin.vout}`), el("button", { type: "button", class: "button small quiet", dataset: { copy: `${coin.txid}:${coin.vout}` }, "aria-label": `Copy ${coin.txid}:${coin.vout}` }, "Copy")) },
      { title: "Amount", right: true, cell: (coin) => el("span", { class: "num" }, bitcoin(coin.amount)) },
      { title: "Confirmations", right: true, cell: (coin) => String(coin.confirmations) },
      { title: "Address", cell: (coin) => el("span", { class: "hash" }, coin.address) },
      { title: "Remark", cell: (coin) => (coin.being_spent ? "being spent" : coin.status === null ? "too small to count" : "") },
    ],
  });
  shown.show(coins);
  return shown.node;
}

const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

const drawn = new Map();

/** The same part for what is the same, so that it stays open over a refresh. */
function addresses(vault) {
  const content = JSON.stringify([vault.addresses, vault.coins]);
  const known = drawn.get(vault.vault_id);
  if (known?.content === content) return known.node;
  const node = addressesNode(vault);
  node.open = known?.node.open ?? false;
  drawn.set(vault.vault_id, { content, node });
  return node;
}

function addressesNode(vault) {
  const details = el("details", {}, el("summary", {}, `${count(vault.addresses.length, "address", "addresses")}, ${count(vault.coins_count, "coin", "coins")}`));
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    const rest = vault.coins_count > vault.coins.length ? el("p", { class: "soft small" }, `The ${vault.coins.length} largest are shown.`) : null;
    details.append(el("div", { class: "coins-list stack" }, vault.addresses.map((address) => el("p", { class: "hash" }, address)), vault.coins.length ? coinsTable(vault.coins, `vault ${shortId(vault.vault_id)}`) : el("p", { class: "soft" }, "No coin now."), rest));
  });
  return details;
}

const COLUMNS = [
  { title: "Vault", cell: (vault) => el("span", { class: "mono", title: vault.vault_id }, shortId(vault.vault_id)) },
  { title: "State", cell: (vault) => badge(STATES[vault.status] ?? [vault.status, "unknown"]) },
  {
    title: "Collateral",
    right: true,
    cell: (vault) => el("span", { class: "two num" }, exact(bitcoin(vault.collateral), vault.collateral), vault.leaving === "0.00000000" ? null : el("small", { class: "soft" }, `${vault.leaving} leaving`)),
  },
  { title: "Debt", right: true, cell: (vault) => exact(dollars(vault.debt, { up: true }), vault.debt) },
  { title: "Ratio", cell: (vault) => ratioBar({ ...vault, figures: { liquidation_ratio: vault.liquidation_ratio, warning_ratio: vault.liquidation_ratio, min_ratio: vault.liquidation_ratio } }) },
  { title: "In the chain", cell: addresses },
];

/** @param {HTMLElement} root of the panel */
export function bindVaultCoins(root) {
  const shown = table({ caption: "Vaults that hold bitcoin", key: (vault) => vault.vault_id, columns: COLUMNS });
  const older = [];
  let cursor = null;
  const more = el("button", { type: "button", class: "button quiet" }, "More vaults");
  const foot = el("p", { class: "list-more" }, more);
  const draw = (vaults) => {
    foot.hidden = cursor === null;
    shown.show(vaults);
  };
  const { state } = panel(root, {
    load: async () => {
      const found = await get("/reserves/vaults", { limit: PAGE });
      if (older.length === 0) cursor = found.next_cursor;
      return found.vaults;
    },
    show: (vaults, body) => {
      if (!body.contains(shown.node)) fill(body, shown.node, foot);
      draw(joined(vaults, older));
    },
    empty: (vaults) => (vaults.length ? null : el("div", { class: "empty" }, el("strong", {}, "No vault holds bitcoin yet"), el("a", { class: "button quiet", href: "/vaults/new" }, "Open one"))),
    every: READ_MS,
  });
  more.addEventListener("click", async () => {
    more.disabled = true;
    try {
      const found = await get("/reserves/vaults", { limit: PAGE, cursor });
      older.push(...found.vaults);
      cursor = found.next_cursor;
      draw(joined(state.data, older));
    } catch (error) {
      sayError(error);
    } finally {
      more.disabled = false;
    }
  });
}

/** A vault that stands in both is that of the first: it is newer. */
function joined(first, older) {
  const known = new Set(first.map((vault) => vault.vault_id));
  return [...first, ...older.filter((vault) => !known.has(vault.vault_id))];
}
