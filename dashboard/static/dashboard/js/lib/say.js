// Tells the result of a deed in the corner, in words, and to who cannot see it.

import { el, one } from "./dom.js";

const KEPT_MS = { ok: 4_000, unknown: 12_000, warn: 9_000, bad: 12_000 };
const SIGNS = { ok: "✓", warn: "!", bad: "✕", unknown: "?" };
const MOST = 4;

/** `kind` is ok, warn, bad or unknown. Gives how to take it back. */
export function say(kind, text, { code = "", requestId = "" } = {}) {
  const place = one("#said");
  const small = [code, requestId && `request ${requestId}`].filter(Boolean).join(" · ");
  const node = el(
    "div",
    { class: kind },
    el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[kind]),
    el("p", {}, text, small ? el("small", {}, small) : null),
    el("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => node.remove() }, "×"),
  );
  place.append(node);
  while (place.children.length > MOST) place.firstElementChild.remove();
  setTimeout(() => node.remove(), KEPT_MS[kind]);
  return () => node.remove();
}

/** Of an ApiError: its own words, and unknown as unknown. */
export function sayError(error) {
  say(error.isUnknown ? "unknown" : "bad", error.message || String(error), error);
}
