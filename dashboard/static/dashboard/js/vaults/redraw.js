// Draws anew only what looks different, so that nobody's focus, selection or open part is lost to a refresh.
import { all } from "../lib/dom.js";

const REACHED = "a, button, summary, input";

/** Shows `node` as the only child of `place`; what looks the same stays, and the focus stays at its number. */
export function redraw(place, node) {
  const old = place.firstChild;
  if (old === node || (place.childNodes.length === 1 && old.isEqualNode(node))) return;
  const focused = all(REACHED, place).indexOf(document.activeElement);
  place.replaceChildren(node);
  if (focused >= 0) all(REACHED, place)[focused]?.focus({ preventScroll: true });
}
