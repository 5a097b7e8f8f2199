// Hands a planned withdrawal to the dialog in which its owner signs; without the keys' module it says where the
// PSBT can be signed instead.
import { say } from "../lib/say.js";

/**
 * @param {object} vault @param {object} withdrawal as the API shows them
 * @param {{address?: string, amount?: string|null}} asked what the owner typed himself, to compare with
 * @param {() => void} onDone
 */
export async function signWithdrawal(vault, withdrawal, asked, onDone) {
  const { signWithdrawal: dialog } = await import("../keys/sign_dialog.js");
  const signed = await dialog({ vault, withdrawal, asked });
  if (signed) say("ok", "Signed. The house signs last and tells the network.");
  onDone();
}
