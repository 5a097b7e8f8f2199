// The market of this page: its facts, its ticker, and its book. Who changes it tells the bus.

import { get } from "../lib/api.js";
import { places, toAtoms } from "../lib/decimal.js";
import { house } from "../lib/socket.js";
import { Book } from "./book.js";
import { bus } from "./bus.js";

/** Facts are null until known; amounts are texts as the API gives them, `tick` and `lot` BigInt atoms. */
export const market = {
  symbol: "",
  facts: null,
  ticker: null,
  book: null,
  /** "loading", "live", "resync" (a snapshot is on its way) or "refused" */
  bookState: "loading",
  base: "",
  quote: "",
  baseDecimals: 0,
  quoteDecimals: 0,
  priceDecimals: 0,
  quantityDecimals: 0,
  tick: 1n,
  lot: 1n,
  status: "",
};

/** Takes what `GET /markets/{symbol}` says. */
export function takeFacts(facts) {
  const isFirst = market.facts === null;
  Object.assign(market, {
    facts,
    symbol: facts.symbol,
    status: facts.status,
    base: facts.base_asset,
    quote: facts.quote_asset,
    baseDecimals: facts.base_decimals,
    quoteDecimals: facts.quote_decimals,
    priceDecimals: places(facts.tick_size),
    quantityDecimals: places(facts.lot_size),
  });
  market.tick = toAtoms(facts.tick_size, market.priceDecimals);
  market.lot = toAtoms(facts.lot_size, market.quantityDecimals);
  if (isFirst) market.book = new Book(market);
  bus.emit("market", market);
}

/** A frame of the socket says less than `GET /tickers`: what it leaves out stays. */
export function takeTicker(ticker) {
  market.ticker = { ...market.ticker, ...ticker };
  bus.emit("market", market);
}

/** Asks for the facts. A missing market is a refusal that the page tells. */
export async function loadFacts(symbol) {
  const { market: facts } = await get(`/markets/${symbol}`);
  takeFacts(facts);
}

/** Listens to the ticker. Gives how to stop. */
export function followTicker() {
  return house.subscribe("ticker", { market: market.symbol }, (frame) => {
    if (frame.ticker) takeTicker(frame.ticker);
  });
}
