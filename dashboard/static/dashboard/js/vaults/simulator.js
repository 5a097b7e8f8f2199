// What a vault would be if the price fell: its ratio, in words, and how far it may fall at most.
import { all, el, one, setText } from "../lib/dom.js";
import { atPrice, distancePpm, isSome, priceAfterDrop } from "./figures.js";
import { ratioBar } from "./ratio_bar.js";
import { redraw } from "./redraw.js";
import { dollars, percentOfPpm } from "./texts.js";

const PPM_OF_PERCENT = 10_000n;

/** @param {import("./scene.js").Scene} scene */
export function bindSimulator(scene) {
  const slider = one("#drop");
  const draw = () => scene.vault !== null && show(scene, Number(slider.value));
  slider.addEventListener("input", draw);
  for (const button of all("[data-drop]")) {
    button.addEventListener("click", () => {
      slider.value = button.dataset.drop;
      draw();
    });
  }
  scene.on(draw);
}

function show(scene, drop) {
  setText(one("#drop-words"), `${drop} %`);
  for (const button of all("[data-drop]")) button.setAttribute("aria-pressed", String(Number(button.dataset.drop) === drop));
  redraw(one("#drop-result"), result(scene, BigInt(drop) * PPM_OF_PERCENT));
}

function result(scene, dropPpm) {
  const { vault, shownPrice: price } = scene;
  if (price === null) return el("p", { class: "soft" }, "There is no price now that could fall.");
  if (!isSome(vault.debt)) return el("p", { class: "soft" }, "It owes nothing: no price can hurt it.");
  const fallen = priceAfterDrop(price, dropPpm);
  const left = distancePpm(price, vault.liquidation_price);
  const most = left !== null && left > 0n ? `It stands a fall of ${percentOfPpm(left)}.` : "It stands no fall at all.";
  return el(
    "div",
    { class: "simulated" },
    el("p", {}, "Bitcoin at ", el("strong", { class: "num" }, dollars(fallen)), ":"),
    ratioBar(atPrice(vault, fallen)),
    el("p", { class: "soft small" }, most),
  );
}
