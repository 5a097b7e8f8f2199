// Whether an order can be sent at all, whatever stands in the form, and why not. Pure but for what it is given.
import { amount } from "./words.js";

const CLOSED = {
  HALTED: "The market is halted and takes nothing.",
  CANCEL_ONLY: "The market takes cancels only.",
};

/**
 * {isReady, words, link}: why the button is off, or what to know although it is on. `link` is {href, text} or null.
 * `status` is the market's, `houseState` the socket's, `isOnline` the browser's word, `reaches` whether HTTP answers.
 */
export function readinessOf({ accountState, isKnown, status, opensAtMs, houseState, isEngineAway, isOnline, reaches, hasMoney, isDemo, asset }) {
  const no = (words, link = null) => ({ isReady: false, words, link });
  if (accountState === "out") return no("Log in to trade.", { href: loginHref(), text: "Log in" });
  if (!isOnline) return no("Your browser is offline. Orders wait for you here.");
  if (houseState === "away" && !reaches) return no("The house does not answer. It is asked again each second.");
  if (houseState === "stale") return no("Live data is behind: the engine or the queue does not answer. Orders wait.");
  if (isEngineAway) return no("The matching engine does not answer. Orders wait; it comes back by itself.");
  if (!status) return no("The market's terms are on their way.");
  if (CLOSED[status]) return no(CLOSED[status] + opensWords(opensAtMs));
  if (!isKnown && houseState !== "away") return no("Your balances are on their way.");
  if (isKnown && !hasMoney) return no(`You have no ${asset} free to trade.`, moneyLink(isDemo));
  if (houseState === "away") return { isReady: true, words: "Live data is away: orders go the slower way.", link: null };
  if (status === "POST_ONLY") return { isReady: true, words: "The market takes post-only orders alone.", link: null };
  return { isReady: true, words: "", link: null };
}

const loginHref = () => `/login?next=${encodeURIComponent(location.pathname)}`;

function opensWords(opensAtMs) {
  return opensAtMs ? ` It opens again at ${new Date(opensAtMs).toISOString().slice(11, 19)} UTC.` : "";
}

/** Where money comes from: play money in a demo, else the funding wallet. */
function moneyLink(isDemo) {
  return isDemo
    ? { href: "/wallet", text: "Get play money" }
    : { href: "/wallet/transfer", text: "Transfer from your wallet" };
}

/** "Buy 0.01 BTC", "Sell", "Buy BTC for 500 USDB" */
export function deedOf(ticket, texts, { base, quote }) {
  const side = ticket.side === "BUY" ? "Buy" : "Sell";
  if (texts.size && ticket.budget !== null) return `${side} ${base} for ${amount(texts.size)} ${quote}`;
  return texts.size ? `${side} ${amount(texts.size)} ${base}` : `${side} ${base}`;
}
