// What an order would cost, pay and leave, before it is sent: as the engine reckons, by the book of now. Pure.
import { PPM, buyHold, feeOf, least, notionalOf, worstRate } from "./units.js";

const UNBOUNDED = 2n ** 63n;

/**
 * @typedef {object} Ticket what a form asks for, in the market's units; what is not there is null
 * @property {"BUY"|"SELL"} side
 * @property {string} type as the API names it
 * @property {bigint|null} price ticks
 * @property {bigint|null} trigger ticks
 * @property {bigint|null} lots
 * @property {bigint|null} budget quote atoms, the fee of a buy included
 * @property {boolean} postOnly
 * @property {string} timeInForce
 *
 * @typedef {object} Scene what it would meet
 * @property {import("./units.js").Units} units
 * @property {{maker: bigint, taker: bigint}} rates ppm
 * @property {{ticks: bigint, lots: bigint}[]} bids best first
 * @property {{ticks: bigint, lots: bigint}[]} asks best first
 * @property {{base: bigint, quote: bigint}} free atoms that trade and are not held
 * @property {bigint|null} last ticks
 */

export const isBuy = (ticket) => ticket.side === "BUY";
export const isMarket = (ticket) => !ticket.type.endsWith("LIMIT");
export const waits = (ticket) => ticket.type.startsWith("STOP") || ticket.type.startsWith("TAKE_PROFIT");

/** The half of the book that a ticket would take from, best first. */
export const oppositeOf = (ticket, scene) => (isBuy(ticket) ? scene.asks : scene.bids);

/** Whether a limit price would meet the other half now. */
export function crosses(ticket, scene) {
  const best = oppositeOf(ticket, scene)[0];
  if (!best || ticket.price === null) return false;
  return isBuy(ticket) ? ticket.price >= best.ticks : ticket.price <= best.ticks;
}

/**
 * What would trade at once: {lots, notional, worst (ticks or null), isComplete}. A budget pays the fee of a
 * buy too; at each price it takes whole steps.
 */
export function walk(ticket, scene) {
  const { units, rates } = scene;
  const feePpm = isBuy(ticket) ? rates.taker : 0n;
  let lots = 0n;
  let notional = 0n;
  let worst = null;
  for (const level of oppositeOf(ticket, scene)) {
    if (isBeyond(ticket, level.ticks)) break;
    const wanted = wantedAt(level, ticket, units, feePpm, { lots, notional });
    if (wanted <= 0n) return { lots, notional, worst, isComplete: lots > 0n };
    const taken = least(wanted, level.lots);
    lots += taken;
    notional += notionalOf(units, level.ticks, taken);
    worst = level.ticks;
  }
  return { lots, notional, worst, isComplete: ticket.lots !== null && lots === ticket.lots };
}

function isBeyond(ticket, ticks) {
  if (ticket.price === null) return false;
  return isBuy(ticket) ? ticks > ticket.price : ticks < ticket.price;
}

function wantedAt(level, ticket, units, feePpm, done) {
  const rest = (ticket.lots ?? UNBOUNDED) - done.lots;
  if (ticket.budget === null) return rest;
  const left = ticket.budget - done.notional - feeOf(done.notional, feePpm);
  return least(rest, affordable(left, notionalOf(units, level.ticks, 1n), feePpm, units.quantityStep));
}

/** Lots at one price that `left` quote atoms pay for with the fee, down to whole steps. */
export function affordable(left, lotNotional, feePpm, step) {
  if (left <= 0n || lotNotional <= 0n) return 0n;
  const lots = (left * PPM) / (lotNotional * (PPM + feePpm));
  return lots - (lots % step);
}

/** How much could be bought or sold with `atoms` of what it takes: lots in whole steps. */
export function mostLots(ticket, scene, atoms) {
  const { units, rates } = scene;
  if (!isBuy(ticket)) return wholeSteps(atoms / units.perLot, units);
  if (isMarket(ticket) && !waits(ticket)) {
    return walk({ ...ticket, price: null, lots: null, budget: atoms }, scene).lots;
  }
  const ticks = ticket.price ?? ticket.trigger;
  if (ticks === null || ticks <= 0n) return 0n;
  const worst = worstRate(rates) > 0n ? worstRate(rates) : 0n;
  const lots = affordable(atoms - 1n, notionalOf(units, ticks, 1n), worst, units.quantityStep);
  const isTooMuch = lots > 0n && buyHold(notionalOf(units, ticks, lots), rates) > atoms;
  return isTooMuch ? lots - units.quantityStep : lots;
}

