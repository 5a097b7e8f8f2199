// The wallet of this browser while it is open: in this tab's memory alone, and locked after a time without use.
import { bytesToHex } from "../../vendor/bitcoin.js";
import { seal, unseal } from "./sealing.js";
import { addWallet, announce, askToPersist, onOtherTabs, readWallet, removeWallet, replaceWallet } from "./store.js";
import { childAt, fingerprintOf, keyText, masterOf, proofFor, vaultPath } from "./vault_key.js";
import { entropyOf, seedOf } from "./words.js";

export const IDLE_MS = 5 * 60_000;
const NETWORKS = ["main", "testnet", "signet", "regtest"];
const USED = ["pointerdown", "keydown", "wheel", "touchstart"];

/** The wallet has to be opened with its passphrase first. */
export class Locked extends Error {
  constructor() {
    super("The wallet in this browser is locked.");
  }
}

/** @type {{seed: Uint8Array, usedMs: number}|null} */
let open = null;
let timer = 0;
const listeners = new Set();

/** Why keys cannot be kept here, in plain words; empty where they can. */
export function obstacle() {
  if (!globalThis.isSecureContext || !crypto.subtle) {
    return "Browsers keep keys only for pages that come over https or from this machine itself. This one does not.";
  }
  return "";
}

/** @returns {Promise<boolean>} raises NoStorage */
export async function hasWallet() {
  return Boolean(await readWallet());
}

export const isOpen = () => open !== null;

/**
 * @returns {Promise<{fingerprint: string, keys: Object<string, string>, wordCount: number, origin: string,
 *   createdAtMs: number, hasExtension: boolean}|null>} what is not secret of it
 */
export async function walletFacts() {
  const record = await readWallet();
  return record ? record.facts : null;
}

/**
 * Seals the words and keeps them; the wallet is open then. Raises WalletExists, NoStorage.
 * @param {{words: string[], extension?: string, passphrase: string, origin: "made"|"imported",
 *   onProgress?: (part: number) => void}} given
 */
export async function keepWallet({ words, extension = "", passphrase, origin, onProgress }) {
  const facts = { ...(await factsOf(words, extension)), origin, createdAtMs: Date.now() };
  const secret = packed(words, extension);
  const sealed = await seal(secret, passphrase, bound(facts), onProgress);
  secret.fill(0);
  await addWallet({ version: 1, facts, sealed });
  await askToPersist();
  opened(await seedOf(entropyOf(words), extension));
}

/**
 * @param {string} passphrase
 * @param {(part: number) => void} [onProgress]
 */
export async function unlock(passphrase, onProgress) {
  const record = await readWallet();
  if (!record) throw new Error("There is no wallet in this browser.");
  const secret = await unseal(record.sealed, passphrase, bound(record.facts), onProgress);
  const { entropy, extension } = unpacked(secret);
  secret.fill(0);
  opened(await seedOf(entropy, extension));
}

/** Raises WrongPassphrase where `passphrase` does not open it. */
export async function changePassphrase(passphrase, next, onProgress) {
  const record = await readWallet();
  const secret = await unseal(record.sealed, passphrase, bound(record.facts), (part) => onProgress?.(part / 2));
  const sealed = await seal(secret, next, bound(record.facts), (part) => onProgress?.(0.5 + part / 2));
  secret.fill(0);
  await replaceWallet({ ...record, sealed });
}

/** For good: without its words nobody has these keys any more. */
export async function forgetWallet() {
  lock();
  await removeWallet();
}

/** Whether these words make the wallet that is kept here. */
export async function isThisWallet(words, extension = "") {
  const facts = await walletFacts();
  const { keys } = await factsOf(words, extension);
  return facts !== null && NETWORKS.every((network) => facts.keys[network] === keys[network]);
}

export function lock() {
  clearTimeout(timer);
  open?.seed.fill(0);
  open = null;
  tell();
}

/** In all tabs. */
export function lockEverywhere() {
  lock();
  announce("lock");
}

/**
 * The key that a vault is opened with. Raises Locked.
 * @param {"main"|"testnet"|"signet"|"regtest"} network
 * @param {number} account BIP-48's, mostly 0
 * @returns {{text: string, proofFor: (message: string) => string}}
 */
export function accountKey(network, account = 0) {
  const master = openMaster(network);
  if (!master) throw new Locked();
  const text = keyText(master.node, network, account);
  return { text, proofFor: (message) => proofFor(childAt(openMaster(network)?.node ?? fail(), vaultPath(network, account)), message) };
}

function fail() {
  throw new Locked();
}

/** For signing. @returns {{node: HDKey, fingerprint: string}|null} null while it is locked */
export function openMaster(network) {
  if (!open || isIdle()) return null;
  open.usedMs = Date.now();
  const node = masterOf(open.seed, network);
  return { node, fingerprint: fingerprintOf(node) };
}

/** @param {(what: "open"|"locked"|"changed") => void} listener; gives how to end it */
export function onWallet(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @returns {number} ms until it locks itself */
export const locksInMs = () => (open ? Math.max(0, open.usedMs + IDLE_MS - Date.now()) : 0);

function opened(seed) {
  open = { seed, usedMs: Date.now() };
  watch();
  tell();
}

const isIdle = () => open !== null && locksInMs() === 0;

function watch() {
  clearTimeout(timer);
  if (!open) return;
  if (isIdle()) return lock();
  timer = setTimeout(watch, Math.min(locksInMs() + 50, 5_000));
}

function tell(what = open ? "open" : "locked") {
  for (const listener of listeners) listener(what);
}

async function factsOf(words, extension) {
  const seed = await seedOf(entropyOf(words), extension);
  const keys = Object.fromEntries(NETWORKS.map((network) => [network, keyText(masterOf(seed, network), network)]));
  const fingerprint = fingerprintOf(masterOf(seed, "main"));
  seed.fill(0);
  return { fingerprint, keys, wordCount: words.length, hasExtension: extension !== "" };
}

const bound = (facts) => ({ version: 1, fingerprint: facts.fingerprint, keys: JSON.stringify(facts.keys) });

function packed(words, extension) {
  const text = JSON.stringify({ entropy: bytesToHex(entropyOf(words)), extension });
  return new TextEncoder().encode(text);
}

function unpacked(secret) {
  const { entropy, extension } = JSON.parse(new TextDecoder().decode(secret));
  return { entropy: Uint8Array.from(entropy.match(/../g), (pair) => parseInt(pair, 16)), extension };
}

for (const kind of USED) {
  addEventListener(kind, () => open && !isIdle() && (open.usedMs = Date.now()), { passive: true, capture: true });
}
document.addEventListener("visibilitychange", watch);
addEventListener("pagehide", () => open && lock());
onOtherTabs((what) => {
  if (what === "lock" || what === "changed") lock();
  if (what === "changed") tell("changed");
});
