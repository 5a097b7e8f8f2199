// A list that is asked for page by page: the newest page stays fresh, older ones are added by a button.

import { get } from "../lib/api.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { panel } from "../lib/panel.js";
import { sayError } from "../lib/say.js";

const LIMIT = 25;

/**
 * `path` is asked with `query()`, `name` is the list in the answer, `id` (a name, or a function) what tells rows apart. `show(rows)` gives
 * an element, `nothing()` what stands in place of an empty list. Gives {reload, restart, rows}.
 */
export function moreOf(root, { path, name, id, show, nothing, query = () => ({}), every = 10_000, limit = LIMIT, seen = () => {} }) {
  let older = [];
  let cursor = null;
  let round = 0;
  const askedPath = typeof path === "function" ? path : () => path;
  const idOf = typeof id === "function" ? id : (row) => String(row[id]);
  const askedName = typeof name === "function" ? name : () => name;
  const shown = panel(root, { load, show: draw, empty: (data) => (rowsOf(data).length ? null : (seen([]), nothing())), every, oldAfter: every * 2 });

  async function load() {
    const asked = round;
    const page = await get(askedPath(), { ...query(), limit });
    if (asked !== round) return load();
    if (!older.length) cursor = page.next_cursor;
    return { fresh: page[askedName()] };
  }

  function rowsOf({ fresh }) {
    const known = new Set(fresh.map(idOf));
    return [...fresh, ...older.filter((row) => !known.has(idOf(row)))];
  }

  function draw(data, body) {
    const rows = rowsOf(data);
    seen(rows);
    fill(body, show(rows), cursor ? el("div", { class: "panel-body center" }, moreButton()) : null);
  }

  function moreButton() {
    const button = el("button", { type: "button", class: "button quiet", onclick: more }, "Older ones");
    return button;

    async function more() {
      const asked = round;
      setText(button, "Loading ..");
      try {
        const page = await get(askedPath(), { ...query(), limit: 100, cursor });
        if (asked !== round) return;
        older = [...rowsOf(shown.state.data), ...page[askedName()]];
        cursor = page.next_cursor;
      } catch (error) {
        sayError(error);
      }
      draw(shown.state.data, one("[data-body]", root) ?? root);
    }
  }

  /** Another query: from the beginning. */
  function restart() {
    round += 1;
    older = [];
    cursor = null;
    shown.state.data = undefined;
    return shown.reload();
  }

  return { reload: shown.reload, restart, rows: () => (shown.state.data ? rowsOf(shown.state.data) : []) };
}
