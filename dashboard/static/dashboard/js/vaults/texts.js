// How figures of vaults are written for eyes: what one has is rounded down and what one owes to the nearest cent,
// the exact text beside it as a title.
import { fromAtoms, grouped, mulDiv, toAtoms } from "../lib/decimal.js";
import { el } from "../lib/dom.js";
import { ratioPpm } from "./figures.js";

const NONE = "–";
const DECIMALS = 8;
const CENT_ATOMS = 1_000_000n;

/**
 * @param {string|null} text dollars
 * @param {{up?: boolean}} how debts and their edges to the nearest cent (a hundred-millionth too much is no cent),
 *   but never to nothing; all else down @returns {string}
 */
export function dollars(text, { up = false } = {}) {
  if (text === null) return NONE;
  const atoms = toAtoms(text, DECIMALS);
  const cents = mulDiv(atoms + (up ? CENT_ATOMS / 2n : 0n), 1n, CENT_ATOMS);
  if (up && atoms > 0n && cents === 0n) return "under $0.01";
  return `$${grouped(fromAtoms(cents, 2))}`;
}

/** @param {string|null} text @returns {string} all eight decimals, which money of bitcoin has */
export const bitcoin = (text) => (text === null ? NONE : `${grouped(text)} BTC`);

/** @param {string|null} text "1.500000" @returns {string} "150.0 %", rounded down */
export function percent(text) {
  return text === null ? NONE : percentOfPpm(ratioPpm(text));
}

/** @param {bigint|null} ppm @returns {string} with one decimal, rounded towards nothing */
export function percentOfPpm(ppm) {
  if (ppm === null) return NONE;
  const isNegative = ppm < 0n;
  const tenths = (isNegative ? -ppm : ppm) / 1_000n;
  return `${isNegative ? "−" : ""}${grouped(fromAtoms(tenths, 1))} %`;
}

/** @param {string} text "0.02" @returns {string} "2 %" without needless zeros */
export function rate(text) {
  const hundredths = toAtoms(text, 6) / 100n;
  return `${fromAtoms(hundredths, 2).replace(/\.?0+$/, "")} %`;
}

/** A number with its exact text to be read beside it. */
export function exact(shown, text = null, className = "num") {
  return el("span", { class: className, ...(text === null ? {} : { title: text }) }, shown);
}

/** @param {string} id of a vault @returns {string} its first eight digits */
export const shortId = (id) => id.slice(0, 8);

/** What a vault is called: its label, or its number. */
export const nameOf = (vault) => vault.label || `Vault ${shortId(vault.vault_id)}`;

/** @param {string} txid @returns {string} its two ends */
export const shortTxid = (txid) => `${txid.slice(0, 8)}…${txid.slice(-8)}`;
