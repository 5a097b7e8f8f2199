// One's own open orders as lines on the chart, and one's own fills as marks at their candles.

import { createSeriesMarkers, LineStyle } from "../../vendor/lightweight-charts.js";
import { get } from "../lib/api.js";
import { approximate, trimmed } from "../lib/decimal.js";
import { account } from "./account.js";
import { market } from "./market.js";

const MOST_LINES = 60;
const MOST_MARKS = 300;
const EARLIER = 200;

export class Marks {
  #series;
  #markers;
  #lines = new Map();
  #earlier = null; // fills of before this page was opened, latest first

  #redraw;

  constructor(series, redraw) {
    this.#series = series;
    this.#redraw = redraw;
    this.#markers = createSeriesMarkers(series, []);
  }

  /** `starts`: where the candles begin that are drawn, in seconds, oldest first. */
  show(look, starts) {
    this.#showOrders(look);
    this.#showFills(look, starts);
  }

  #showOrders(look) {
    const orders = (account.openOrders ?? []).filter((order) => order.market === market.symbol).slice(0, MOST_LINES);
    const wanted = new Map(orders.filter(lineOf).map((order) => [order.order_id, lineOf(order, look)]));
    for (const [id, line] of this.#lines) {
      if (wanted.has(id)) continue;
      this.#series.removePriceLine(line);
      this.#lines.delete(id);
    }
    for (const [id, options] of wanted) {
      if (this.#lines.has(id)) this.#lines.get(id).applyOptions(options);
      else this.#lines.set(id, this.#series.createPriceLine(options));
    }
  }

  #showFills(look, starts) {
    if (account.isKnown && this.#earlier === null) this.#loadEarlier();
    const all = [...account.fills, ...(this.#earlier ?? [])].filter((fill) => fill.market === market.symbol);
    const fills = [...new Map(all.map((fill) => [`${fill.trade_id} ${fill.order_id}`, fill])).values()].slice(0, MOST_MARKS);
    const marks = fills.map((fill) => markOf(fill, look, starts)).filter(Boolean);
    marks.sort((a, b) => a.time - b.time);
    this.#markers.setMarkers(marks);
  }

  /** Without them the chart has the fills of now alone. */
  async #loadEarlier() {
    this.#earlier = [];
    try {
      this.#earlier = (await get("/fills", { market: market.symbol, limit: EARLIER })).fills;
      this.#redraw();
    } catch {
      this.#earlier = null; // asked again with the next change
    }
  }
}

function lineOf(order, look = {}) {
  const price = order.status === "UNTRIGGERED" ? order.trigger_price : order.price;
  if (price === null || price === undefined) return null;
  const isBuy = order.side === "BUY";
  const quantity = order.remaining_quantity === null ? "" : trimmed(order.remaining_quantity);
  return {
    price: approximate(price),
    color: isBuy ? look.up : look.down,
    lineWidth: 1,
    lineStyle: order.status === "UNTRIGGERED" ? LineStyle.SparseDotted : LineStyle.Dashed,
    axisLabelVisible: true,
    title: `${isBuy ? "Buy" : "Sell"} ${quantity}${order.status === "UNTRIGGERED" ? " when reached" : ""}`.trim(),
  };
}

function markOf(fill, look, starts) {
  const time = startAt(starts, Math.floor(fill.time_ms / 1000));
  if (time === null) return null;
  const isBuy = fill.side === "BUY";
  return {
    time,
    position: isBuy ? "belowBar" : "aboveBar",
    shape: isBuy ? "arrowUp" : "arrowDown",
    color: isBuy ? look.up : look.down,
    text: `${isBuy ? "B" : "S"} ${trimmed(fill.quantity)}`,
    id: fill.trade_id,
  };
}

/** The last of `starts` at or before `seconds`; null before the first. */
export function startAt(starts, seconds) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle] <= seconds) low = middle + 1;
    else high = middle;
  }
  return low ? starts[low - 1] : null;
}
