// The list of one's vaults: read, then kept by the vaults' channel and the price; and the terms for all.
import { get } from "../lib/api.js";
import { el, fill, one } from "../lib/dom.js";
import { atMost } from "../lib/live.js";
import { panel } from "../lib/panel.js";
import { house } from "../lib/socket.js";
import { eventsOf } from "./events.js";
import { atPrice, feeSoFar } from "./figures.js";
import { vaultsTable } from "./list_table.js";
import { followPrice } from "./price_strip.js";
import { showTerms } from "./terms.js";

const READ_MS = 30_000;
const PAGE = 50;
const MOST_SINCE = 64;
const FEES_READ = 20; // vaults of which the whole history is read for the fee

const vaults = new Map();
const histories = new Map();
let cursor = null;
let price = null;
let listed = null;

const redraw = atMost(2, () => listed?.draw());

async function load(before) {
  const found = await get("/vaults", { limit: PAGE, cursor: before });
  if (before === undefined && vaults.size <= PAGE) cursor = found.next_cursor;
  if (before !== undefined) cursor = found.next_cursor;
  for (const vault of found.vaults) take(vault);
  readFees();
  return vaults;
}

function take(vault) {
  if ((vaults.get(vault.vault_id)?.version ?? 0) <= vault.version) vaults.set(vault.vault_id, vault);
}

/** In the background and one after the other: nobody waits for it. */
async function readFees() {
  const owing = [...vaults.values()].filter((vault) => vault.status !== "CLOSED").slice(0, FEES_READ);
  for (const { vault_id: id, version } of owing) {
    const known = histories.get(id);
    if ((known?.events.at(-1)?.version ?? 0) >= version) continue;
    try {
      histories.set(id, await eventsOf(id, known?.events));
      redraw();
    } catch {
      return; // the next turn tries again
    }
  }
}

function feeOf(vault) {
  const known = histories.get(vault.vault_id);
  const isCurrent = known?.isAll && known.events.at(-1)?.version === vault.version;
  return isCurrent ? feeSoFar(known.events, vault.debt) : null;
}

function nothingYet() {
  return el(
    "div",
    { class: "empty" },
    el("strong", {}, "You have no vault"),
    el("span", {}, "A vault keeps your bitcoin under your key. You may mint dollars against it, and need not."),
    el("a", { class: "button primary", href: "/vaults/new" }, "Open your first vault"),
  );
}

function show(_, body) {
  if (!listed || !body.contains(listed.node)) {
    listed = list(body);
  }
  listed.draw();
}

function list(body) {
  const shown = vaultsTable({ feeOf });
  const more = el("button", { type: "button", class: "button quiet", onclick: () => older(more) }, "Older ones");
  const node = el("div", {}, shown.node, el("p", { class: "list-more" }, more));
  const onlyClosed = el("div", { class: "empty" }, "All of your vaults are closed.");
  fill(body, node, onlyClosed);
  const draw = () => {
    const rows = seen();
    onlyClosed.hidden = rows.length > 0;
    more.parentElement.hidden = cursor === null;
    shown.node.hidden = rows.length === 0;
    shown.show(rows);
  };
  return { node, draw };
}

function seen() {
  const withClosed = one("#show-closed").checked;
  return [...vaults.values()]
    .filter((vault) => withClosed || vault.status !== "CLOSED")
    .sort((a, b) => b.created_at_ms - a.created_at_ms)
    .map((vault) => (price?.price ? { ...atPrice(vault, price.price), shownPrice: price.price } : { ...vault, shownPrice: vault.price.price }));
}

async function older(button) {
  button.disabled = true;
  try {
    await load(cursor);
  } finally {
    button.disabled = false;
    listed.draw();
  }
}

function hear(frame, reload) {
  if (frame.type === "snapshot") frame.vaults.forEach(take);
  if (frame.type === "update") take(frame.vault);
  if (frame.type === "update") readFees();
  if (listed === null && vaults.size > 0) reload();
  redraw();
}

function since() {
  const known = [...vaults.values()].slice(0, MOST_SINCE).map(({ vault_id, version }) => [vault_id, version]);
  return vaults.size > 0 && vaults.size <= MOST_SINCE ? Object.fromEntries(known) : undefined;
}

function followVaults() {
  const root = one("#my-vaults");
  if (root === null) return;
  const { reload } = panel(root, {
    load: () => load(undefined),
    show,
    empty: (found) => (found.size === 0 ? nothingYet() : null),
    every: READ_MS,
  });
  one("#show-closed").addEventListener("change", redraw);
  house.subscribe("vaults", {}, (frame) => hear(frame, reload), { since });
}

followVaults();
panel(one("#terms"), {
  load: async () => (await get("/vaults/terms")).terms,
  show: showTerms,
  every: READ_MS,
});
followPrice((found) => {
  price = found;
  redraw();
});
