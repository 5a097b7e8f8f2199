// What the market would say against an order, in the engine's order and with its codes, before it is sent. Pure.
import { grouped, toAtoms, trimmed } from "../lib/decimal.js";
import { crosses, isBuy, isMarket, waits } from "./estimate.js";
import { PPM, notionalOf, percent, priceText, quantityText, quoteText } from "./units.js";

/**
 * The problems of a ticket in a market, the first one first: [{field, code, message}]. `facts` is the market as
 * `GET /markets` has it, `found` the estimate or null, `atMs` the house's time. An empty form has the problem of
 * what is missing, with the code "MISSING".
 */
export function judge(ticket, { facts, scene, found, atMs, openOrders = 0 }) {
  const missing = missingOf(ticket, facts);
  if (missing) return [missing];
  const rules = [status, steps, worth, expiry, band, trigger, postOnly, wholly, room, liquidity, funds];
  return rules.map((rule) => rule(ticket, { facts, scene, found, atMs, openOrders })).filter(Boolean);
}

const missing = (field, message) => ({ field, code: "MISSING", message });

function missingOf(ticket, facts) {
  if (waits(ticket) && !ticket.trigger) return missing("trigger_price", "Enter the price that triggers it.");
  if (!isMarket(ticket) && !ticket.price) return missing("price", "Enter a price.");
  if (ticket.lots === null && ticket.budget === null) return missing("quantity", "Enter a size.");
  if (ticket.timeInForce === "GTD" && Number.isNaN(ticket.expiresMs)) {
    return missing("expires_at_ms", "Say until when it is good.");
  }
  if (ticket.lots === 0n) {
    return { field: "quantity", code: "LOT_SIZE", message: `The least size is ${facts.lot_size} ${facts.base_asset}.` };
  }
  return ticket.budget === 0n ? missing("quantity", "Enter a size.") : null;
}

function status(ticket, { facts }) {
  if (facts.status !== "POST_ONLY" || ticket.postOnly) return null;
  return { field: "", code: "MARKET_POST_ONLY", message: "The market takes post-only orders alone for now." };
}

function steps(ticket, { scene: { units } }) {
  const prices = [ticket.price, ticket.trigger].filter((ticks) => ticks !== null);
  if (prices.some((ticks) => ticks % units.priceStep)) {
    const step = priceText(units, units.priceStep);
    return { field: "price", code: "TICK_SIZE", message: `Prices here are multiples of ${step}.` };
  }
  if (ticket.lots !== null && ticket.lots % units.quantityStep) {
    const step = quantityText(units, units.quantityStep);
    return { field: "quantity", code: "LOT_SIZE", message: `Sizes here are multiples of ${step}.` };
  }
  return null;
}

/** By the limit, else the trigger, else the last price; of budget and quantity the smaller. */
function worth(ticket, { facts, scene: { units, last } }) {
  const ticks = ticket.price ?? ticket.trigger ?? last ?? 0n;
  let notional = ticket.lots === null ? 0n : notionalOf(units, ticks, ticket.lots);
  if (ticket.budget !== null) notional = notional > 0n && notional < ticket.budget ? notional : ticket.budget;
  if (notional === 0n) return null;
  const text = trimmed(quoteText(units, notional), 2);
  const said = `The order is worth ${grouped(text)} ${facts.quote_asset}`;
  if (notional < atomsOf(facts.min_notional, units)) {
    return { field: "quantity", code: "MIN_NOTIONAL", message: `${said}; the least is ${money(facts.min_notional)}.` };
  }
  if (notional > atomsOf(facts.max_notional, units)) {
    return { field: "quantity", code: "MAX_NOTIONAL", message: `${said}; the most is ${money(facts.max_notional)}.` };
  }
  return null;
}

const money = (text) => grouped(trimmed(text, 2));
const atomsOf = (text, units) => toAtoms(text, units.quoteDecimals);
const ticksOf = (text, units) => toAtoms(text, units.priceDecimals);

