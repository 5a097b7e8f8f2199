// Candles as the chart wants them, and how live ones join those that were loaded. Pure. The chart draws with floats;
// nothing is reckoned with them.

import { approximate } from "../lib/decimal.js";

/** Which interval shifts nothing: seconds since 1970 in UTC. */
export const timeOf = (candle) => candle.start_ms / 1000;

export const barOf = (candle) => ({
  time: timeOf(candle),
  open: approximate(candle.open),
  high: approximate(candle.high),
  low: approximate(candle.low),
  close: approximate(candle.close),
});

export function volumeOf(candle, colors) {
  const isUp = approximate(candle.close) >= approximate(candle.open);
  return { time: timeOf(candle), value: approximate(candle.volume), color: isUp ? colors.upWash : colors.downWash };
}

/** Older candles before those that are known; both oldest first. */
export function joined(older, known) {
  const first = known[0]?.start_ms ?? Infinity;
  return [...older.filter((candle) => candle.start_ms < first), ...known];
}

/**
 * Live candles into the known ones, in place: {changed} are those to draw, or `isGap` where some between are missing
 * and all has to be loaded anew. `previous(ms)` gives where the candle before one begins.
 */
export function taken(known, live) {
  const changed = [];
  for (const candle of live) {
    const last = known.at(-1);
    if (!last || candle.start_ms > last.start_ms) {
      known.push(candle);
      changed.push(candle);
    } else if (candle.start_ms === last.start_ms) {
      known[known.length - 1] = candle;
      changed.push(candle);
    } else if (candle.start_ms === known.at(-2)?.start_ms) {
      known[known.length - 2] = candle;
      changed.push(candle);
    }
  }
  return changed;
}

/** Whether the first of the live candles does not touch the known ones. Live frames have the latest two. */
export const isApart = (known, live) => known.length > 0 && live.length > 0 && live[0].start_ms > known.at(-1).start_ms;
