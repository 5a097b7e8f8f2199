// The candles: history from the API, scrolled back as far as there is any, live ones by the socket; own orders and
// fills on them. It draws; it reckons nothing.

import { CandlestickSeries, createChart, HistogramSeries } from "../../vendor/lightweight-charts.js";
import { get } from "../lib/api.js";
import { grouped } from "../lib/decimal.js";
import { all, el, fill, one, setText } from "../lib/dom.js";
import { atMost } from "../lib/live.js";
import { problem } from "../lib/panel.js";
import { house } from "../lib/socket.js";
import { account } from "./account.js";
import { barOf, isApart, joined, taken, timeOf, volumeOf } from "./chart_data.js";
import { candleOptions, chartOptions, colors, volumeOptions } from "./chart_look.js";
import { Marks } from "./chart_marks.js";
import { market } from "./market.js";

const PAGE = 500;
const MOST = 10_000;
const NEAR = 40; // candles from the left edge when more are asked for
const FIRST_SEEN = 140;
const HZ = 8;

const state = { interval: "1m", candles: [], isLoading: false, isWhole: false, turn: 0, stop: () => {} };
let chart, bars, volumes, marks, look;
let drawLatest = () => {};
let drawMarks = () => {};

export function startChart() {
  look = colors();
  const place = one("#chart");
  const canvas = el("div", { class: "chart-canvas", role: "img", "aria-label": `Candles of ${market.symbol}` });
  fill(place, canvas);
  chart = createChart(canvas, chartOptions(look));
  bars = chart.addSeries(CandlestickSeries, candleOptions(look, market.priceDecimals));
  volumes = chart.addSeries(HistogramSeries, volumeOptions());
  chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
  marks = new Marks(bars, () => drawMarks());
  drawLatest = atMost(HZ, () => drainLatest());
  drawMarks = atMost(2, () => marks.show(look, state.candles.map(timeOf)));
  chart.timeScale().subscribeVisibleLogicalRangeChange((range) => range && range.from < NEAR && loadOlder());
  chart.subscribeCrosshairMove(tellCandle);
  account.on("change", drawMarks);
  document.addEventListener("theme", wearTheme);
  state.interval = keptInterval();
  for (const button of all("[data-interval]")) button.addEventListener("click", () => choose(button.dataset.interval));
  one("#more-intervals").addEventListener("change", (event) => event.target.value && choose(event.target.value));
  markInterval();
}

/** Loads the history and listens. Gives how to stop; who begins again after a while gets what was missed. */
export function followCandles() {
  begin();
  return () => {
    state.turn += 1;
    state.stop();
    state.stop = () => {};
  };
}

function choose(interval) {
  if (interval === state.interval) return;
  state.interval = interval;
  keepInterval(interval);
  markInterval();
  Object.assign(state, { candles: [], isWhole: false });
  begin();
}

async function begin() {
  const turn = ++state.turn;
  state.stop();
  state.stop = () => {};
  const { interval } = state;
  state.isLoading = true;
  try {
    const { candles } = await get(`/markets/${market.symbol}/candles`, { interval, limit: PAGE });
    if (turn !== state.turn) return;
    takeHistory(candles);
    state.stop = house.subscribe("candles", { market: market.symbol, interval }, (frame) => takeLive(frame, turn));
  } catch (error) {
    if (turn === state.turn) tellProblem(error, turn);
  } finally {
    if (turn === state.turn) state.isLoading = false;
  }
}

function takeHistory(candles) {
  const isFirst = state.candles.length === 0;
  const older = state.candles.filter((candle) => candles.length && candle.start_ms < candles[0].start_ms);
  const touches = older.length === 0 || candles[0].start_ms - older.at(-1).start_ms <= stepMs(candles);
  state.candles = touches ? joined(older, candles) : candles;
  state.isWhole = state.isWhole && touches;
  if (isFirst && candles.length < PAGE) state.isWhole = true;
  one("#chart .chart-problem")?.remove();
  drawAll();
  if (isFirst) seeLatest();
}

