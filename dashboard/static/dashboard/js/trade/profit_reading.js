// Reads what was gained: the position after the latest fill, and the sums of a time, in at most five pages.
import { toAtoms } from "../lib/decimal.js";
import { now } from "../lib/live.js";

const DAY_MS = 86_400_000;
const PAGE = 200;
const MOST_PAGES = 5;
const SALES_SHOWN = 50;

/**
 * `get` is the API's. Gives {position (the statement's row after the latest fill, or null), realised and fees in
 * quote atoms, sales (latest first), isWhole, days}.
 */
export async function readProfit(get, symbol, days, quoteDecimals) {
  const position = await latestRow(get, symbol);
  if (!position) return { position: null };
  const { rows, isWhole } = await rowsSince(get, symbol, now() - days * DAY_MS);
  const sum = (name) => rows.reduce((total, row) => total + (row[name] === null ? 0n : toAtoms(row[name], quoteDecimals)), 0n);
  const sales = rows.filter((row) => row.side === "SELL").reverse().slice(0, SALES_SHOWN);
  return { position, realised: sum("profit"), fees: sum("fee"), sales, isWhole, days };
}

/** The statement begins at the time of the latest fill, so that it is short however much was traded. */
async function latestRow(get, symbol) {
  const { fills } = await get("/fills", { market: symbol, limit: 1 });
  if (fills.length === 0) return null;
  const { trades } = await get("/statements/trades", { market: symbol, start: fills[0].time_ms, limit: PAGE });
  return trades.at(-1) ?? null;
}

async function rowsSince(get, symbol, startMs) {
  const rows = [];
  let cursor;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await get("/statements/trades", { market: symbol, start: Math.floor(startMs), limit: PAGE, cursor });
    rows.push(...found.trades);
    cursor = found.next_cursor;
    if (!cursor) return { rows, isWhole: true };
  }
  return { rows, isWhole: false };
}

/** Quote atoms that the position is worth above its cost at `last`, rounded down. */
export function unrealisedOf(position, last, { baseDecimals, quoteDecimals, priceDecimals }) {
  const lots = toAtoms(position.position_quantity, baseDecimals);
  const scale = BigInt(baseDecimals + priceDecimals - quoteDecimals);
  const product = lots * toAtoms(last, priceDecimals);
  const worth = scale >= 0n ? product / 10n ** scale : product * 10n ** -scale;
  return worth - toAtoms(position.position_cost, quoteDecimals);
}
