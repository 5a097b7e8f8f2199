// The market switcher: a search over all markets with their prices. `/` opens it, Enter takes the first.

import { get } from "../lib/api.js";
import { cut, grouped } from "../lib/decimal.js";
import { openDialog } from "../lib/dialogs.js";
import { el, fill, one } from "../lib/dom.js";
import { problem } from "../lib/panel.js";
import { market } from "./market.js";
import { percentOf } from "./strip.js";

const WRITING = "input, textarea, select, [contenteditable]";
const MOST = 50;

export function startSymbols() {
  one("#symbol-button").addEventListener("click", openSymbols);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(WRITING) || one("dialog[open]")) return;
    event.preventDefault();
    openSymbols();
  });
}

export function openSymbols() {
  const found = el("div", { class: "symbol-list" });
  const search = el("input", {
    class: "input", type: "search", placeholder: "Search a market", "aria-label": "Search a market",
    autocomplete: "off", spellcheck: "false", maxlength: 40,
  });
  const state = { tickers: null };
  search.addEventListener("input", () => show(found, state.tickers, search.value));
  search.addEventListener("keydown", (event) => onKey(event, found));
  found.addEventListener("keydown", (event) => onKey(event, found));
  openDialog("Markets", el("div", { class: "stack" }, search, found));
  search.focus();
  load(found, state, search);
}

async function load(found, state, search) {
  fill(found, el("p", { class: "soft" }, "Asking for the markets…"));
  try {
    state.tickers = (await get("/tickers")).tickers;
    show(found, state.tickers, search.value);
  } catch (error) {
    fill(found, problem(error, () => load(found, state, search)));
  }
}

function show(found, tickers, written) {
  if (!tickers) return;
  const wanted = written.trim().toUpperCase().replaceAll("/", "-");
  const rows = tickers.filter((ticker) => ticker.market.includes(wanted)).slice(0, MOST);
  fill(found, rows.length ? rows.map(row) : el("p", { class: "soft" }, `No market has “${written.trim()}” in its name.`));
}

function row(ticker) {
  const ppm = ticker.price_change_ppm ?? 0;
  const sign = ppm > 0 ? "▲ +" : ppm < 0 ? "▼ −" : "";
  return el(
    "a",
    { href: `/trade/${ticker.market}`, class: "symbol-row num", "aria-current": ticker.market === market.symbol ? "page" : null },
    el("strong", {}, ticker.market),
    ticker.status === "OPEN" ? null : el("span", { class: "badge warn" }, ticker.status.replace("_", " ")),
    el("span", { class: "symbol-price" }, ticker.last_price === null ? "–" : grouped(ticker.last_price)),
    el("span", { class: ppm > 0 ? "up" : ppm < 0 ? "down" : "soft" }, `${sign}${percentOf(Math.abs(ppm))} %`),
    el("span", { class: "faint small" }, `24 h ${grouped(cut(ticker.volume, 2))}`),
  );
}

function onKey(event, found) {
  const rows = [...found.querySelectorAll("a")];
  const place = rows.indexOf(document.activeElement);
  if (event.key === "Enter" && place < 0) {
    event.preventDefault();
    rows[0]?.click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = place + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) found.previousElementSibling?.focus();
    else rows[Math.min(next, rows.length - 1)]?.focus();
  }
}
