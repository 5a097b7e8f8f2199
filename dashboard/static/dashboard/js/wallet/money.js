// Amounts of wallets: exact sums, and what they are worth at the price that the house shows.

import { cut, fromAtoms, grouped, mulDiv, places, toAtoms, trimmed } from "../lib/decimal.js";

const PRICE_DECIMALS = 8;
const SHOWN = { BTC: 8, USDB: 2 };

/** Sum of decimal texts of one asset, as a text with as many digits as the longest. */
export function sum(...texts) {
  const decimals = Math.max(0, ...texts.map(places));
  return fromAtoms(texts.reduce((total, text) => total + toAtoms(text, decimals), 0n), decimals);
}

export const minus = (a, b) => {
  const decimals = Math.max(places(a), places(b));
  return fromAtoms(toAtoms(a, decimals) - toAtoms(b, decimals), decimals);
};

export const isZero = (text) => /^-?0*\.?0*$/.test(text);

/** "1,234.50 USDB": dollars to the cent and cut, bitcoin whole, others without zeros at the end. `exact` shows all there is. */
export function amountText(text, asset, { exact = false, unit = true } = {}) {
  const digits = SHOWN[asset];
  const shown = digits === undefined ? trimmed(text) : exact && asset !== "BTC" ? trimmed(text, digits) : cut(text, digits);
  return unit ? `${grouped(shown)} ${asset}` : grouped(shown);
}

/** Cents, down; null where nobody says what it is worth. `price` is dollars for a bitcoin, or null. */
export function cents(text, asset, price) {
  const decimals = places(text);
  const atoms = toAtoms(text, decimals);
  const unit = 10n ** BigInt(decimals);
  if (asset === "USDB") return mulDiv(atoms, 100n, unit);
  if (asset !== "BTC" || price === null) return atoms === 0n ? 0n : null;
  return mulDiv(atoms * toAtoms(price, PRICE_DECIMALS), 100n, unit * 10n ** BigInt(PRICE_DECIMALS));
}

/** "$1,234.50", or "no price" */
export const dollars = (amount) => (amount === null ? "no price" : `$${grouped(fromAtoms(amount, 2))}`);

/** A share of a whole in percent, for widths only. */
export const share = (part, whole) => (whole > 0n ? Number((part * 10_000n) / whole) / 100 : 0);
