// Which part a narrow page shows: chart, book, trade or orders; and the bar that leads to the form. Wide pages show all.

import { all, one } from "../lib/dom.js";
import { bus } from "./bus.js";

const NARROW = matchMedia("(max-width: 60rem)");

export function startViews() {
  for (const button of all("[data-show]")) button.addEventListener("click", () => bus.emit("view", button.dataset.show));
  for (const button of all(".trade-bar [data-side]")) button.addEventListener("click", () => chooseSide(button.dataset.side));
  bus.on("view", show);
  bus.on("price", () => NARROW.matches && bus.emit("view", "trade"));
}

function show(name) {
  one("#trade-grid").dataset.view = name;
  for (const button of all("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === name));
  window.scrollTo({ top: 0 });
}

function chooseSide(side) {
  bus.emit("view", "trade");
  bus.emit("side", side);
}
