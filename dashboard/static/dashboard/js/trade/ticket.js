// Makes an order of what stands in the form: reads it, snaps it to the market's steps, and gives its body. Pure.
import { isMarket, mostLots, waits, wholeSteps } from "./estimate.js";
import { feeOf, notionalOf, priceText, quantityText, quoteText, readDecimal } from "./units.js";

/**
 * @typedef {object} Written what a person wrote: texts, as they stand in the form
 * @property {"BUY"|"SELL"} side
 * @property {string} type
 * @property {string} price
 * @property {string} trigger
 * @property {string} size
 * @property {"base"|"quote"} unit of `size`
 * @property {string} timeInForce
 * @property {boolean} postOnly
 * @property {string} expires "2026-11-22T05:00", local time, or ""
 * @property {string} selfTrade
 */

/**
 * Gives {ticket, problems, snaps}. A problem is {field, code, message}: what cannot be read. A snap is {field,
 * text, message}: what the market's steps make of it.
 */
export function readTicket(written, scene) {
  const problems = [];
  const snaps = [];
  const { units } = scene;
  const isPriced = !isMarket(written);
  const read = (field, text, decimals) => readField(field, text, decimals, problems);
  const price = isPriced ? toTick(read("price", written.price, units.priceDecimals), "price", written, units, snaps) : null;
  const trigger = waits(written)
    ? toTick(read("trigger_price", written.trigger, units.priceDecimals), "trigger_price", written, units, snaps)
    : null;
  const ticket = {
    side: written.side,
    type: written.type,
    price,
    trigger,
    lots: null,
    budget: null,
    postOnly: isPriced && written.postOnly && ["GTC", "GTD"].includes(written.timeInForce),
    timeInForce: written.timeInForce,
    expiresMs: written.timeInForce === "GTD" ? Date.parse(written.expires) : null,
    selfTrade: written.selfTrade,
  };
  readSize(ticket, written, scene, read, snaps);
  return { ticket, problems, snaps };
}

function readField(field, text, decimals, problems) {
  try {
    return readDecimal(text, decimals);
  } catch (error) {
    problems.push({ field, code: "INVALID_NUMBER", message: error.message });
    return null;
  }
}

/** Never to a worse price than what was written: a buy's down, a sale's up. */
function toTick(read, field, { side }, units, snaps) {
  if (read === null) return null;
  const over = read.atoms % units.priceStep;
  if (over === 0n && read.isExact) return read.atoms;
  const down = read.atoms - over;
  const ticks = side === "BUY" ? down : down + units.priceStep;
  const step = priceText(units, units.priceStep);
  snaps.push({ field, text: priceText(units, ticks), message: `Set to the market's tick of ${step}.` });
  return ticks;
}

function readSize(ticket, written, scene, read, snaps) {
  const { units } = scene;
  if (written.unit === "base") {
    const found = read("quantity", written.size, units.quantityDecimals);
    if (found === null) return;
    ticket.lots = wholeSteps(found.atoms, units);
    if (ticket.lots !== found.atoms || !found.isExact) snaps.push(lotSnap(units, ticket.lots));
    return;
  }
  const found = read("quantity", written.size, units.quoteDecimals);
  if (found === null) return;
  if (isMarket(ticket)) ticket.budget = found.atoms;
  else ticket.lots = lotsWorth(ticket, scene, found.atoms);
}

function lotSnap(units, lots) {
  const step = quantityText(units, units.quantityStep);
  return { field: "quantity", text: quantityText(units, lots), message: `Cut to the market's lot of ${step}.` };
}

/** Lots at the limit price: those of a buy with their fee cost no more than `atoms`. */
function lotsWorth(ticket, scene, atoms) {
  if (ticket.price === null || ticket.price === 0n) return null;
  if (ticket.side === "BUY") return mostLots(ticket, scene, atoms);
  return wholeSteps(atoms / notionalOf(scene.units, ticket.price, 1n), scene.units);
}

/** What stands in the size field for `part` percent of what is free: {unit, text}, or null where nothing is. */
export function sizeOfPart(written, scene, part) {
  const { ticket } = readTicket({ ...written, size: "" }, scene);
  const asset = written.side === "BUY" ? "quote" : "base";
  const atoms = (scene.free[asset] * BigInt(part)) / 100n;
  if (asset === "quote" && isMarket(ticket)) return { unit: "quote", text: quoteText(scene.units, atoms) };
  const lots = mostLots(ticket, scene, atoms);
  if (asset === "quote" && ticket.price === null) return null;
  if (written.unit === "quote" && ticket.price !== null) {
    return { unit: "quote", text: quoteText(scene.units, worth(ticket, scene, lots)) };
  }
  return { unit: "base", text: quantityText(scene.units, lots) };
}

/** The other way of `lotsWorth`: an amount that gives these lots again. */
function worth(ticket, { units, rates }, lots) {
  const notional = notionalOf(units, ticket.price, lots);
  if (ticket.side === "SELL") return notional;
  const worst = rates.maker > rates.taker ? rates.maker : rates.taker;
  return worst > 0n ? notional + feeOf(notional, worst) + 2n : notional;
}

/** What `order.place` and `POST /orders` take. */
export function bodyOf(ticket, units, symbol, clientOrderId) {
  const body = {
    market: symbol,
    side: ticket.side,
    type: ticket.type,
    time_in_force: ticket.timeInForce,
    client_order_id: clientOrderId,
  };
  if (ticket.price !== null) body.price = priceText(units, ticket.price);
  if (ticket.trigger !== null) body.trigger_price = priceText(units, ticket.trigger);
  if (ticket.lots !== null) body.quantity = quantityText(units, ticket.lots);
  if (ticket.budget !== null) body.quote_budget = quoteText(units, ticket.budget);
  if (ticket.postOnly) body.post_only = true;
  if (ticket.expiresMs !== null) body.expires_at_ms = ticket.expiresMs;
  if (ticket.selfTrade && ticket.selfTrade !== "EXPIRE_MAKER") body.self_trade_prevention = ticket.selfTrade;
  return body;
}
