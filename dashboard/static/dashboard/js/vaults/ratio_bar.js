// A vault's ratio as a bar from 100 % to 300 % with its thresholds, and in words.
import { el } from "../lib/dom.js";
import { barPlace, ratioPpm, riskOf } from "./figures.js";
import { percent } from "./texts.js";
import { RISKS } from "./words.js";

const KINDS = { safe: "ok", none: "ok", unknown: "", risky: "warn", warned: "warn", liquidatable: "bad" };

/** @param {object} vault with ratio, debt and figures @returns {HTMLElement} percent, bar and words */
export function ratioBar(vault) {
  const risk = riskOf(vault, vault.figures);
  const [words] = RISKS[risk];
  const { liquidation_ratio: edge, warning_ratio: warned } = vault.figures;
  const bar = el("div", { class: `ratio-bar bar ${KINDS[risk]}`, "aria-hidden": "true" });
  const length = el("i");
  // Through the object model: the policy of pages allows no style in HTML.
  length.style.width = `${vault.ratio === null ? 0 : barPlace(ratioPpm(vault.ratio)) / 10}%`;
  bar.append(length, tick(edge, "bad"), tick(warned, "warn"));
  return el(
    "div",
    { class: "ratio" },
    el("span", { class: "ratio-percent num", title: vault.ratio }, vault.ratio === null ? words : percent(vault.ratio)),
    vault.ratio === null ? null : bar,
    vault.ratio === null ? null : el("span", { class: `ratio-words ${risk}` }, words),
  );
}

function tick(ratio, kind) {
  const node = el("b", { class: `tick ${kind}` });
  node.style.left = `${barPlace(ratioPpm(ratio)) / 10}%`;
  return node;
}

/** A badge in the words of a risk or a state. */
export function badge([words, kind]) {
  return el("span", { class: `badge ${kind}`.trim() }, words);
}
