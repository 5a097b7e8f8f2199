// What an order would cost, in the words that stand below the form and in the review. Pure.
import { cut, fromAtoms, grouped, mulDiv, places, trimmed } from "../lib/decimal.js";
import { isBuy, isMarket, waits } from "./estimate.js";
import { baseText, percent, priceText, quantityText, quoteText } from "./units.js";
import { amount, money, priceWords, timeWords, typeWords } from "./words.js";

/**
 * Texts for people: {costWord, cost, fee, average, available, size}. Without an estimate all but `available` are "–".
 * `size` is what would be traded, as a plain decimal text, or "".
 */
export function summaryOf(ticket, found, scene, { base, quote }) {
  const { units } = scene;
  const asset = isBuy(ticket) ? "quote" : "base";
  const text = asset === "quote" ? (atoms) => money(toCents(quoteText(units, atoms))) : (atoms) => amount(baseText(units, atoms));
  const name = asset === "quote" ? quote : base;
  const costWord = isBuy(ticket) ? "Cost with fee" : "You receive";
  const free = text(scene.free[asset]);
  if (!found) return { costWord, cost: "–", fee: "–", average: "–", available: `${free} ${name}`, size: "" };
  const cost = isBuy(ticket) ? found.notional + found.fee : found.notional - found.fee;
  return {
    costWord,
    cost: `${isFirm(ticket) ? money(quoteText(units, cost)) : `≈ ${roundedCents(cost, units, isBuy(ticket))}`} ${quote}`,
    fee: `${money(quoteText(units, found.fee))} ${quote} · ${rateWords(found, scene.rates)}`,
    average: averageWords(found, units),
    available: `${free} → ${text(found.after)} ${name}`,
    size: sizeText(ticket, units),
  };
}

/** What is free is shown to the cent, and never more than there is. */
const toCents = (text) => cut(text, Math.min(2, places(text)));

/** What is only about so much needs no more than cents: a cost rounded up, proceeds down. */
function roundedCents(atoms, units, up) {
  const digits = Math.min(2, units.quoteDecimals);
  const cents = mulDiv(atoms, 1n, 10n ** BigInt(units.quoteDecimals - digits), up);
  return grouped(fromAtoms(cents, digits));
}

/** A limit order that rests costs what it says; what trades at once costs what the book says by then. */
const isFirm = (ticket) => !isMarket(ticket) && !waits(ticket);

function sizeText(ticket, units) {
  if (ticket.budget !== null) return quoteText(units, ticket.budget);
  return ticket.lots === null ? "" : quantityText(units, ticket.lots);
}

function rateWords(found, rates) {
  if (found.role === "both") return `taker ${percent(rates.taker)}, maker ${percent(rates.maker)}`;
  return `${found.role} ${percent(rates[found.role])}`;
}

function averageWords(found, units) {
  if (found.average === null) return "–";
  const digits = units.priceDecimals;
  const ticks = found.average / 1000n;
  const words = grouped(fromAtoms(ticks, digits));
  if (found.slippage === 0n) return `${words} · best price`;
  const slippage = found.slippage < 100n ? "< 0.01 %" : percent(found.slippage - (found.slippage % 100n));
  return `${words} · ${slippage} off best`;
}

/** The lines of a review: [word, text]. */
export function reviewLines(body, summary) {
  const lines = [
    ["Order", `${typeWords(body.type)}, ${timeWords(body.time_in_force)}${body.post_only ? ", post-only" : ""}`],
    ["Price", priceWords(body)],
    [summary.costWord, summary.cost],
    ["Fee", summary.fee],
  ];
  if (summary.average !== "–") lines.push(["Average price", summary.average]);
  if (body.expires_at_ms) lines.push(["Good until", `${new Date(body.expires_at_ms).toISOString().slice(0, 16).replace("T", " ")} UTC`]);
  lines.push(["Available", summary.available]);
  return lines;
}

/** For the button beside the size: how much could be bought or sold at most. */
export function mostText(lots, scene, { base }) {
  return lots > 0n ? `${trimmed(quantityText(scene.units, lots))} ${base}` : "–";
}

export const priceOf = (ticks, scene) => priceText(scene.units, ticks);
