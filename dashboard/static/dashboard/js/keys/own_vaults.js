// One's vaults and whose keys they are of: the keys of this browser, or others that have to be brought first.
import { get } from "../lib/api.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { trimmed } from "../lib/decimal.js";
import { problem } from "../lib/panel.js";
import { readExport } from "./descriptor.js";

const MOST = 20;

/** @param {{fingerprint: string, keys: Object<string, string>}|null} facts of the keys here; null: there are none */
export async function showVaults(facts) {
  if (document.body.dataset.knowledge === "nobody") return undefined;
  const panel = one("#own-vaults");
  const body = panel && one("[data-body]", panel);
  if (!body) return undefined;
  try {
    const rows = await ownVaults();
    return facts ? fill(body, table(rows, facts)) : tellMissing(rows);
  } catch (error) {
    return fill(body, problem(error, () => showVaults(facts)));
  } finally {
    panel.setAttribute("aria-busy", "false");
  }
}

async function ownVaults() {
  const { vaults } = await get("/vaults", { limit: MOST });
  const open = vaults.filter((vault) => vault.status !== "CLOSED");
  return Promise.all(open.map(async (vault) => ({ vault, key: await ownerKey(vault.vault_id) })));
}

async function ownerKey(vaultId) {
  const { keys } = readExport(await get(`/vaults/${vaultId}/export`));
  return keys[0];
}

function table(rows, facts) {
  if (!rows.length) return el("p", { class: "empty" }, "No vaults yet. One is opened with the account key above.");
  return el(
    "table",
    { class: "table" },
    el("caption", { class: "unseen" }, "Your vaults and whose keys they are of"),
    el("thead", {}, el("tr", {}, ["Vault", "Bitcoin", "Key"].map((title, at) => el("th", { scope: "col", class: at === 1 ? "right" : null }, title)))),
    el("tbody", {}, rows.map((row) => line(row, facts))),
  );
}

function line({ vault, key }, facts) {
  const isHere = Object.values(facts.keys).includes(key.text);
  const badge = isHere
    ? el("span", { class: "badge ok" }, "✓ these keys")
    : el("span", { class: "badge warn" }, `! other keys: ${key.fingerprint || "fixed"}`);
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, el("a", { href: `/vaults/${vault.vault_id}` }, vault.label || vault.vault_id.slice(0, 8))),
    el("td", { class: "right" }, trimmed(vault.collateral, 2)),
    el("td", {}, badge),
  );
}

/** Vaults and no keys: the storage was cleared, or it is another browser. */
function tellMissing(rows) {
  if (!rows.length) return;
  const place = one("#missing-keys");
  const prints = [...new Set(rows.map(({ key }) => key.fingerprint).filter(Boolean))].join(", ");
  const many = rows.length === 1 ? "a vault" : `${rows.length} vaults`;
  setText(place, `You have ${many} of the keys ${prints}. If you made them in a browser, its storage was cleared or this is another one: bring your words. If a device has them, you need nothing here.`);
  place.hidden = false;
}
