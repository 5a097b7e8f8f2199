// How the chart looks: every colour is a token of the design, read again when the theme changes.

import { token } from "../lib/theme.js";

export function colors() {
  return {
    ground: token("surface"),
    text: token("text-soft"),
    line: token("line"),
    strong: token("line-strong"),
    raised: token("raised"),
    up: token("up"),
    down: token("down"),
    upWash: token("up-wash"),
    downWash: token("down-wash"),
    accent: token("accent"),
  };
}

export function chartOptions(look) {
  return {
    autoSize: true,
    layout: {
      attributionLogo: false, // it brings a <style> of its own; the words below the chart say the same
      background: { type: "solid", color: look.ground },
      textColor: look.text,
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 11,
    },
    grid: { vertLines: { color: look.line }, horzLines: { color: look.line } },
    crosshair: {
      mode: 0,
      vertLine: { color: look.strong, labelBackgroundColor: look.raised },
      horzLine: { color: look.strong, labelBackgroundColor: look.raised },
    },
    rightPriceScale: { borderColor: look.line, scaleMargins: { top: 0.08, bottom: 0.24 } },
    timeScale: { borderColor: look.line, timeVisible: true, secondsVisible: false, rightOffset: 6 },
    handleScroll: { vertTouchDrag: false }, // or a phone could not scroll past the chart
  };
}

export const candleOptions = (look, precision) => ({
  upColor: look.up,
  downColor: look.down,
  wickUpColor: look.up,
  wickDownColor: look.down,
  borderVisible: false,
  priceFormat: { type: "price", precision, minMove: 1 / 10 ** precision },
});

export const volumeOptions = () => ({
  priceScaleId: "volume",
  priceFormat: { type: "volume" },
  lastValueVisible: false,
  priceLineVisible: false,
});
