// Starts the trade page: learns what market it is, then gives each part its data, and rests while nobody looks.

import { get } from "../lib/api.js";
import { all, given, one, setText } from "../lib/dom.js";
import { bus } from "./bus.js";
import { followCandles, startChart } from "./chart.js";
import { startLadder } from "./ladder.js";
import { followBook } from "./live_book.js";
import { followTicker, market, takeFacts, takeTicker } from "./market.js";
import { startStanding } from "./standing.js";
import { followIndex, startStrip } from "./strip.js";
import { startSymbols } from "./symbols.js";
import { followTrades, startTape } from "./tape.js";
import { startViews } from "./views.js";

const AGAIN_MS = 3_000;
const UNSEEN_MS = 20_000;

startViews();
startSymbols();
learn(given("trade-first"));

function learn(first) {
  market.symbol = first.symbol;
  if (first.facts) begin(first.facts, first.ticker);
  else ask(first.symbol);
}

/** The page came without its facts: the database was away. */
async function ask(symbol) {
  const away = one("#away");
  try {
    const facts = symbol ? (await get(`/markets/${symbol}`)).market : (await get("/markets")).markets[0];
    away.hidden = true;
    begin(facts, null);
  } catch (error) {
    setText(away, `The market's facts cannot be had right now (${error.code}). They are asked for again.`);
    away.hidden = false;
    setTimeout(() => ask(symbol), AGAIN_MS);
  }
}

function begin(facts, ticker) {
  takeFacts(facts);
  if (ticker) takeTicker(ticker);
  startStrip();
  startLadder();
  startTape();
  startChart();
  startStanding();
  whileSeen([followTicker, followIndex, followBook, followTrades, followCandles]);
  one("#trade-grid").dataset.ready = "1";
  performance.mark("trade-ready");
}

/** Listens while the page is seen: who hides it for long stops, and goes on when it is looked at again. */
function whileSeen(follows) {
  let stops = follows.map((follow) => follow());
  let timer = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => {
        for (const stop of stops) stop();
        stops = [];
      }, UNSEEN_MS);
    } else if (stops.length === 0) stops = follows.map((follow) => follow());
  });
}
