// The oracle's price on top of the pages of vaults: live over the socket, asked for where that is away, and
// greyed with its age when it gets old.
import { get } from "../lib/api.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { atMost, every, now, span } from "../lib/live.js";
import { house } from "../lib/socket.js";
import { dollars } from "./texts.js";
import { PRICES, whyNot } from "./words.js";

const ASKED_MS = 5_000;
const OLD_MS = 15_000;
const DRAWN_HZ = 2;

/**
 * @typedef {{price: string|null, mint: string|null, mintRefusal: string|null, state: string, may: object,
 *   simulated: boolean, ageMs: number|null, heardMs: number}} Price
 * @param {(price: Price) => void} onPrice at most twice a second
 */
export function followPrice(onPrice) {
  const strip = one("#price-strip");
  let latest = null;
  const draw = atMost(DRAWN_HZ, () => {
    show(strip, latest);
    onPrice(latest);
  });
  const hear = (frame) => {
    latest = read(frame);
    draw();
  };
  house.subscribe("prices", { sources: false }, (frame) => frame.type !== "refused" && hear(frame));
  every(ASKED_MS, async () => {
    if (latest !== null && performance.now() - latest.heardMs < ASKED_MS) return;
    try {
      hear(await get("/oracle/price"));
    } catch {
      if (latest === null) away(strip);
    }
  });
  every(1_000, () => latest !== null && showAge(strip, latest));
}

function read(frame) {
  return {
    price: frame.price,
    mint: frame.mint.price,
    mintRefusal: frame.mint.refusal,
    state: frame.state,
    may: frame.may,
    simulated: frame.simulated,
    ageMs: frame.age_ms,
    heardMs: performance.now(),
  };
}

function show(strip, price) {
  setText(one("#price-now", strip), dollars(price.price));
  const [word, kind] = PRICES[price.state] ?? [price.state, "unknown"];
  const badge = one("#price-state", strip);
  badge.className = `badge ${kind}`;
  setText(badge, price.simulated ? `${word} · simulated` : word);
  setText(one("#price-mint", strip), price.mint === null ? "None now" : dollars(price.mint));
  fill(one("#price-may", strip), mayWords(price));
  showAge(strip, price);
}

function mayWords({ may, mintRefusal }) {
  if (may.mint && !mintRefusal) return "Everything: minting and withdrawing, too.";
  const why = whyNot(mintRefusal ?? "ORACLE_STALE", "Nobody mints or takes bitcoin out while owing.");
  return el("span", {}, why);
}

function showAge(strip, price) {
  const silentMs = performance.now() - price.heardMs;
  const ageMs = price.ageMs === null ? null : price.ageMs + silentMs;
  strip.classList.toggle("is-stale", silentMs > OLD_MS);
  const age = ageMs === null ? "never had one" : ageMs < 1_000 ? "just now" : `${span(ageMs)} old`;
  setText(one("#price-age", strip), silentMs > OLD_MS ? `${age} · the house is not heard` : age);
}

function away(strip) {
  setText(one("#price-now", strip), "–");
  setText(one("#price-mint", strip), "–");
  setText(one("#price-state", strip), "Not known");
  setText(one("#price-age", strip), "the oracle does not answer");
  setText(one("#price-may", strip), "What you see of your vaults is as it was last read.");
}

/** The house's clock in seconds, which a proof names. */
export const seconds = () => Math.floor(now() / 1000);