export const wholeSteps = (lots, units) => lots - (lots % units.quantityStep);

/**
 * @returns {object|null} null where there is nothing to reckon yet, else: `now` (the walk), `resting` lots,
 * `lots`, `notional` and `fee` in quote atoms, `role` "maker"|"taker"|"both", `average` (ticks * 1000),
 * `slippage` (ppm from the best price), `needed` (atoms of what it takes), `asset` "base"|"quote" of that,
 * `before`, `after` atoms free.
 */
export function estimate(ticket, scene) {
  if (ticket.lots === null && ticket.budget === null) return null;
  return waits(ticket) ? estimateWaiting(ticket, scene) : estimateNow(ticket, scene);
}

function estimateNow(ticket, scene) {
  const { units, rates } = scene;
  const takes = isMarket(ticket) || !ticket.postOnly;
  const nothing = { lots: 0n, notional: 0n, worst: null, isComplete: false };
  const now = takes && (isMarket(ticket) || ticket.price !== null) ? walk(ticket, scene) : nothing;
  const mayRest = !isMarket(ticket) && ["GTC", "GTD"].includes(ticket.timeInForce) && ticket.price !== null;
  const resting = mayRest ? ticket.lots - now.lots : 0n;
  const rest = resting > 0n ? notionalOf(units, ticket.price, resting) : 0n;
  const fee = feeOf(now.notional * rates.taker + rest * rates.maker, 1n);
  return withFunds(ticket, scene, {
    now,
    resting,
    lots: now.lots + resting,
    notional: now.notional + rest,
    fee,
    role: resting === 0n ? "taker" : now.lots === 0n ? "maker" : "both",
    ...prices(ticket, scene, now),
  });
}

function prices(ticket, scene, now) {
  const best = oppositeOf(ticket, scene)[0];
  if (now.lots === 0n || !best) return { average: null, slippage: null };
  const average = (now.notional * 1000n) / (now.lots * scene.units.perTickLot);
  const apart = average - best.ticks * 1000n;
  return { average, slippage: ((apart < 0n ? -apart : apart) * PPM) / (best.ticks * 1000n) };
}

/** When it triggers the book is another one: at its limit or its trigger, with the taker's fee. */
function estimateWaiting(ticket, scene) {
  const ticks = ticket.price ?? ticket.trigger;
  if (ticks === null) return null;
  const lots = ticket.lots ?? mostLots({ ...ticket, price: ticks }, scene, ticket.budget);
  const notional = notionalOf(scene.units, ticks, lots);
  return withFunds(ticket, scene, {
    now: { lots: 0n, notional: 0n, worst: null, isComplete: false },
    resting: lots,
    lots,
    notional,
    fee: feeOf(notional, worstRate(scene.rates)),
    role: "taker",
    average: null,
    slippage: null,
  });
}

function withFunds(ticket, scene, found) {
  const { units, rates, free } = scene;
  const asset = isBuy(ticket) ? "quote" : "base";
  const spent = found.notional + (found.fee > 0n ? found.fee : 0n);
  let needed;
  if (!isBuy(ticket)) needed = (ticket.lots ?? found.lots) * units.perLot;
  else if (ticket.budget !== null) needed = ticket.budget;
  else if (ticket.price !== null) needed = buyHold(notionalOf(units, ticket.price, ticket.lots), rates);
  else needed = spent;
  const leaves = isBuy(ticket) ? afterBuy(ticket, scene, found, spent) : found.lots * units.perLot;
  return { ...found, asset, needed, before: free[asset], after: free[asset] - leaves };
}

/** What is free no more once it is placed: what was paid, and what the rest holds. */
function afterBuy(ticket, scene, found, spent) {
  if (waits(ticket)) return ticket.price === null ? (ticket.budget ?? 0n) : spent + 1n;
  if (found.resting === 0n) return spent;
  const paid = found.now.notional + feeOf(found.now.notional, scene.rates.taker);
  return paid + buyHold(notionalOf(scene.units, ticket.price, found.resting), scene.rates);
}
