// What an owner has to know first about his vault: yellow where it gets narrow, red where he has to act, with
// the two ways out.
import { el, fill, one } from "../lib/dom.js";
import { distancePpm } from "./figures.js";
import { chooseDeed } from "./deed_tabs.js";
import { dollars, percent, percentOfPpm } from "./texts.js";
import { STATES } from "./words.js";

let shown = "";

/** @param {import("./scene.js").Scene} scene */
export function showBanner(scene) {
  const found = bannerOf(scene);
  const name = found === null ? "" : `${found.kind}${found.title}${found.words}`;
  if (name === shown) return;
  shown = name;
  const place = one("#vault-banner");
  if (found === null) fill(place);
  else fill(place, draw(found));
}

function draw({ kind, title, words, ways }) {
  return el(
    "div",
    { class: `banner ${kind}` },
    el("div", { class: "banner-words" }, el("strong", {}, title), el("p", {}, words)),
    ways
      ? el(
          "div",
          { class: "row" },
          el("button", { type: "button", class: "button primary", onclick: () => chooseDeed("save") }, "Repay or save"),
          el("button", { type: "button", class: "button", onclick: () => chooseDeed("add") }, "Add bitcoin"),
        )
      : null,
  );
}

function bannerOf(scene) {
  const { vault, risk, seen } = scene;
  const { status } = vault;
  if (status === "LIQUIDATING") {
    return { kind: "bad", title: "Act now: below the liquidation threshold", words: `${now(scene)} It may be liquidated. A repayment counts at once, bitcoin when it is deep enough in the chain.`, ways: true };
  }
  if (status === "FROZEN" || status === "CLOSED" || status === "LIQUIDATED") {
    return { kind: status === "CLOSED" ? "" : "warn", title: STATES[status][0], words: STATES[status][2], ways: status === "FROZEN" };
  }
  if (risk === "liquidatable" || risk === "warned" || status === "WARNING") {
    const edge = percent(vault.figures.liquidation_ratio);
    return { kind: risk === "liquidatable" ? "bad" : "warn", title: "Below the warning threshold", words: `${now(scene)} Below ${edge} it may be liquidated.`, ways: true };
  }
  if (risk === "risky") {
    return { kind: "warn", title: "Risky: little is left to the minimum", words: `${now(scene)} ${room(seen, scene)}`, ways: true };
  }
  return null;
}

const now = ({ seen }) => `Its ratio is ${percent(seen.ratio)}.`;

function room(vault, scene) {
  const left = distancePpm(scene.shownPrice, vault.liquidation_price);
  return left === null ? "" : `It may be liquidated below ${dollars(vault.liquidation_price, { up: true })}, ${percentOfPpm((left / 10_000n) * 10_000n)} from here.`;
}
