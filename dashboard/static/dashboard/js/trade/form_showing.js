// Writes what was reckoned into the order form: costs, problems, snaps, the deed and why it cannot be done.
import { el, fill, one, setText } from "../lib/dom.js";
import { account } from "./account.js";
import { market } from "./market.js";
import { mostText } from "./summary.js";

const FIELDS = ["price", "trigger_price", "quantity", "expires_at_ms", ""];

/** `isAsked`: somebody wants to send, so what is missing is said as well. */
export function showForm(fields, state, { isAsked = false } = {}) {
  showUnits(fields);
  showDeed(fields, state);
  if (!state.scene) return;
  showSummary(fields, state);
  showProblems(fields, state, isAsked);
}

function showUnits({ form, size, unit }) {
  for (const name of ["base", "quote"]) {
    for (const place of form.querySelectorAll(`[data-unit="${name}"]`)) setText(place, market[name]);
  }
  size.setAttribute("aria-label", `Size in ${market[unit.value]}`);
}

/** The slider follows what is written, but never the hand that is on it. */
function showPart({ part }, { ticket, most, scene }) {
  if (document.activeElement === part) return;
  const [amount, whole] = ticket.budget === null ? [ticket.lots ?? 0n, most] : [ticket.budget, scene.free.quote];
  const percent = whole > 0n ? (amount * 100n) / whole : 0n;
  part.value = String(percent > 100n ? 100n : percent);
}

function showSummary(fields, state) {
  const { form, side, part } = fields;
  const { summary, found, most, scene, warnings } = state;
  showPart(fields, state);
  setText(one("[data-word=cost]", form), summary.costWord);
  for (const name of ["cost", "fee", "average"]) setText(one(`[data-fact=${name}]`, form), summary[name]);
  setText(one("[data-fact=available]", form), account.isKnown ? summary.available : "–");
  const isHidden = found === null || found.average === null;
  for (const node of form.querySelectorAll("[data-row=average]")) node.hidden = isHidden;
  setText(one("[data-most]", form), mostText(most, scene, market));
  part.setAttribute("aria-valuetext", `${part.value} % of what is available`);
  const list = one("#order-warnings", form);
  if (list.dataset.said !== warnings.join("|")) fill(list, warnings.map((words) => el("li", {}, words)));
  list.dataset.said = warnings.join("|");
  form.dataset.side = side;
}

/** One problem at a time, at its field; what is only missing is said to who wants to send. */
function showProblems(fields, { problems, snaps }, isAsked) {
  const problem = problems.find(({ code }) => isAsked || code !== "MISSING") ?? null;
  for (const field of FIELDS) {
    fields.setProblem(field, problem?.field === field ? problem.message : "");
  }
  for (const field of ["price", "trigger_price", "quantity"]) {
    const snap = snaps.find((one) => one.field === field);
    if (snap) fields.setSnap(field, `${snap.message} It will be ${snap.text}.`);
    else if (!fields.form.dataset[`kept${field}`]) fields.setSnap(field, "");
  }
}

function showDeed({ form }, { deed, readiness }) {
  const button = one("#order-deed", form);
  setText(button, deed ?? (form.dataset.side === "BUY" ? "Buy" : "Sell"));
  button.disabled = !readiness.isReady;
  const place = one("#order-reason", form);
  const said = `${readiness.words}|${readiness.link?.href ?? ""}`;
  if (place.dataset.said === said) return;
  place.dataset.said = said;
  const link = readiness.link ? el("a", { href: readiness.link.href }, readiness.link.text) : null;
  fill(place, readiness.words, link ? " " : null, link);
}
