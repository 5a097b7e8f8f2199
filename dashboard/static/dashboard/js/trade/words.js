// The words for what the API names: types, states, reasons, deeds. Pure.
import { grouped, trimmed } from "../lib/decimal.js";

const TYPES = {
  LIMIT: "Limit",
  MARKET: "Market",
  STOP_LIMIT: "Stop limit",
  STOP_MARKET: "Stop market",
  TAKE_PROFIT_LIMIT: "Take-profit limit",
  TAKE_PROFIT_MARKET: "Take-profit market",
};
const STATES = {
  NEW: "Open",
  PARTIALLY_FILLED: "Partly filled",
  UNTRIGGERED: "Waiting for its trigger",
  FILLED: "Filled",
  CANCELED: "Canceled",
  EXPIRED: "Expired",
  REJECTED: "Refused",
};
const REASONS = {
  USER: "by you",
  UNFILLED_REMAINDER: "the rest found nobody at once",
  NO_LIQUIDITY: "nobody was on the other side",
  SELF_TRADE: "it met an order of your own",
  BUDGET_SPENT: "its budget was spent",
  GTD_EXPIRED: "its time had come",
  DEAD_MANS_SWITCH: "by the dead man's switch",
  OPERATOR: "by the house",
  PRICE_BAND: "the price band ended it",
  CIRCUIT_BREAKER: "the circuit breaker ended it",
  INSUFFICIENT_FUNDS: "not enough was free",
  POST_ONLY_WOULD_CROSS: "it would have matched at once",
  FOK_UNFILLED: "not all of it could be filled at once",
};
const TIMES = { GTC: "until canceled", IOC: "at once or not", FOK: "all at once or not", GTD: "until a time" };

export const typeWords = (type) => TYPES[type] ?? type;
export const timeWords = (timeInForce) => TIMES[timeInForce] ?? timeInForce;
export const sideWord = (side) => (side === "BUY" ? "Buy" : "Sell");
export const sideClass = (side) => (side === "BUY" ? "up" : "down");
export const sideSign = (side) => (side === "BUY" ? "▲" : "▼");

/** "Canceled · by you" */
export function stateWords(order) {
  const state = STATES[order.status] ?? order.status;
  const reason = REASONS[order.close_reason];
  return reason ? `${state} · ${reason}` : state;
}

/** For reading: grouped, without the zeros at the end. */
export const amount = (text) => grouped(trimmed(text));

/** An amount of money with at least cents. */
export const money = (text) => grouped(trimmed(text, 2));

/** A price as its market writes it. */
export const price = (text) => grouped(text);

/** "Buy 0.01 BTC", "Sell for 500 USDB": an order as the API writes it, in a few words. */
export function deedWords(order, facts) {
  if (order.quantity) return `${sideWord(order.side)} ${amount(order.quantity)} ${facts.base}`;
  return `${sideWord(order.side)} ${facts.base} for ${money(order.quote_budget)} ${facts.quote}`;
}

/** {base, quote} of a symbol: what its name says. */
export function assetsOf(symbol) {
  const [base, quote] = symbol.split("-");
  return { base, quote };
}

/** "at 60,000.00", "at the market", "at the market once it trades at 59,000.00" */
export function priceWords(order) {
  const at = order.price ? `at ${price(order.price)}` : "at the market";
  return order.trigger_price ? `${at} once it trades at ${price(order.trigger_price)}` : at;
}

/** What an open order has done: 0 to 100, whole, for a bar. */
export function filledPart(order) {
  if (!order.quantity) return 0;
  const digits = (text) => BigInt(text.replace(".", ""));
  const whole = digits(order.quantity);
  return whole === 0n ? 0 : Number((digits(order.filled_quantity) * 100n) / whole);
}
