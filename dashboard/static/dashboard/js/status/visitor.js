// Who looks at a page that was made for nobody: asks the house, and puts the account's part of the head in.

import { one } from "../lib/dom.js";

const PATH = "/status/visitor";
const PATIENCE_MS = 8_000;

/** Gives {isOperator}; where nobody can be known now, an operator is not one. */
export async function showVisitor() {
  const place = one("#visit");
  if (!place) return { isOperator: false };
  try {
    const response = await fetch(PATH, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) return { isOperator: false };
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").body;
    const isOperator = one("[data-operator]", fresh) !== null;
    place.replaceWith(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    return { isOperator };
  } catch {
    return { isOperator: false };
  }
}
