// Whether the vault's address stands on the owner's list for withdrawals, which bitcoin of the house's wallet
// needs to go there; and how to put it on.
import { get, post } from "../lib/api.js";
import { el, fill, one } from "../lib/dom.js";
import { bindForm } from "../lib/forms.js";
import { now, span } from "../lib/live.js";
import { say } from "../lib/say.js";
import { onDeed } from "./deed_tabs.js";
import { nameOf } from "./texts.js";

/** @param {import("./scene.js").Scene} scene */
export function bindListed(scene) {
  const place = one("[data-listed]");
  let isWanted = false;
  const read = async () => {
    if (!isWanted || scene.vault === null) return;
    isWanted = false;
    try {
      const [{ addresses }, limits] = await Promise.all([get("/withdrawal-addresses"), get("/withdrawal-limits")]);
      const found = addresses.find((one) => one.address === scene.vault.address);
      fill(place, found ? stands(found, limits) : missing(scene, reread));
    } catch (error) {
      fill(place, el("p", { class: "banner" }, `Whether this can be sent is not known now: ${error.message}`));
    }
  };
  const reread = () => {
    isWanted = true;
    read();
  };
  onDeed((name) => {
    if (name === "add" || name === "save") isWanted = true;
    read();
  });
  scene.on(read);
}

function stands(found, { fee, stops }) {
  const waitMs = found.available_at_ms - now();
  if (waitMs > 0) return el("p", { class: "banner" }, `The vault's address is on your list. It can be sent to in ${span(waitMs)}.`);
  if (stops.length) return el("p", { class: "banner warn" }, `Nothing leaves the house's wallet now (${stops.join(", ")}). Paying from outside works.`);
  return el("p", { class: "soft small" }, `The vault's address is on your list. The house takes ${fee} BTC for sending it.`);
}

function missing(scene, onAdded) {
  const id = "listed-code";
  const form = el(
    "form",
    { class: "banner stack" },
    el("p", { class: "banner-words" }, "Bitcoin leaves your balance only to addresses on your list. Put the vault's address on it now, and it can be sent to after a day. Paying from outside works at once."),
    el("div", { class: "field" }, el("label", { for: id }, "Code of your second factor"), el("input", { id, name: "code", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 32, required: true }), el("p", { class: "problem", dataset: { problemOf: "code" } })),
    el("p", { class: "problem", role: "alert", dataset: { formProblem: "" } }),
    el("div", {}, el("button", { type: "submit", class: "button" }, "Put it on my list")),
  );
  bindForm(form, async ({ code }) => {
    await post("/withdrawal-addresses", { address: scene.vault.address, label: nameOf(scene.vault).slice(0, 32), code });
    say("ok", "It is on your list.");
    onAdded();
  });
  return form;
}
