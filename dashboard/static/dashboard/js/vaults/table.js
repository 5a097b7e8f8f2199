// Tables of the pages of vaults and reserves: headers, a caption, and cards instead where the page is narrow.
import { el, keyed } from "../lib/dom.js";
import { redraw } from "./redraw.js";

/**
 * @param {{caption: string, columns: {title: string, cell: (row) => Node|string, right?: boolean}[],
 *   key: (row) => string}} shape
 * @returns {{node: HTMLElement, show: (rows: object[]) => void}} rows keep their place, focus and selection
 */
export function table({ caption, columns, key }) {
  // Roles are written out: as cards the elements are no table any more to who cannot see it.
  const head = columns.map(({ title, right }) =>
    el("th", { scope: "col", role: "columnheader", class: right ? "right" : null }, title),
  );
  const body = el("tbody", { role: "rowgroup" });
  const node = el(
    "div",
    { class: "table-wrap" },
    el(
      "table",
      { class: "table cards", role: "table" },
      el("caption", { class: "unseen" }, caption),
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, head)),
      body,
    ),
  );
  const show = (rows) =>
    keyed(body, rows, {
      key,
      make: () => el("tr", { role: "row" }, columns.map(({ title, right }) => cell(title, right))),
      update: (line, row) => columns.forEach((column, at) => put(line.children[at], column.cell(row))),
    });
  return { node, show };
}

function cell(title, right) {
  return el("td", { role: "cell", class: right ? "right" : null, dataset: { label: title } });
}

const put = (place, content) => redraw(place, content instanceof Node ? content : document.createTextNode(content ?? "–"));
