// A vault's figures as they are now: what is in it, what it owes, its ratio, its edge, what may still be done.
import { el, fill, setText } from "../lib/dom.js";
import { distancePpm, feePerDay, feeSoFar, isSome } from "./figures.js";
import { distanceWords } from "./list_table.js";
import { ratioBar } from "./ratio_bar.js";
import { redraw } from "./redraw.js";
import { bitcoin, dollars, percent, rate } from "./texts.js";

const NAMES = [
  ["collateral", "Collateral"],
  ["debt", "Debt"],
  ["edge", "Liquidation price"],
  ["mintable", "Available to mint"],
  ["free", "Free to withdraw"],
  ["fee", "Fee accrued"],
  ["health", "Health factor"],
];

/**
 * @param {import("./scene.js").Scene} scene @param {{events: object[], isAll: boolean}} history
 * @returns {(body: HTMLElement) => void} draws; what does not change is not touched
 */
export function figuresView(scene, history) {
  const places = Object.fromEntries(NAMES.map(([key]) => [key, { value: el("span"), small: el("small") }]));
  const ratio = el("div", { class: "ratio-place" });
  const list = el(
    "dl",
    { class: "figures" },
    NAMES.map(([key, title]) => el("div", { class: "figure" }, el("dt", {}, title), el("dd", {}, places[key].value, places[key].small))),
  );
  return (body) => {
    if (!body.contains(list)) fill(body, ratio, list);
    redraw(ratio, ratioBar(scene.seen));
    for (const [key, [value, small, exact]] of Object.entries(figuresOf(scene, history))) {
      setText(places[key].value, value);
      setText(places[key].small, small);
      if (exact) places[key].value.title = exact;
    }
  };
}

function figuresOf(scene, history) {
  const { seen: vault, terms } = scene;
  const fee = history.isAll ? feeSoFar(history.events, vault.debt) : null;
  const yearly = terms?.stability_fee;
  const perDay = yearly && isSome(vault.debt) ? `about ${dollars(feePerDay(vault.debt, yearly), { up: true })} a day, ${rate(yearly)} a year` : "";
  const left = distancePpm(scene.shownPrice, vault.liquidation_price);
  const hasEdge = vault.liquidation_price !== null;
  return {
    collateral: [bitcoin(vault.collateral), dollars(vault.value), vault.collateral],
    debt: [dollars(vault.debt, { up: true }), isSome(vault.debt) ? `least is ${terms ? dollars(terms.debt_floor) : "–"}` : "owes nothing", vault.debt],
    edge: [dollars(vault.liquidation_price, { up: true }), hasEdge ? distanceWords(left) : "without debt there is none", vault.liquidation_price],
    mintable: [dollars(vault.mintable), vault.mintable === null ? "no price for minting now" : `down to ${percent(vault.figures.min_ratio)}`, vault.mintable],
    free: [bitcoin(vault.withdrawable), vault.withdrawable === null ? "no price for it now" : "the network's fee comes out of it", vault.withdrawable],
    fee: [dollars(fee, { up: true }), perDay, fee],
    health: [vault.ratio === null ? "–" : factor(vault), "1.000 is the edge", null],
  };
}

/** Ratio by liquidation ratio, as the house says it, cut to three digits. */
const factor = (vault) => (vault.health_factor ?? "–").replace(/(\.\d{3})\d*$/, "$1");
