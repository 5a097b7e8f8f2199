// Why nothing can be withdrawn now, each in words with what ends it.

import { el, fill } from "../lib/dom.js";
import { when } from "../lib/format.js";
import { now } from "../lib/live.js";

const WORDS = {
  SECOND_FACTOR_REQUIRED: ["Withdrawals need a second factor.", ["/account/security#factor", "Set one up"]],
  WITHDRAWALS_STOPPED: ["Withdrawals are stopped for everybody by the operators of the house. Your money is where it is."],
  ACCOUNT_FROZEN: ["Your account is frozen: the network undid a deposit of yours. It thaws when that is met."],
  NOT_PERMITTED: ["Your account may not withdraw. Ask the operators of the house."],
};

/** `limits`, `hasFactor` as the page knows them. */
export function showStops(root, { limits, hasFactor }) {
  const codes = limits.stops.filter((code) => code !== "WITHDRAWALS_HELD");
  if (!hasFactor && !codes.includes("SECOND_FACTOR_REQUIRED")) codes.unshift("SECOND_FACTOR_REQUIRED");
  const banners = codes.map((code) => {
    const [words, link] = WORDS[code] ?? [`The house refuses withdrawals now (${code}).`];
    return el("div", { class: "banner warn" }, el("p", {}, words), link ? el("a", { class: "button small", href: link[0] }, link[1]) : null);
  });
  if ((limits.held_until_ms ?? 0) > now()) banners.push(held(limits.held_until_ms));
  const key = JSON.stringify([codes, limits.held_until_ms]);
  if (root.dataset.shown === key) return;
  root.dataset.shown = key;
  fill(root, banners);
}

function held(until) {
  return el("div", { class: "banner warn" }, el("p", {}, "After a change of what guards your account withdrawals are held, until ", when(until), " UTC."), el("a", { class: "button small", href: "/account/security" }, "Was it not you?"));
}
