// Cancels one order or all of them. What was asked and not answered is asked again: a cancel is safe to repeat.
import { get, remove } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { house } from "../lib/socket.js";
import { say, sayError } from "../lib/say.js";
import { account } from "./account.js";
import { isOpen } from "./account_picture.js";
import { isUnknown, overEither } from "./sending.js";
import { amount, assetsOf, sideWord } from "./words.js";

const WAITS_MS = [500, 1_500, 3_000, 5_000, 8_000];
const canceling = new Set();

export const isCanceling = (orderId) => canceling.has(orderId);

/** Once for each order; says the result. An order that was filled meanwhile is no failure. */
export async function cancelOrder(order) {
  if (canceling.has(order.order_id)) return;
  canceling.add(order.order_id);
  account.nudge();
  try {
    const answer = await cancelUntilKnown(order.order_id);
    account.takeAnswer(answer);
    if (answer.status === "CANCELED") say("ok", `Canceled: ${named(answer)}.`);
    else say("warn", `It was ${answer.status.toLowerCase().replace("_", " ")} before it could be canceled: ${named(answer)}.`);
  } catch (error) {
    sayError(error);
  } finally {
    canceling.delete(order.order_id);
    account.nudge();
  }
}

async function cancelUntilKnown(orderId, turn = 0) {
  try {
    return (await overEither(
      () => house.request("order.cancel", { order_id: orderId }),
      () => remove(`/orders/${orderId}`),
    )).order;
  } catch (error) {
    const isNotThere = error.code === "ORDER_NOT_FOUND";
    if (turn >= WAITS_MS.length || !(isNotThere || isUnknown(error))) throw error;
    if (!isNotThere) await pause(WAITS_MS[turn]);
    const { order } = await get(`/orders/${orderId}`).catch((asked) => {
      if (!asked.isAway) throw asked;
      return { order: null };
    });
    return order && !isOpen(order) ? order : cancelUntilKnown(orderId, turn + 1);
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const named = (order) => `${sideWord(order.side).toLowerCase()} ${order.quantity ? `${amount(order.quantity)} ${assetsOf(order.market).base}` : order.market}`;

/** Asks first; of this market alone, or of all. */
export async function askCancelAll(symbol, isMarketOnly) {
  const orders = account.openOrders.filter((order) => !isMarketOnly || order.market === symbol);
  if (orders.length === 0) return say("warn", "There is no open order to cancel.");
  const where = isMarketOnly ? `in ${symbol}` : "in all markets";
  const number = orders.length === 1 ? "one open order" : `${orders.length} open orders`;
  const isSure = await ask({
    title: `Cancel ${number}?`,
    lines: [`All of your open orders ${where} are canceled, stops too. What fills before that stays filled.`],
    deed: `Cancel ${number}`,
    danger: true,
    keep: "Keep them",
  });
  if (isSure) await cancelAll(isMarketOnly ? symbol : null);
}

async function cancelAll(symbol) {
  const market = symbol ? { market: symbol } : {};
  const path = symbol ? `/orders?market=${symbol}` : "/orders";
  try {
    const { canceled_order_ids: ids } = await overEither(
      () => house.request("orders.cancel_all", market),
      () => remove(path),
    );
    say("ok", ids.length === 1 ? "One order was canceled." : `${ids.length} orders were canceled.`);
  } catch (error) {
    sayError(error);
  }
}
