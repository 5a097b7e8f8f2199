// Keeps the page of the house's state alive: asks for its board every two seconds, and says when nobody answers.

import { all, one, setText } from "../lib/dom.js";
import { every, span } from "../lib/live.js";
import { morphInto } from "../lib/morph.js";
import { beginOperating } from "./operating.js";
import { showVisitor } from "./visitor.js";

const BOARD = "/status/board";
const PERIOD_MS = 2_000;
const PATIENCE_MS = 6_000;
const OLD_MS = 7_000;
const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

const board = one("#board");
let heardMs = performance.now();
let isAsking = false;

async function look() {
  if (isAsking) return;
  isAsking = true;
  try {
    const response = await fetch(BOARD, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) return;
    morphInto(board, await response.text());
    heardMs = performance.now();
    board.dispatchEvent(new CustomEvent("fresh"));
  } catch {
    // its age says it
  } finally {
    isAsking = false;
    mark();
  }
}

function mark() {
  const ageMs = performance.now() - heardMs;
  board.classList.toggle("is-stale", ageMs > OLD_MS);
  if (ageMs > OLD_MS) setText(one(".verdict .lead"), `The web process does not answer. This is what it said ${span(ageMs)} ago.`);
}

function local() {
  for (const node of all("[data-ms]", board)) node.title = LOCAL.format(new Date(Number(node.dataset.ms)));
}

board.addEventListener("fresh", local);
local();
every(PERIOD_MS, look);
every(1_000, mark);
showVisitor().then((visitor) => visitor.isOperator && beginOperating(board));
