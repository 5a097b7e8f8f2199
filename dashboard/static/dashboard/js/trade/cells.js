// Cells and rows of the tables below the chart: real tables that a narrow page shows as cards.
import { el } from "../lib/dom.js";
import { utcText } from "../lib/format.js";
import { sideClass, sideSign, sideWord } from "./words.js";

/** @typedef {{name: string, right?: boolean}} Column */

/** A table with a caption for readers. Gives {table, body}. Roles stay though a narrow page lays it out anew. */
export function tableOf(caption, columns) {
  const body = el("tbody", { role: "rowgroup" });
  const heads = columns.map(({ name, right }) => el("th", { scope: "col", role: "columnheader", class: right ? "right" : null }, name));
  const table = el(
    "table",
    { class: "table cards", role: "table" },
    el("caption", { class: "unseen" }, caption),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, heads)),
    body,
  );
  return { table, body };
}

/** A row with a cell for each column; `contents` are texts or nodes. */
export function rowOf(columns, contents, given = {}) {
  const cells = columns.map(({ name, right }, place) =>
    el("td", { role: "cell", class: right ? "right num" : null, dataset: { label: name } }, contents[place]),
  );
  return el("tr", { role: "row", ...given }, cells);
}

/** ▲ Buy */
export const sideCell = (side) =>
  el("span", { class: sideClass(side) }, el("span", { "aria-hidden": "true" }, `${sideSign(side)} `), sideWord(side));

/** The time of day in UTC, with the day where it is another one; the whole and the local time in the title. */
export function timeCell(ms) {
  const text = utcText(ms);
  const isToday = text.slice(0, 10) === utcText(Date.now()).slice(0, 10);
  const local = new Date(ms).toLocaleString();
  const title = `${text} UTC · ${local} here`;
  return el("time", { datetime: new Date(ms).toISOString(), title }, isToday ? text.slice(11) : text.slice(5, 16));
}

/** Nothing yet: what would stand here and one thing to do. */
export function emptyOf(title, words, deed = null) {
  return el("div", { class: "empty" }, el("strong", {}, title), el("span", {}, words), deed);
}

export const loginDeed = () =>
  el("a", { class: "button primary", href: `/login?next=${encodeURIComponent(location.pathname)}` }, "Log in");