function expiry(ticket, { atMs }) {
  if (ticket.expiresMs === null || ticket.expiresMs > atMs) return null;
  return { field: "expires_at_ms", code: "EXPIRY_PASSED", message: "That time has passed." };
}

/** As the engine: a limit price further than this from the reference is refused. */
function band(ticket, { facts, scene: { units, last } }) {
  if (!facts.band_ppm || ticket.price === null || waits(ticket)) return null;
  const reference = facts.reference_price ? ticksOf(facts.reference_price, units) : last;
  if (!reference) return null;
  const apart = ticket.price > reference ? ticket.price - reference : reference - ticket.price;
  if (apart * PPM <= reference * BigInt(facts.band_ppm)) return null;
  const most = percent(BigInt(facts.band_ppm));
  const from = grouped(priceText(units, reference));
  return { field: "price", code: "PRICE_BAND", message: `Prices may be at most ${most} from ${from}.` };
}

/** A buy stop waits above the last price and a sell stop below; take-profits the other way round. */
function trigger(ticket, { scene: { last } }) {
  if (!waits(ticket) || !last) return null;
  const waitsAbove = ticket.type.startsWith("STOP") === isBuy(ticket);
  const isReached = waitsAbove ? last >= ticket.trigger : last <= ticket.trigger;
  if (!isReached) return null;
  const side = waitsAbove ? "above" : "below";
  return {
    field: "trigger_price",
    code: "WOULD_TRIGGER_IMMEDIATELY",
    message: `The last price has reached it already: this trigger must be ${side} the last price.`,
  };
}

function postOnly(ticket, { scene }) {
  if (!ticket.postOnly || waits(ticket) || !crosses(ticket, scene)) return null;
  return { field: "price", code: "POST_ONLY_WOULD_CROSS", message: "It would match at once, and is post-only." };
}

function wholly(ticket, { found }) {
  if (ticket.timeInForce !== "FOK" || waits(ticket) || !found || found.now.isComplete) return null;
  return { field: "quantity", code: "FOK_UNFILLED", message: "The book cannot fill all of it at once." };
}

function room(ticket, { facts, openOrders }) {
  const rests = waits(ticket) || (!isMarket(ticket) && ["GTC", "GTD"].includes(ticket.timeInForce));
  if (!rests || openOrders < facts.max_open_orders) return null;
  return { field: "", code: "TOO_MANY_OPEN_ORDERS", message: `At most ${facts.max_open_orders} orders may be open here.` };
}

function liquidity(ticket, { found }) {
  const takesNow = isMarket(ticket) && !waits(ticket);
  if (!takesNow || !found || found.now.lots > 0n) return null;
  return { field: "quantity", code: "NO_LIQUIDITY", message: "Nobody is on the other side of the book for this." };
}

function funds(ticket, { facts, found }) {
  if (!found || found.needed <= found.before) return null;
  const asset = found.asset === "quote" ? facts.quote_asset : facts.base_asset;
  return { field: "quantity", code: "INSUFFICIENT_FUNDS", message: `More than the ${asset} you have free.` };
}

/** What will happen though nothing forbids it: [text]. */
export function warningsOf(ticket, { found, facts }) {
  const words = [];
  if (!found) return words;
  const takesNow = isMarket(ticket) && !waits(ticket);
  if (takesNow && ticket.lots !== null && found.now.lots < ticket.lots) {
    words.push("The book has less than this: the rest will be canceled.");
  }
  if (found.slippage !== null && found.slippage >= 10_000n) {
    words.push(`The average price is ${percent(found.slippage - (found.slippage % 100n))} from the best.`);
  }
  if (!isMarket(ticket) && found.now.lots > 0n && !waits(ticket)) {
    words.push(`${found.resting > 0n ? "Part of it" : "It"} would trade at once, as a taker.`);
  }
  return words;
}
