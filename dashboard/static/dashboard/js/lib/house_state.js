// Knows what the house can do now, tells whoever listens, and says on every page what is away and what works.

import { one, setText, el, fill } from "./dom.js";
import { every, span } from "./live.js";

const PATH = "/status/brief.json";
const CALM_MS = 10_000;
const TENSE_MS = 2_000; // while something is away
const PATIENCE_MS = 5_000;
const AWAY_AFTER = 2; // answers that did not come

/**
 * @typedef {{isAway: boolean, status: string, capabilities: Object<string, string>, banner: ?Object}} HouseState
 * `isAway`: the web process itself does not answer; the rest is then what was last heard.
 */
const state = { isAway: false, status: "ok", capabilities: {}, banner: null };
const listeners = new Set();
let missed = 0;
let heardMs = performance.now();
let askedMs = -Infinity;
let isAsking = false;
let shown = "";

/** Calls `listener(HouseState)` now and whenever something changes. Gives how to stop. */
export function onHouse(listener) {
  listeners.add(listener);
  listener({ ...state });
  return () => listeners.delete(listener);
}

/** Begins to ask. Pages call it once; nothing is asked while the page is hidden. */
export function watchHouse() {
  every(1_000, () => {
    const period = state.isAway || missed || state.banner ? TENSE_MS : CALM_MS;
    if (!isAsking && performance.now() - askedMs >= period) look();
    showAway();
  });
}

async function look() {
  isAsking = true;
  askedMs = performance.now();
  try {
    const response = await fetch(PATH, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(String(response.status));
    heard(await response.json());
  } catch {
    missed += 1;
    if (missed >= AWAY_AFTER) change({ isAway: true });
  } finally {
    isAsking = false;
  }
}

function heard({ status, capabilities, banner }) {
  missed = 0;
  heardMs = performance.now();
  change({ isAway: false, status, capabilities, banner });
}

function change(news) {
  const before = JSON.stringify(state);
  Object.assign(state, news);
  if (JSON.stringify(state) === before) return;
  show();
  for (const listener of listeners) listener({ ...state });
}

function show() {
  const root = one("#house-banner");
  if (!root) return;
  const banner = state.isAway ? AWAY : document.body.dataset.page === "status" ? null : state.banner;
  const wanted = JSON.stringify(banner);
  if (wanted === shown) return;
  shown = wanted;
  root.hidden = !banner;
  if (!banner) return fill(root);
  root.className = `house-banner ${banner.level}`;
  fill(
    root,
    el("span", { class: "house-sign", "aria-hidden": "true" }, banner.level === "bad" ? "✕" : "!"),
    el("strong", {}, banner.title),
    el("span", { class: "house-rest soft" }, banner.rest),
    el("span", { class: "faint small num", id: "house-away-for", "aria-hidden": "true" }),
    document.body.dataset.page === "status" ? null : el("a", { href: "/status" }, "Status"),
  );
}

const AWAY = {
  level: "bad",
  title: "The house does not answer.",
  rest: "What you see is what was last heard. This page goes on by itself as soon as it answers.",
};

function showAway() {
  if (state.isAway) setText(one("#house-away-for"), `for ${span(performance.now() - heardMs)}`);
}
