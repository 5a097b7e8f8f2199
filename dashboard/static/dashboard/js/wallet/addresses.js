// The list of addresses that bitcoin may be withdrawn to: added with a code and a day's wait, removed at once.

import { get, post, remove } from "../lib/api.js";
import { ask, openDialog } from "../lib/dialogs.js";
import { el, fill, one } from "../lib/dom.js";
import { bindForm } from "../lib/forms.js";
import { addressGroups, when } from "../lib/format.js";
import { now } from "../lib/live.js";
import { panel } from "../lib/panel.js";
import { say, sayError } from "../lib/say.js";
import { codeField, field, formProblem, submitButton } from "../account/fields.js";

/** `changed()` is called when the list is another one. */
export function showAddresses(root, changed) {
  const shown = panel(root, {
    load: () => get("/withdrawal-addresses"),
    show: ({ addresses }, body) => fill(body, el("ul", { class: "notice-list" }, addresses.map((row) => item(row, done)))),
    empty: ({ addresses }) => (addresses.length ? null : nothing()),
    every: 20_000,
    oldAfter: 40_000,
  });
  one("#new-address").addEventListener("click", () => openForm(done));

  function done() {
    shown.reload();
    changed();
  }

  function nothing() {
    return el("div", { class: "empty" }, el("strong", {}, "Your list is empty"), el("span", {}, "Bitcoin goes only to addresses that stand here for a day. So a thief of your password waits, and you are told."),
      el("button", { type: "button", class: "button primary", onclick: () => openForm(done) }, "Add an address"));
  }
}

function item(row, done) {
  const isGood = row.available_at_ms <= now();
  return el("li", {},
    el("span", { class: `dot ${isGood ? "ok" : "warn"}` }, el("span", { class: "unseen" }, isGood ? "good" : "waiting")),
    el("div", {}, el("strong", {}, row.label || "no name"), el("p", {}, addressGroups(row.address)),
      el("p", { class: "small soft" }, isGood ? "Can be withdrawn to." : el("span", {}, "Can be withdrawn to from ", when(row.available_at_ms), " UTC."))),
    el("button", { type: "button", class: "button small quiet", onclick: () => drop(row, done) }, "Remove", el("span", { class: "unseen" }, ` ${row.label || row.address}`)));
}

async function drop(row, done) {
  const lines = [addressGroups(row.address), "At once. Withdrawals to it that no signer was asked for are canceled, and every withdrawal is held for a day."];
  if (!(await ask({ title: `Remove ${row.label || "this address"}?`, lines, deed: "Remove the address", danger: true }))) return;
  try {
    const { canceled } = await remove(`/withdrawal-addresses/${row.address_id}`);
    say("ok", canceled.length ? `Removed, and ${canceled.length} withdrawals to it canceled.` : "Removed.");
  } catch (error) {
    sayError(error);
  }
  done();
}

function openForm(done) {
  const form = el("form", { class: "stack" },
    field("Address", "address", { maxlength: "100", required: true }, `Of the network ${document.body.dataset.network}. Compare it with where it comes from, to its end.`),
    field("Name", "label", { maxlength: "64" }, "For you: whose it is."),
    codeField(),
    el("div", { class: "banner warn" }, el("p", {}, "It can be withdrawn to after a day, and every withdrawal is held for a day.")),
    formProblem(),
    el("div", { class: "dialog-deeds" }, el("button", { type: "button", class: "button quiet", onclick: () => dialog.close() }, "Back"), submitButton("Add the address")));
  const dialog = openDialog("An address for withdrawals", form);
  bindForm(form, async ({ address, label, code }) => {
    await post("/withdrawal-addresses", { address: address.replace(/\s+/g, ""), label, code });
    dialog.close();
    say("ok", "The address is on your list. It waits for a day.");
    done();
  });
}
