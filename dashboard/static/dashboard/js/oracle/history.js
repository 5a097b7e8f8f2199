// The price of an hour, a day, a week: a line of closes in its band of lows and highs, and the same in words.

import { get } from "../lib/api.js";
import { approximate, cut, grouped } from "../lib/decimal.js";
import { all, el, fill, one } from "../lib/dom.js";
import { utcText } from "../lib/format.js";
import { panel } from "../lib/panel.js";
import { token } from "../lib/theme.js";
import uPlot from "../../vendor/uplot.js";

const SPANS = {
  hour: { interval: "1m", limit: 60, words: "the last hour" },
  day: { interval: "5m", limit: 288, words: "the last day" },
  week: { interval: "1h", limit: 168, words: "the last seven days" },
};
const PERIOD_MS = 20_000;
const chart = { plot: null, chosen: "hour" };

export function beginHistory() {
  const root = one("#chart-panel");
  const view = panel(root, { load, show, empty, every: PERIOD_MS, oldAfter: PERIOD_MS * 2 });
  for (const button of all("[data-span]", root)) {
    button.addEventListener("click", () => {
      chart.chosen = button.dataset.span;
      for (const each of all("[data-span]", root)) each.setAttribute("aria-pressed", String(each === button));
      view.reload();
    });
  }
  document.addEventListener("theme", () => view.state.data && redraw(view.state.data, one("[data-body]", root)));
  new ResizeObserver(() => fit()).observe(root);
}

async function load() {
  const span = chart.chosen;
  const { interval, limit } = SPANS[span];
  const { candles } = await get("/oracle/candles", { interval, limit });
  return { span, candles };
}

const empty = ({ candles }) =>
  candles.length ? null : el("div", { class: "empty" }, el("strong", {}, "No price was accepted yet"), el("span", {}, "The line begins with the first one, within seconds where sources answer."));

function show(data, body) {
  if (chart.plot && chart.span === data.span && chart.plot.root.isConnected) {
    chart.plot.setData(columns(data.candles));
    body.querySelector(".chart-words").textContent = words(data);
    return;
  }
  redraw(data, body);
}

function redraw(data, body) {
  chart.plot?.destroy();
  chart.span = data.span;
  const place = el("div", { class: "chart", role: "img", "aria-labelledby": "chart-words" });
  fill(body, place, el("p", { class: "chart-words", id: "chart-words" }, words(data)));
  chart.plot = new uPlot(options(place), columns(data.candles), place);
}

function fit() {
  const place = chart.plot?.root.parentElement;
  if (place?.clientWidth) chart.plot.setSize({ width: place.clientWidth, height: place.clientHeight });
}

/** Times in seconds; numbers are for points on the screen only. */
function columns(given) {
  // A line of one point is none: it is drawn over its own minute.
  const candles = given.length === 1 ? [given[0], { ...given[0], start_ms: given[0].start_ms + 60_000 }] : given;
  return [
    candles.map(({ start_ms: ms }) => ms / 1000),
    ...["close", "low", "high"].map((name) => candles.map((candle) => approximate(candle[name]))),
  ];
}

function words({ span, candles }) {
  const first = candles[0];
  const last = candles.at(-1);
  const of = (name, pick) => grouped(cut(candles.map((candle) => candle[name]).reduce((a, b) => (pick(approximate(a), approximate(b)) === approximate(a) ? a : b)), 2));
  const madeUp = candles.some((candle) => candle.simulated) ? " Simulated." : "";
  return `Over ${SPANS[span].words}, from ${utcText(first.start_ms)} UTC: opened at ${grouped(cut(first.open, 2))}, lowest ${of("low", Math.min)}, highest ${of("high", Math.max)}, now ${grouped(cut(last.close, 2))} USD.${madeUp}`;
}

/** Hours and minutes of UTC; of a week the days. */
const timeText = (seconds) => (chart.span === "week" ? utcText(seconds * 1000).slice(5, 16) : utcText(seconds * 1000).slice(11, 16));

function options(place) {
  const [ink, line, accent] = [token("text-faint"), token("line"), token("accent")];
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: `11px ${token("font")}` };
  return {
    width: place.clientWidth || 600,
    height: place.clientHeight || 270,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { drag: { x: false, y: false } },
    legend: { show: false },
    axes: [{ ...axis, values: (_, ticks) => ticks.map(timeText) }, { ...axis, side: 1, size: 72, values: (_, ticks) => ticks.map((tick) => tick.toLocaleString("en-US")) }],
    series: [
      {},
      { stroke: accent, width: 2, points: { show: false } },
      { stroke: "transparent", points: { show: false } },
      { stroke: "transparent", points: { show: false } },
    ],
    bands: [{ series: [3, 2], fill: token("warn-wash") }],
  };
}
