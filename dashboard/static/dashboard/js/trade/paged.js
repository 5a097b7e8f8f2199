// A table that is read page by page over HTTP: loading, nothing yet, error with retry, and the way on and back.
import { el, fill, one } from "../lib/dom.js";
import { problem } from "../lib/panel.js";
import { account } from "./account.js";
import { tableOf, emptyOf, loginDeed } from "./cells.js";

const STALE_MS = 400;

/**
 * `load(cursor)` gives {rows, next}; `row(one)` an element; `empty()` an element. Gives {seen, filtered, changed}:
 * `seen` when its tab is shown, `filtered` when what it asks for is another, `changed` when there is news.
 */
export function pagedPane(pane, { caption, columns, load, row, empty, foot = null }) {
  const body = one("[data-body]", pane);
  const state = { cursors: [null], isLoaded: false, isDue: true, turn: 0, timer: 0 };

  async function show() {
    if (account.state === "out") return fill(body, emptyOf("Log in to see this", caption, loginDeed()));
    const turn = ++state.turn;
    state.isDue = false;
    pane.setAttribute("aria-busy", "true");
    try {
      const page = await load(state.cursors.at(-1));
      if (turn !== state.turn) return;
      state.isLoaded = true;
      draw(page);
    } catch (error) {
      if (turn !== state.turn) return;
      state.isDue = true;
      if (!state.isLoaded) fill(body, problem(error, show));
      state.timer = setTimeout(again, 5_000);
    } finally {
      pane.setAttribute("aria-busy", "false");
    }
  }

  function draw({ rows, next, extra = null }) {
    const isFirst = state.cursors.length === 1;
    if (rows.length === 0 && isFirst) return fill(body, extra, empty());
    const { table, body: tableBody } = tableOf(caption, columns);
    fill(tableBody, rows.map(row));
    fill(body, extra, el("div", { class: "table-wrap" }, table), pager(next, isFirst), foot?.());
  }

  function pager(next, isFirst) {
    if (isFirst && !next) return null;
    const turnTo = (change) => () => {
      change();
      show().then(() => one(".pager button:not(:disabled)", body)?.focus());
    };
    const newer = el("button", { type: "button", class: "button quiet small", disabled: isFirst, onclick: turnTo(() => state.cursors.pop()) }, "Newer");
    const older = el("button", { type: "button", class: "button quiet small", disabled: !next, onclick: turnTo(() => state.cursors.push(next)) }, "Older");
    return el("div", { class: "row pager" }, newer, el("span", { class: "small soft" }, `Page ${state.cursors.length}`), older);
  }

  function again() {
    clearTimeout(state.timer);
    if (!pane.hidden && !document.hidden && state.isDue) show();
    else state.isDue = true;
  }

  return {
    seen: () => state.isDue && show(),
    filtered() {
      Object.assign(state, { cursors: [null], isDue: true });
      again();
    },
    /** News stand on the first page: whoever reads another one stays there. */
    changed() {
      if (state.cursors.length > 1) return;
      state.isDue = true;
      clearTimeout(state.timer);
      state.timer = setTimeout(again, STALE_MS);
    },
  };
}

/** The market that is asked for, or nothing for all. */
export const marketAsked = (symbol) => (one("#this-market").checked ? symbol : undefined);
