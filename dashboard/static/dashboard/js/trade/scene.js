// What an order of now would meet: the market's units, the book, one's rates and what is free.
import { fromAtoms, toAtoms } from "../lib/decimal.js";
import { account } from "./account.js";
import { market } from "./market.js";
import { unitsOf } from "./units.js";

let known = { facts: null, units: null };

/** @returns {import("./estimate.js").Scene | null} null while the market's facts are not known */
export function sceneOf() {
  if (!market.facts) return null;
  if (known.facts !== market.facts) known = { facts: market.facts, units: unitsOf(market.facts) };
  const { units } = known;
  return {
    units,
    rates: account.rates.get(market.symbol) ?? ownRates(market.facts),
    bids: levels(market.book?.bids),
    asks: levels(market.book?.asks),
    free: { base: free(market.base, market.baseDecimals), quote: free(market.quote, market.quoteDecimals) },
    last: lastTicks(),
  };
}

const ownRates = (facts) => ({ maker: BigInt(facts.maker_fee_ppm), taker: BigInt(facts.taker_fee_ppm) });

function levels(side) {
  return side ? Array.from(side.levels(), ([ticks, lots]) => ({ ticks, lots })) : [];
}

function free(asset, decimals) {
  return toAtoms(account.balance(asset, shardOf(market)).free, decimals);
}

/** Trading balances are each shard's own. */
export const shardOf = ({ facts }) => facts?.shard ?? 0;

function lastTicks() {
  const last = market.ticker?.last_price;
  return last ? toAtoms(last, market.priceDecimals) : null;
}

/** The best price of a side as text, or "". */
export function bestText(side) {
  const best = market.book?.[side]?.best;
  return best === null || best === undefined ? "" : fromAtoms(best, market.priceDecimals);
}
