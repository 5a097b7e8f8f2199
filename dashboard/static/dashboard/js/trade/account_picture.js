// An account as its messages make it: open orders, balances, how far it is known. Pure; it knows no socket.

const OPEN = new Set(["NEW", "PARTIALLY_FILLED", "UNTRIGGERED"]);

export const isOpen = (order) => OPEN.has(order.status);

/** What is known before the first snapshot. `sequences` are null until then. */
export const emptyPicture = () => ({ orders: new Map(), balances: new Map(), sequences: null });

/**
 * Takes a snapshot or an update into the picture. Gives {orders, fills, closed}: the orders that the frame brought,
 * its fills, and those orders that are open no more; null where the frame told nothing new.
 */
export function takeFrame(picture, frame) {
  if (frame.type === "snapshot") return takeSnapshot(picture, frame);
  if (frame.type !== "update" || picture.sequences === null) return null;
  const shard = String(frame.shard);
  if (frame.sequence <= (picture.sequences[shard] ?? 0)) return null;
  picture.sequences[shard] = frame.sequence;
  for (const balance of frame.balances) takeBalance(picture, { ...balance, shard: frame.shard });
  const closed = frame.orders.filter((order) => !takeOrder(picture, order));
  return { orders: frame.orders, fills: frame.fills, closed };
}

/** Orders that were open and are not in it were closed meanwhile: how, only the history says. */
function takeSnapshot(picture, frame) {
  const gone = [...picture.orders.values()].filter((order) => !frame.orders.some((one) => one.order_id === order.order_id));
  picture.sequences = { ...frame.sequences };
  picture.orders = new Map(frame.orders.map((order) => [order.order_id, order]));
  picture.balances = new Map();
  for (const balance of frame.balances) takeBalance(picture, balance);
  return { orders: frame.orders, fills: [], closed: gone };
}

/** Whether it is open still. */
export function takeOrder(picture, order) {
  if (isOpen(order)) picture.orders.set(order.order_id, order);
  else picture.orders.delete(order.order_id);
  return isOpen(order);
}

function takeBalance(picture, { shard, asset, free, locked }) {
  picture.balances.set(`${shard}:${asset}`, { shard: Number(shard), asset, free, locked });
}

/** The balance of an asset in a shard, as texts; nothing is "0". */
export function balanceOf(picture, asset, shard) {
  return picture.balances.get(`${shard}:${asset}`) ?? { shard, asset, free: "0", locked: "0" };
}

/** Latest first. */
export function openOrdersOf(picture) {
  return [...picture.orders.values()].sort((a, b) => b.created_at_ms - a.created_at_ms || compareIds(b, a));
}

const compareIds = (a, b) => (BigInt(a.order_id) < BigInt(b.order_id) ? -1 : 1);