/** A month is longer than the one before it at most by a few days. */
function stepMs(candles) {
  return candles.length > 1 ? (candles[1].start_ms - candles[0].start_ms) * 1.2 : Infinity;
}

function seeLatest() {
  const count = state.candles.length;
  chart.timeScale().setVisibleLogicalRange({ from: Math.max(-10, count - FIRST_SEEN), to: count + 6 });
}

function takeLive(frame, turn) {
  if (turn !== state.turn || !frame.candles) return;
  if (isApart(state.candles, frame.candles)) {
    begin();
    return;
  }
  for (const candle of taken(state.candles, frame.candles)) pending.set(candle.start_ms, candle);
  drawLatest();
}

const pending = new Map();

function drainLatest() {
  if (document.hidden) return;
  for (const start of [...pending.keys()].sort((a, b) => a - b)) {
    const candle = pending.get(start);
    const isLatest = start >= (state.candles.at(-1)?.start_ms ?? 0);
    bars.update(barOf(candle), !isLatest);
    volumes.update(volumeOf(candle, look), !isLatest);
  }
  pending.clear();
  tellCandle({});
}

async function loadOlder() {
  const { candles, turn, interval } = state;
  if (state.isLoading || state.isWhole || !candles.length || candles.length >= MOST) return;
  state.isLoading = true;
  try {
    const answer = await get(`/markets/${market.symbol}/candles`, { interval, limit: PAGE, end: candles[0].start_ms - 1 });
    if (turn !== state.turn) return;
    const before = state.candles.length;
    state.candles = joined(answer.candles, state.candles);
    state.isWhole = state.candles.length === before || answer.candles.length < PAGE;
    drawAll();
  } catch {
    // scrolling on asks again
  } finally {
    if (turn === state.turn) state.isLoading = false;
  }
}

function drawAll() {
  pending.clear();
  bars.setData(state.candles.map(barOf));
  volumes.setData(state.candles.map((candle) => volumeOf(candle, look)));
  drawMarks();
  tellCandle({});
  const last = state.candles.at(-1);
  one("#chart").dataset.interval = state.interval;
  one("#chart .chart-canvas").setAttribute("aria-label", last ? `${state.candles.length} candles of ${market.symbol}, ${state.interval} each; the last closed at ${last.close}` : `No candles of ${market.symbol} yet`);
}

/** The candle under the pointer, else the latest. */
function tellCandle({ time }) {
  const candle = time === undefined ? state.candles.at(-1) : state.candles.find((one) => timeOf(one) === time);
  setText(one("#chart-candle"), candle ? `O ${grouped(candle.open)}  H ${grouped(candle.high)}  L ${grouped(candle.low)}  C ${grouped(candle.close)}  V ${candle.volume}` : "");
}

function tellProblem(error, turn) {
  if (state.candles.length === 0) {
    one("#chart .chart-problem")?.remove();
    one("#chart").append(el("div", { class: "chart-problem" }, problem(error, begin)));
  }
  setTimeout(() => turn === state.turn && begin(), 5_000);
}

function wearTheme() {
  look = colors();
  chart.applyOptions(chartOptions(look));
  bars.applyOptions(candleOptions(look, market.priceDecimals));
  drawAll();
}

function markInterval() {
  for (const button of all("[data-interval]")) button.setAttribute("aria-pressed", String(button.dataset.interval === state.interval));
  const more = one("#more-intervals");
  more.value = [...more.options].some((option) => option.value === state.interval) ? state.interval : "";
  more.classList.toggle("is-chosen", more.value !== "");
}

function keptInterval() {
  try {
    const kept = localStorage.getItem("interval");
    const known = [...all("[data-interval]").map((button) => button.dataset.interval), ...[...one("#more-intervals").options].map((option) => option.value)];
    return kept && known.includes(kept) ? kept : "1m";
  } catch {
    return "1m";
  }
}

function keepInterval(interval) {
  try {
    localStorage.setItem("interval", interval);
  } catch {
    // storage may be forbidden: then it lasts as long as the page
  }
}
