// Keys of vaults: an account's key at BIP-48's path, the proof that it is one's own, keys at places below it.
// Of `python -m custody.owner_wallet` the same words get the same keys and signatures.
import {
  base64,
  bytesToHex,
  concatBytes,
  HARDENED_OFFSET,
  HDKey,
  ripemd160,
  secp256k1,
  sha256,
  utf8ToBytes,
} from "../../vendor/bitcoin.js";

const MAIN = { private: 0x0488ade4, public: 0x0488b21e };
const OTHERS = { private: 0x04358394, public: 0x043587cf };
const MESSAGE_MAGIC = utf8ToBytes("\x18Bitcoin Signed Message:\n");
const COMPRESSED = 31;
const LONGEST_MESSAGE = 252;

/** @typedef {"main"|"testnet"|"signet"|"regtest"} Network */

/** @param {Network} network */
export const versionsOf = (network) => (network === "main" ? MAIN : OTHERS);

/**
 * @param {Uint8Array} seed
 * @param {Network} network
 * @returns {HDKey} the master key
 */
export function masterOf(seed, network) {
  return HDKey.fromMasterSeed(seed, versionsOf(network));
}

/**
 * @param {Network} network
 * @param {number} account
 * @returns {string} "48h/1h/0h/2h": BIP-48, witness scripts
 */
export function vaultPath(network, account = 0) {
  return `48h/${network === "main" ? 0 : 1}h/${account}h/2h`;
}

/**
 * @param {HDKey} master
 * @param {string} path "48h/1h/0h/2h"
 */
export function childAt(master, path) {
  return path.split("/").reduce((node, step) => node.deriveChild(stepNumber(step)), master);
}

/** @param {string} step "48h" or "0" */
export function stepNumber(step) {
  return parseInt(step, 10) + (/[h'H]$/.test(step) ? HARDENED_OFFSET : 0);
}

/** @param {HDKey} node */
export function fingerprintOf(node) {
  return bytesToHex(ripemd160(sha256(node.publicKey)).slice(0, 4));
}

/**
 * @param {HDKey} master
 * @param {Network} network
 * @param {number} account
 * @returns {string} "[6f53d49c/48h/1h/0h/2h]tpub..": what the house may know
 */
export function keyText(master, network, account = 0) {
  const path = vaultPath(network, account);
  return `[${fingerprintOf(master)}/${path}]${childAt(master, path).publicExtendedKey}`;
}

/**
 * The five lines that the key at 0/0 signs.
 * @param {{network: Network, account: string|number, key: string, timeS: number}} facts `account` is the number
 *   of one's account in the house
 */
export function proofText({ network, account, key, timeS }) {
  return ["Ballast vault", `network: ${network}`, `account: ${account}`, `key: ${key}`, `time: ${timeS}`].join("\n");
}

/**
 * @param {HDKey} accountNode of a private key
 * @param {string} message
 * @returns {string} BIP-137 in base64, by the key at 0/0
 */
export function proofFor(accountNode, message) {
  return signMessage(accountNode.deriveChild(0).deriveChild(0).privateKey, message);
}

function signMessage(secret, text) {
  const body = utf8ToBytes(text);
  if (body.length > LONGEST_MESSAGE) throw new RangeError("A message of more than 252 bytes.");
  const digest = sha256(sha256(concatBytes(MESSAGE_MAGIC, Uint8Array.of(body.length), body)));
  const signature = secp256k1.sign(digest, secret, { prehash: false, format: "recovered" });
  return base64.encode(concatBytes(Uint8Array.of(COMPRESSED + signature[0]), signature.slice(1)));
}
