// The owner's signatures of a vault's PSBT, with the wallet of this browser or checked from another one's.
// What has a problem is never signed.
import { base64, secp256k1, Transaction } from "../../vendor/bitcoin.js";
import { explain, isSame } from "./psbt_reading.js";
import { seenVault } from "./store.js";
import { childAt } from "./vault_key.js";
import { Locked, openMaster } from "./wallet.js";

const ALL = 1;

/** It must not be signed; `problems` says why in plain words. */
export class NotSigned extends Error {
  constructor(problems) {
    super(problems.join(" "));
    this.problems = problems;
  }
}

/** `explain` with the vault's descriptor as this browser first saw it. */
export async function explainHere(psbtText, vaultExport, withdrawal, asked = {}) {
  const vaultId = withdrawal.vault_id;
  const seen = vaultId ? await seenVault(vaultId).catch(() => undefined) : undefined;
  return explain(psbtText, vaultExport, withdrawal, { ...asked, descriptor: seen?.descriptor });
}

/**
 * Signs with the open wallet of this browser.
 * @param {string} psbtText base64
 * @param {{recovery: string}|string} vaultExport
 * @param {object} withdrawal
 * @param {{address?: string, amount?: string}} [asked] what the owner typed himself
 * @returns {Promise<string>} the same PSBT in base64 with this key's signatures; raises NotSigned, Locked
 */
export async function sign(psbtText, vaultExport, withdrawal, asked = {}) {
  const reading = await explainHere(psbtText, vaultExport, withdrawal, asked);
  if (reading.problems.length) throw new NotSigned(reading.problems);
  const { transaction, vault, coins } = reading;
  const account = accountOf(vault);
  coins.forEach(({ sats, place }, at) => {
    const { publicKeys, witnessScript } = vault.places[place];
    const child = account.deriveChild(place).deriveChild(vault.index);
    if (!isSame(child.publicKey, publicKeys[0])) throw new NotSigned(["The key of this wallet is not in this vault."]);
    const digest = digestOf(transaction, at, witnessScript, sats);
    transaction.updateInput(at, { partialSig: [[child.publicKey, signDigest(child.privateKey, digest)]] });
    child.wipePrivateData();
  });
  account.wipePrivateData();
  return base64.encode(transaction.toPSBT(0));
}

function accountOf(vault) {
  const [own] = vault.keys;
  const master = openMaster(vault.network);
  if (!master) throw new Locked();
  const account = childAt(master.node, own.path || "0h");
  if (own.fingerprint !== master.fingerprint || account.publicExtendedKey !== own.node?.publicExtendedKey) {
    const whose = own.fingerprint ? `the key ${own.fingerprint}` : "another kind of key";
    throw new NotSigned([`This vault is of ${whose}, and the wallet in this browser is ${master.fingerprint}.`]);
  }
  return account;
}

/** BIP-143's, hashed. */
function digestOf(transaction, at, witnessScript, sats) {
  return transaction.preimageWitnessV0(at, witnessScript, ALL, sats);
}

/** As Bitcoin Core does it: tried again with a counter until R is low. DER, and the byte of SIGHASH_ALL. */
function signDigest(secret, digest) {
  for (let counter = 0; ; counter += 1) {
    const extraEntropy = new Uint8Array(32);
    new DataView(extraEntropy.buffer).setUint32(0, counter, true);
    const how = counter ? { prehash: false, extraEntropy } : { prehash: false };
    const signature = secp256k1.Signature.fromBytes(secp256k1.sign(digest, secret, how));
    const der = signature.toBytes("der");
    if (der[3] <= 32) return Uint8Array.of(...der, ALL);
  }
}

/**
 * What another wallet gave back: the planned transaction, signed by the vault's owner, every coin of it.
 * @param {string} psbtText the planned one
 * @param {string} signedText base64
 * @returns {Promise<string[]>} problems in plain words; empty where the house can have it
 */
export async function signedProblems(psbtText, signedText, vaultExport, withdrawal, asked = {}) {
  const reading = await explainHere(psbtText, vaultExport, withdrawal, asked);
  if (reading.problems.length) return reading.problems;
  let given;
  try {
    given = Transaction.fromPSBT(base64.decode(signedText.trim()), { unknown: "ignore", allowUnknownOutputs: true });
  } catch {
    return ["This is no PSBT that can be read."];
  }
  if (!isSame(given.unsignedTx, reading.transaction.unsignedTx)) {
    return ["This is another transaction than the one that was planned: it was not signed, or something else was."];
  }
  const bad = reading.coins.findIndex((coin, at) => !isSignedByOwner(given, at, coin, reading.vault, reading.transaction));
  if (bad < 0) return [];
  const what = given.getInput(bad).partialSig?.length ? "is signed by another key than this vault's owner's" : "is not signed";
  return [`Coin ${bad + 1} ${what}.`];
}

function isSignedByOwner(given, at, { sats, place }, vault, transaction) {
  const { publicKeys, witnessScript } = vault.places[place];
  const found = (given.getInput(at).partialSig ?? []).find(([key]) => isSame(key, publicKeys[0]));
  if (!found || found[1].at(-1) !== ALL) return false;
  const digest = digestOf(transaction, at, witnessScript, sats);
  try {
    return secp256k1.verify(found[1].slice(0, -1), digest, publicKeys[0], { prehash: false, format: "der", lowS: false });
  } catch {
    return false;
  }
}
