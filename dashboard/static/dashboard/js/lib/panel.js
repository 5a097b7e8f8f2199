// A part of a page that loads by itself: skeleton, content, nothing yet, error with retry, or old with its age.

import { el, fill, one, setText } from "./dom.js";
import { every, span } from "./live.js";

const LATE_MS = 300;
const OLD_MS = 5_000;
const RETRY_MS = 5_000;

/**
 * `root` has a `[data-body]` (else it is the body itself) and may have a `[data-age]`. `load()` gives data, `show(data, body)` draws
 * it, `empty(data)` gives an element where there is nothing (else null), `every` is how often in ms (0: once).
 * Gives {reload, data}.
 */
export function panel(root, { load, show, empty = () => null, every: period = 0, oldAfter = OLD_MS }) {
  const body = one("[data-body]", root) ?? root;
  const state = { data: undefined, loadedMs: 0, error: null, isLoading: false };
  lateSkeleton(body);

  async function reload() {
    if (state.isLoading) return;
    state.isLoading = true;
    try {
      state.data = await load();
      Object.assign(state, { loadedMs: performance.now(), error: null });
      const nothing = empty(state.data);
      if (nothing) fill(body, nothing);
      else show(state.data, body);
    } catch (error) {
      state.error = error;
      if (state.data === undefined) fill(body, problem(error, reload));
    } finally {
      state.isLoading = false;
      root.setAttribute("aria-busy", "false");
      mark();
    }
  }

  function mark() {
    const ageMs = performance.now() - state.loadedMs;
    const isOld = state.data !== undefined && state.error !== null && ageMs > oldAfter;
    root.classList.toggle("is-stale", isOld);
    setText(one("[data-age]", root), isOld ? `${span(ageMs)} old: ${state.error.message}` : "");
  }

  root.setAttribute("aria-busy", "true");
  if (period) every(period, reload);
  else {
    reload();
    every(RETRY_MS, () => state.error && reload());
  }
  every(1_000, mark);
  return { reload, state };
}

/** Words, code, request and a button: for whatever could not be loaded. */
export function problem(error, retry) {
  const small = [error.code, error.requestId && `request ${error.requestId}`].filter(Boolean).join(" · ");
  return el(
    "div",
    { class: "empty", role: "alert" },
    el("strong", {}, error.isAway ? "This cannot be shown right now" : "This could not be shown"),
    el("span", {}, error.message || String(error)),
    small ? el("small", { class: "faint" }, small) : null,
    el("button", { type: "button", class: "button quiet", onclick: () => retry() }, "Try again"),
  );
}

function lateSkeleton(body) {
  for (const one of body.querySelectorAll(".skeleton")) {
    one.classList.add("is-late");
    setTimeout(() => one.classList.remove("is-late"), LATE_MS);
  }
}
