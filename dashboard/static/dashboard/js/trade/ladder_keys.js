// Keys in the book: up and down from price to price, Home and End to the ends. Enter presses the price, as everywhere.

import { all, one } from "../lib/dom.js";

const WAYS = { ArrowUp: -1, ArrowDown: 1, PageUp: -5, PageDown: 5, Home: -Infinity, End: Infinity };

export function moveAlong(event) {
  const way = WAYS[event.key];
  if (way === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = all("tr[data-price]", event.currentTarget);
  const from = rows.indexOf(event.target.closest("tr"));
  if (from < 0) return;
  event.preventDefault();
  event.stopPropagation();
  const to = Math.max(0, Math.min(rows.length - 1, from + way));
  const [old, next] = [one("button", rows[from]), one("button", rows[to])];
  old.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
