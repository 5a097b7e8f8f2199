// What recovers a vault without the house: its descriptor, as a file or copied. It holds no secret.
import { get } from "../lib/api.js";
import { one } from "../lib/dom.js";
import { say, sayError } from "../lib/say.js";
import { save } from "./files.js";
import { shortId } from "./texts.js";

/** @param {string} vaultId @returns {Promise<void>} throws ApiError */
export async function exportVault(vaultId) {
  const { recovery } = await get(`/vaults/${vaultId}/export`);
  save(`ballast-vault-${shortId(vaultId)}.json`, recovery, "application/json");
  say("ok", "Keep the recovery file apart from your key.");
}

/** @param {string} vaultId */
export function bindRecovery(vaultId) {
  one("#export-file").addEventListener("click", () => exportVault(vaultId).catch(sayError));
  one("#export-copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText((await get(`/vaults/${vaultId}/export`)).descriptor);
      say("ok", "The descriptor was copied.");
    } catch (error) {
      if (error.code) sayError(error);
      else say("warn", "The browser does not let this page copy. Download the file instead.");
    }
  });
}
