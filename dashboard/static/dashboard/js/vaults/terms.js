// The terms that hold for all vaults and those that a new one pins, in words.
import { el, fill } from "../lib/dom.js";
import { dollars, exact, percent, rate } from "./texts.js";
import { whyNot } from "./words.js";

const fact = (name, value, hint) => el("div", { class: "figure" }, el("dt", {}, name), el("dd", {}, value, hint ? el("small", {}, hint) : null));

/** @param {object} terms of GET /vaults/terms @param {HTMLElement} body */
export function showTerms(terms, body) {
  fill(
    body,
    terms.minting_open ? null : el("p", { class: "banner warn" }, whyNot(terms.minting_closed, "Dollars are not minted now.")),
    el(
      "dl",
      { class: "figures terms" },
      fact("Minimum ratio", exact(percent(terms.min_ratio), terms.min_ratio), "after minting and withdrawing"),
      fact("Warning below", percent(terms.warning_ratio), "you are told at once"),
      fact("Liquidation below", percent(terms.liquidation_ratio), `penalty ${rate(terms.penalty)} of the debt`),
      fact("Stability fee", `${rate(terms.stability_fee)} a year`, "grows with the debt, paid when you repay"),
      fact("Least debt", dollars(terms.debt_floor), "or none at all"),
      fact("Most of one vault", dollars(terms.vault_debt_ceiling)),
      fact("Owed by all vaults", dollars(terms.debt, { up: true }), `of at most ${dollars(terms.debt_ceiling)}`),
      fact("Vaults of one owner", String(terms.max_vaults), "at once"),
    ),
  );
}

