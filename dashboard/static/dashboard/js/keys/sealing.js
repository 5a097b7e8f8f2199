// How a wallet lies in the browser: sealed by a passphrase with scrypt and AES-256-GCM, or it does not open.
import { utf8ToBytes } from "../../vendor/bitcoin.js";

// OWASP's figures for scrypt: 128 MiB and about half a second for each try, which is what a thief pays too.
const COST = { N: 2 ** 17, r: 8, p: 1 };
const MOST_COST = 2 ** 20;
export const LEAST_CHARACTERS = 12;

/** The passphrase is another one, or what was sealed has been changed. */
export class WrongPassphrase extends Error {}

/** The browser did not find 128 MiB for it, or did not get the script that does it. */
export class TooLittleMemory extends Error {
  constructor() {
    super("Your browser could not do this now: it needs 128 MiB of memory for a moment. Close other tabs, or load the page again.");
  }
}

/**
 * @typedef {{kdf: {N: number, r: number, p: number}, salt: Uint8Array, iv: Uint8Array, box: Uint8Array}} Sealed
 */

/**
 * @param {string} passphrase
 * @returns {string} what is wrong with it in plain words; empty where it will do
 */
export function passphraseProblem(passphrase) {
  const text = passphrase.normalize("NFKC");
  if ([...text].length < LEAST_CHARACTERS) return `It has to have ${LEAST_CHARACTERS} characters or more.`;
  if (new Set(text).size < 5) return "It repeats a few characters only: that is tried first.";
  return "";
}

/**
 * @param {Uint8Array} secret
 * @param {string} passphrase
 * @param {object} bound facts that stand beside the box and must not be changed
 * @param {(part: number) => void} [onProgress] 0 to 1
 * @returns {Promise<Sealed>}
 */
export async function seal(secret, passphrase, bound, onProgress) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await keyOf(passphrase, salt, COST, onProgress);
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: boundBytes(bound) }, key, secret);
  return { kdf: { ...COST }, salt, iv, box: new Uint8Array(box) };
}

/**
 * @param {Sealed} sealed
 * @param {string} passphrase
 * @param {object} bound
 * @param {(part: number) => void} [onProgress]
 * @returns {Promise<Uint8Array>}
 */
export async function unseal(sealed, passphrase, bound, onProgress) {
  const { N, r, p } = sealed.kdf;
  if (!(N >= COST.N && N <= MOST_COST && r === COST.r && p === COST.p)) throw new WrongPassphrase();
  const key = await keyOf(passphrase, sealed.salt, { N, r, p }, onProgress);
  const how = { name: "AES-GCM", iv: sealed.iv, additionalData: boundBytes(bound) };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(how, key, sealed.box));
  } catch {
    throw new WrongPassphrase();
  }
}

async function keyOf(passphrase, salt, cost, onProgress) {
  const bytes = await stretched({ text: utf8ToBytes(passphrase.normalize("NFKC")), salt, ...cost }, onProgress);
  try {
    return await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  } finally {
    bytes.fill(0);
  }
}

/** By a worker of its own, which ends with its answer. */
function stretched(given, onProgress) {
  const worker = new Worker(new URL("./stretching_worker.js", import.meta.url), { type: "module" });
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { part, key, failed } }) => {
      if (part !== undefined) onProgress?.(part);
      if (key) resolve(key);
      if (failed) reject(new TooLittleMemory());
    };
    worker.onerror = () => reject(new TooLittleMemory());
  });
  worker.postMessage(given);
  return answer.finally(() => worker.terminate());
}

function boundBytes(bound) {
  return utf8ToBytes(JSON.stringify(bound, Object.keys(bound).sort()));
}
