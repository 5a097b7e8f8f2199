// What follows from a vault's amounts and a price: value, ratio, distance, risk. Pure, in whole numbers; what a
// deed would do is asked of the house and never reckoned here.
import { fromAtoms, mulDiv, toAtoms } from "../lib/decimal.js";

export const PPM = 1_000_000n;
const SATS = 100_000_000n;
const DECIMALS = 8; // of bitcoin, of dollars and of prices alike
const CENT_ATOMS = 1_000_000n;
const RATIO_DECIMALS = 6;
const RISKY_PPM = 1_150_000n; // of the minimum ratio
const BAR_FROM_PPM = 1_000_000n;
const BAR_TO_PPM = 3_000_000n;
const DAYS = 365n;

const atoms = (text) => toAtoms(text, DECIMALS);

/** @param {string|null} text "1.500000" @returns {bigint|null} 1500000n */
export const ratioPpm = (text) => (text === null ? null : toAtoms(text, RATIO_DECIMALS));

/** @returns {string|null} what the bitcoin is worth in dollars, rounded down */
export function valueAt(collateral, price) {
  if (price === null) return null;
  return fromAtoms(mulDiv(atoms(collateral), atoms(price), SATS), DECIMALS);
}

/** @returns {bigint|null} value by debt in ppm, rounded down; null without debt or price */
export function ratioAt(collateral, debt, price) {
  const owed = atoms(debt);
  if (price === null || owed === 0n) return null;
  return mulDiv(atoms(collateral) * atoms(price), PPM, SATS * owed);
}

/** @returns {bigint|null} by how many ppm of the price it may still fall; negative: it has */
export function distancePpm(price, edge) {
  if (price === null || edge === null) return null;
  const now = atoms(price);
  if (now <= 0n) return null;
  return ((now - atoms(edge)) * PPM) / now;
}

/** @param {bigint} dropPpm 100000n: a tenth less @returns {string} */
export function priceAfterDrop(price, dropPpm) {
  return fromAtoms(mulDiv(atoms(price), PPM - dropPpm, PPM), DECIMALS);
}

/** A vault as it would be seen at another price: its value and its ratio, as a copy. */
export function atPrice(vault, price) {
  const ratio = ratioAt(vault.collateral, vault.debt, price);
  return {
    ...vault,
    value: valueAt(vault.collateral, price),
    ratio: ratio === null ? null : fromAtoms(ratio, RATIO_DECIMALS),
  };
}

/**
 * @param {{ratio: string|null, debt: string}} standing
 * @param {{min_ratio: string, warning_ratio: string, liquidation_ratio: string}} figures
 * @returns {"none"|"unknown"|"safe"|"risky"|"warned"|"liquidatable"} exactly at a ratio is safe
 */
export function riskOf({ ratio, debt }, figures) {
  if (atoms(debt) === 0n) return "none";
  if (ratio === null) return "unknown";
  const now = ratioPpm(ratio);
  if (now < ratioPpm(figures.liquidation_ratio)) return "liquidatable";
  if (now < ratioPpm(figures.warning_ratio)) return "warned";
  return now * PPM < ratioPpm(figures.min_ratio) * RISKY_PPM ? "risky" : "safe";
}

/** @param {bigint} ppm @returns {number} where a ratio lies on a bar from 100 % to 300 %, in thousandths */
export function barPlace(ppm) {
  const inside = ppm < BAR_FROM_PPM ? BAR_FROM_PPM : ppm > BAR_TO_PPM ? BAR_TO_PPM : ppm;
  return Number(((inside - BAR_FROM_PPM) * 1000n) / (BAR_TO_PPM - BAR_FROM_PPM));
}

/** @param {string} debt in dollars @param {string} yearly "0.02" @returns {string} of one day */
export function feePerDay(debt, yearly) {
  return fromAtoms(mulDiv(atoms(debt), toAtoms(yearly, RATIO_DECIMALS), PPM * DAYS, true), DECIMALS);
}

const MINTED = { MINTED: (data) => atoms(data.amount) };
const PAID = { REPAID: (data) => atoms(data.paid), SAVED: (data) => atoms(data.paid) };

/**
 * What the fee has come to in a vault's life: what is owed, less what was minted, with what was paid.
 * @param {{name: string, data: object}[]} events all of them
 */
export function feeSoFar(events, debt) {
  let fee = atoms(debt);
  for (const { name, data } of events) {
    if (MINTED[name]) fee -= MINTED[name](data);
    if (PAID[name]) fee += PAID[name](data);
  }
  return fromAtoms(fee < 0n ? 0n : fee, DECIMALS);
}

/** @returns {boolean} whether an amount of eight decimals is more than nothing */
export const isSome = (text) => text !== null && atoms(text) > 0n;

/** @returns {number} -1, 0 or 1 */
export function order(one, other) {
  const difference = atoms(one) - atoms(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** @returns {string} the sum of amounts of eight decimals */
export const total = (texts) =>
  fromAtoms(
    texts.reduce((sum, text) => sum + atoms(text), 0n),
    DECIMALS,
  );

/** @returns {string} the amount with a part of it more, in ppm, rounded up: a guard that allows so much */
export const withRoom = (text, ppm) => fromAtoms(mulDiv(atoms(text), PPM + ppm, PPM, true), DECIMALS);

/** @returns {string} the ratio with a part of it less, in ppm */
export const ratioLess = (text, ppm) =>
  fromAtoms(mulDiv(ratioPpm(text), PPM - ppm, PPM), RATIO_DECIMALS);

/**
 * The dollars to repay, rounded up to a cent, until the ratio is `wanted` ppm; all where less than `floor` would
 * be left. @returns {string} "0.00000000": none
 */
export function repayUntil(vault, price, wantedPpm, floor = "0") {
  const owed = atoms(vault.debt);
  const allowed = mulDiv(atoms(vault.collateral) * atoms(price), PPM, SATS * wantedPpm);
  const over = owed - allowed;
  if (over <= 0n) return fromAtoms(0n, DECIMALS);
  const paid = mulDiv(over, 1n, CENT_ATOMS, true) * CENT_ATOMS;
  return fromAtoms(owed - paid < atoms(floor) ? owed : paid, DECIMALS);
}

/** @param {bigint} percent @returns {string} that part of an amount in whole cents, rounded down: "12.34" */
export function shareOf(text, percent) {
  return fromAtoms(mulDiv(atoms(text), percent, 100n * CENT_ATOMS), 2);
}
