// The latest snapshots of what customers hold, with their roots, which anybody can keep and compare.
import { grouped } from "../lib/decimal.js";
import { el, fill } from "../lib/dom.js";
import { when } from "../lib/format.js";
import { table } from "../vaults/table.js";

const shown = table({
  caption: "Snapshots, the latest first",
  key: (row) => row.snapshot_id,
  columns: [
    { title: "Taken", cell: (row) => el("span", { class: "two" }, when(row.taken_ms), el("small", { class: "soft" }, `number ${row.snapshot_id}`)) },
    { title: "Customers", right: true, cell: (row) => String(row.customers) },
    { title: "Held in all", cell: (row) => el("span", { class: "two num" }, row.totals.map(({ asset, amount }) => el("small", {}, `${grouped(amount)} ${asset}`))) },
    { title: "Root", cell: root },
  ],
});

function root({ root: hash }) {
  return el("span", { class: "row" }, el("span", { class: "hash" }, hash), el("button", { type: "button", class: "button small quiet", dataset: { copy: hash }, "aria-label": `Copy the root ${hash}` }, "Copy"));
}

/** @param {{snapshots: object[]}} found @param {HTMLElement} body */
export function showSnapshots({ snapshots }, body) {
  if (!body.contains(shown.node)) fill(body, shown.node);
  shown.show(snapshots);
}
