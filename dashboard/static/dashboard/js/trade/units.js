// A market's numbers as BigInt: ticks of price, lots of quantity, atoms of money. Pure; never a float.
import { fromAtoms, toAtoms, trimmed } from "../lib/decimal.js";

export const PPM = 1_000_000n;
const DECIMAL = /^(0|[1-9][0-9]{0,17})?(\.[0-9]{0,10})?$/;

/**
 * @typedef {object} Units
 * @property {number} priceDecimals of a tick
 * @property {number} quantityDecimals of a lot
 * @property {number} quoteDecimals
 * @property {number} baseDecimals
 * @property {bigint} priceStep in ticks: prices are multiples of it
 * @property {bigint} quantityStep in lots
 * @property {bigint} perTickLot quote atoms of one lot at one tick
 * @property {bigint} perLot base atoms of one lot
 */

/** @returns {Units} of a market as `GET /markets` has it */
export function unitsOf(market) {
  const priceDecimals = decimalsIn(market.tick_size);
  const quantityDecimals = decimalsIn(market.lot_size);
  return {
    priceDecimals,
    quantityDecimals,
    quoteDecimals: market.quote_decimals,
    baseDecimals: market.base_decimals,
    priceStep: toAtoms(market.tick_size, priceDecimals),
    quantityStep: toAtoms(market.lot_size, quantityDecimals),
    perTickLot: 10n ** BigInt(market.quote_decimals - priceDecimals - quantityDecimals),
    perLot: 10n ** BigInt(market.base_decimals - quantityDecimals),
  };
}

function decimalsIn(text) {
  const point = text.indexOf(".");
  return point < 0 ? 0 : text.length - point - 1;
}

/**
 * What a person wrote, as {atoms, isExact} rounded down to `decimals`; null for nothing written.
 * Throws RangeError, with words, for what is no plain decimal number.
 */
export function readDecimal(written, decimals) {
  const text = written.trim();
  if (text === "") return null;
  if (!DECIMAL.test(text) || text === ".") throw new RangeError(complaint(text));
  const [whole, part = ""] = text.split(".");
  const kept = part.slice(0, decimals);
  const atoms = toAtoms(`${whole || "0"}${kept ? `.${kept}` : ""}`, decimals);
  return { atoms, isExact: /^0*$/.test(part.slice(decimals)) };
}

function complaint(text) {
  if (text.includes(",")) return "Write it with a point, and without thousands separators.";
  if (text.startsWith("-")) return "It must be more than nothing.";
  return "Write a decimal number, such as 0.25.";
}

export const priceText = (units, ticks) => fromAtoms(ticks, units.priceDecimals);
export const quantityText = (units, lots) => fromAtoms(lots, units.quantityDecimals);
export const quoteText = (units, atoms) => fromAtoms(atoms, units.quoteDecimals);
export const baseText = (units, atoms) => fromAtoms(atoms, units.baseDecimals);

/** Quote atoms of `lots` at `ticks`. */
export const notionalOf = (units, ticks, lots) => ticks * lots * units.perTickLot;

export function ceilDiv(a, b) {
  return a >= 0n ? (a + b - 1n) / b : -(-a / b);
}

/** The fee of `notional` quote atoms, rounded against who pays. */
export const feeOf = (notional, ppm) => ceilDiv(notional * ppm, PPM);

/** What an open limit buy locks: its notional and its fee at the worse of both rates, and one atom. */
export function buyHold(notional, rates) {
  const worst = worstRate(rates);
  return notional + feeOf(notional, worst) + (worst > 0n ? 1n : 0n);
}

export const worstRate = (rates) => (rates.maker > rates.taker ? rates.maker : rates.taker);
export const least = (a, b) => (a < b ? a : b);

/** Millionths as a percentage: 1000n is "0.1 %". */
export function percent(ppm) {
  const sign = ppm < 0n ? "−" : "";
  return `${sign}${trimmed(fromAtoms(ppm < 0n ? -ppm : ppm, 4))} %`;
}
