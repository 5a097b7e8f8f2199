// Tells results quietly: what was placed, refused or filled. Fills of one order that come together are one sentence.
import { fromAtoms, places, toAtoms } from "../lib/decimal.js";
import { say } from "../lib/say.js";
import { account } from "./account.js";
import { placements } from "./sending.js";
import { amount, assetsOf, price, priceWords, sideWord, stateWords } from "./words.js";

const TOGETHER_MS = 350;
const waiting = new Map();

export function startResults() {
  placements.onChange(tellPlacement);
  account.on("fill", (fill) => {
    const known = waiting.get(fill.order_id);
    if (known) known.push(fill);
    else {
      waiting.set(fill.order_id, [fill]);
      setTimeout(() => tellFills(fill.order_id), TOGETHER_MS);
    }
  });
}

function tellPlacement({ state, order, error, body }) {
  if (state === "done") tellOrder(order);
  else if (state === "checking") say("unknown", "No answer came for your order. It is asked after until it is known.");
  else if (state === "lost") say("warn", "Your order never came to the house. Nothing was done.");
  else if (state === "refused") say("bad", `${sideWord(body.side)} ${body.market}: ${error.message}`, error);
}

/** Fills speak for themselves as long as the account's channel is live. */
function tellOrder(order) {
  const isFilled = !/^0*\.?0*$/.test(order.filled_quantity);
  account.takeAnswer(order);
  if (isFilled && account.state === "live") return;
  const { base } = assetsOf(order.market);
  const size = order.quantity ? `${amount(order.quantity)} ${base}` : base;
  const named = `${sideWord(order.side).toLowerCase()} ${size} ${priceWords(order)}`;
  const isGood = ["NEW", "PARTIALLY_FILLED", "UNTRIGGERED", "FILLED"].includes(order.status);
  say(isGood ? "ok" : "warn", `${stateWords(order)}: ${named}.`);
}

function tellFills(orderId) {
  const fills = waiting.get(orderId) ?? [];
  waiting.delete(orderId);
  if (fills.length === 0) return;
  const { side, market } = fills[0];
  const { base } = assetsOf(market);
  const { quantity, average } = summed(fills);
  say("ok", `${side === "BUY" ? "Bought" : "Sold"} ${amount(quantity)} ${base} at ${price(average)}.`);
}

/** The quantity of all and their average price, cut to the price's digits. */
export function summed(fills) {
  const sizeDigits = places(fills[0].quantity);
  const priceDigits = places(fills[0].price);
  let lots = 0n;
  let worth = 0n;
  for (const fill of fills) {
    const size = toAtoms(fill.quantity, sizeDigits);
    lots += size;
    worth += size * toAtoms(fill.price, priceDigits);
  }
  return { quantity: fromAtoms(lots, sizeDigits), average: fromAtoms(worth / lots, priceDigits) };
}
