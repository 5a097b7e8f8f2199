// The three keys of a vault and who holds each, as the house says it, with what that means.
import { el, fill, setText } from "../lib/dom.js";
import { shortened } from "../lib/format.js";

const card = (title, holder, words, isOwn = false) =>
  el("div", { class: isOwn ? "key-card own" : "key-card" }, el("h3", {}, title), el("p", {}, el("strong", {}, holder)), words);

const party = (custody, role) => custody.signers?.find((one) => one.role === role)?.party || "Not said yet";

/**
 * @param {HTMLElement} place @param {HTMLElement} trust
 * @param {object} custody GET /custody, or {error}
 * @param {string} [ownKey] the owner's account key @param {string} [owner] what the owner is called
 */
export function showKeys(place, trust, custody, ownKey = "", owner = "You") {
  const own = ownKey ? el("p", { class: "mono small soft", title: ownKey }, shortened(ownKey, 24)) : null;
  fill(
    place,
    card("1 · Owner", owner, [el("p", { class: "soft small" }, "Signs first. It never comes here; only its public part does."), own], true),
    card("2 · Protocol", party(custody, "protocol"), el("p", { class: "soft small" }, "Signs last, and only what you have signed.")),
    card("3 · Backup", party(custody, "backup"), el("p", { class: "soft small" }, "Signs with you when the house is gone.")),
  );
  const isWarned = custody.error || custody.is_one_party !== false;
  trust.className = isWarned ? "banner warn" : "banner ok";
  setText(trust, custody.error ? `Who holds the other two is not known now: ${custody.error.message}` : custody.trust);
}
