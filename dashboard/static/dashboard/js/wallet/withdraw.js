// Asking for a withdrawal: what leaves, what arrives, what stays, before anything is sent.

import { get, post } from "../lib/api.js";
import { compare, grouped, trimmed } from "../lib/decimal.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { bindForm, setProblem } from "../lib/forms.js";
import { shortened } from "../lib/format.js";
import { now } from "../lib/live.js";
import { panel } from "../lib/panel.js";
import { say } from "../lib/say.js";
import { choice, codeField, field, formProblem, submitButton } from "../account/fields.js";
import { showAddresses } from "./addresses.js";
import { isZero, minus, sum } from "./money.js";
import { showStops } from "./stops.js";
import { showWithdrawals } from "./withdrawals.js";

const body = one("[data-body]", one("#withdraw"));
const facts = { limits: null, available: "0.00000000", addresses: [], hasFactor: true };
let form = null;

const shown = panel(one("#withdraw"), { load, show, every: 10_000, oldAfter: 15_000 });
const withdrawals = showWithdrawals(one("#withdrawals"), () => shown.reload());
showAddresses(one("#addresses"), () => {
  shown.reload();
  withdrawals.reload();
});

async function load() {
  const [limits, { balances }, { addresses }, factor] = await Promise.all([
    get("/withdrawal-limits", { asset: "BTC" }), get("/balances"), get("/withdrawal-addresses"), get("/second-factor"),
  ]);
  const available = balances.find((row) => row.asset === "BTC")?.funding_available ?? "0.00000000";
  return { limits, available, addresses, hasFactor: factor.is_enabled };
}

function show(loaded) {
  const hadAddresses = namesOf(facts.addresses);
  Object.assign(facts, loaded);
  showStops(one("#stops"), facts);
  if (!form || hadAddresses !== namesOf(facts.addresses)) {
    const kept = form ? { amount: form.elements.amount.value, code: form.elements.code.value, to: form.elements.address_id.value } : {};
    form = makeForm(kept);
    fill(body, form);
  }
  update();
}

const isGood = (address) => address.available_at_ms <= now();
const namesOf = (addresses) => addresses.map((one) => `${one.address_id}${isGood(one)}`).join();

function makeForm({ amount = "", code = "", to = "" }) {
  const options = facts.addresses.map((one) => [String(one.address_id), `${one.label || "no name"} · ${shortened(one.address, 8)}${isGood(one) ? "" : " · waiting"}`, !isGood(one)]);
  const first = facts.addresses.find(isGood);
  const made = el("form", { class: "stack" },
    choice("To", "address_id", options.length ? options : [["", "your list is empty: add an address first", true]], "Only to addresses of your list, a day after they were added.", { required: true }),
    amountField(), el("div", { class: "preview", "aria-live": "polite" }, el("dl", { class: "facts", id: "preview" })),
    codeField(), formProblem(), submitButton("Withdraw"), whatFollows());
  made.elements.address_id.value = to || String(first?.address_id ?? "");
  made.elements.amount.value = amount;
  made.elements.code.value = code;
  bindForm(made, send);
  made.addEventListener("input", update);
  return made;
}

/** What will happen, before anything is asked for. */
function whatFollows() {
  const steps = ["Set aside with the fee, at once", "Signed by the house", "Sent to the network", "Confirmed in a block"];
  return el("div", { class: "small soft" }, el("ol", { class: "steps" }, steps.map((words) => el("li", {}, words))), "Until it is signed you can take it back.");
}

function amountField() {
  const made = field("Amount that arrives", "amount", { inputmode: "decimal", required: true, pattern: "[0-9]+([.][0-9]{1,8})?", placeholder: "0.00000000" });
  const input = one("input", made);
  const box = el("div", { class: "with-button" });
  input.replaceWith(box);
  box.append(input, el("button", { type: "button", class: "button", onclick: () => takeAll(input) }, "All"));
  return made;
}

/** The most that can arrive: what is there less the fee, within the limits. */
function most() {
  const { limits, available } = facts;
  const whole = compare(available, limits.fee) > 0 ? minus(available, limits.fee) : "0.00000000";
  return [limits.maximum, limits.day_left].reduce((least, limit) => (compare(limit, least) < 0 ? limit : least), whole);
}

function takeAll(input) {
  input.value = trimmed(most());
  update();
  input.focus();
}

function update() {
  const { limits, available } = facts;
  const amount = form.elements.amount.value.trim();
  const isAmount = /^\d+(\.\d{1,8})?$/.test(amount) && !isZero(amount);
  const leaves = isAmount ? sum(amount, limits.fee) : null;
  const wrong = isAmount ? wrongWith(amount, leaves) : "";
  setProblem(form, "amount", wrong);
  fill(one("#preview", form),
    fact("In the funding wallet", available), fact("Fee, on top", limits.fee),
    leaves ? [fact("Leaves your wallet", leaves, true), wrong ? null : fact("Stays in it", minus(available, leaves))] : null,
    fact("Left of today's limit", limits.day_left),
    isAmount && compare(amount, limits.approval_above) > 0 ? [el("dt", {}, "Who has to agree"), el("dd", {}, "operators of the house, first")] : null);
  const button = one('button[type="submit"]', form);
  setText(button, isAmount ? `Withdraw ${grouped(trimmed(amount))} BTC` : "Withdraw");
  button.disabled = Boolean(wrong) || limits.stops.length > 0 || !facts.hasFactor || !facts.addresses.some(isGood) || (limits.held_until_ms ?? 0) > now();
}

const fact = (words, text, isStrong = false) => [el("dt", {}, words), el("dd", { class: isStrong ? "strong" : null }, `${trimmed(text)} BTC`)];

function wrongWith(amount, leaves) {
  const { limits, available } = facts;
  if (compare(amount, limits.minimum) < 0) return `The least that is withdrawn is ${trimmed(limits.minimum)} BTC.`;
  if (compare(amount, limits.maximum) > 0) return `The most at once is ${trimmed(limits.maximum)} BTC.`;
  if (compare(amount, limits.day_left) > 0) return `Of today's limit ${trimmed(limits.day_left)} BTC are left.`;
  if (compare(leaves, available) > 0) return `With the fee that is more than the ${trimmed(available)} BTC in your funding wallet.`;
  return "";
}

async function send({ address_id, amount, code }, key) {
  const { withdrawal } = await post("/withdrawals", { asset: "BTC", amount, address_id: Number(address_id), code }, { key });
  say("ok", withdrawal.approvals_needed ? "Asked for. Operators of the house have to agree; you see it below." : `Asked for at ${new Date(withdrawal.created_at_ms).toISOString().slice(11, 16)} UTC. It is signed and sent by itself; you see it below.`);
  form.elements.amount.value = "";
  form.elements.code.value = "";
  shown.reload();
  withdrawals.reload();
}

