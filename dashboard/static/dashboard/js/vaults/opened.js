// The last step: the new vault's address, what was paid to it so far, and the file that recovers it.
import { get } from "../lib/api.js";
import { el, fill, one } from "../lib/dom.js";
import { every } from "../lib/live.js";
import { sayError } from "../lib/say.js";
import { coinWords } from "./deposits.js";
import { exportVault } from "./recovery.js";
import { showPayTo } from "./pay_to.js";
import { bitcoin } from "./texts.js";

const READ_MS = 3_000;

/** @param {object} vault as POST /vaults answers */
export function showOpened(vault) {
  one("#opened-link").href = `/vaults/${vault.vault_id}`;
  one("#opened-export").addEventListener("click", () => exportVault(vault.vault_id).catch(sayError));
  showPayTo(one("#opened-address"), vault.address);
  every(READ_MS, () => readDeposits(vault.vault_id));
}

async function readDeposits(vaultId) {
  const place = one("#opened-deposits");
  try {
    const { deposits, minimum } = await get(`/vaults/${vaultId}/deposits`, { limit: 10 });
    fill(place, deposits.length ? deposits.map(line) : waiting(minimum));
  } catch {
    fill(place, el("p", { class: "soft" }, "What was paid to it cannot be read now. The address is good all the same."));
  }
}

const waiting = (minimum) =>
  el("p", { class: "soft" }, `Nothing was paid to it yet. The least that counts is ${bitcoin(minimum)}.`);

const line = (coin) => el("p", { class: "banner" }, el("strong", { class: "num" }, bitcoin(coin.amount)), coinWords(coin));
