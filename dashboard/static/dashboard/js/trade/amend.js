// Amends an open order where it stands: its price, trigger and size become fields; Enter sends, Esc leaves all as it was.
import { patch } from "../lib/api.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { house } from "../lib/socket.js";
import { say } from "../lib/say.js";
import { account } from "./account.js";
import { isUnknown, overEither } from "./sending.js";
import { trimmed } from "../lib/decimal.js";
import { sideWord } from "./words.js";

const PRICE = 4;
const SIZE = 5;
const STATE = 7;
const DEEDS = 8;

export const editing = (row) => row.classList.contains("is-amending");

/** `order` as it is now; null where it is open no more. */
export function startAmend(row, order) {
  if (!order || editing(row)) return;
  row.classList.add("is-amending");
  const inputs = fieldsOf(order);
  const problem = el("span", { class: "problem", role: "alert" });
  const kept = [PRICE, SIZE, DEEDS].map((place) => [row.cells[place], [...row.cells[place].childNodes]]);
  fill(row.cells[PRICE], inputs.trigger_price, inputs.price, inputs.price || inputs.trigger_price ? null : "Market");
  fill(row.cells[SIZE], inputs.quantity);
  const save = el("button", { type: "button", class: "button small primary", onclick: send }, "Save");
  const back = el("button", { type: "button", class: "button quiet small", onclick: () => end() }, "Back");
  fill(row.cells[DEEDS], el("span", { class: "row row-deeds" }, save, back), problem);
  row.addEventListener("keydown", onKey);
  const first = inputs.price ?? inputs.trigger_price ?? inputs.quantity;
  first.focus();
  first.select();

  function onKey(event) {
    if (event.key === "Escape") end();
    else if (event.key === "Enter" && event.target.matches("input") && !event.repeat) send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async function send() {
    const terms = changesOf(order, inputs);
    if (Object.keys(terms).length === 0) return end();
    if (save.disabled) return;
    save.disabled = true;
    setText(problem, "");
    try {
      const { order: amended } = await overEither(
        () => house.request("order.amend", { order_id: order.order_id, ...terms }),
        () => patch(`/orders/${order.order_id}`, terms),
      );
      account.takeAnswer(amended);
      say("ok", `Amended: ${sideWord(amended.side).toLowerCase()} ${trimmed(amended.quantity ?? "")} at ${amended.price ?? "the market"}.`);
      end();
    } catch (error) {
      save.disabled = false;
      const words = isUnknown(error) ? "No answer came. The row shows what the house knows: look before you try again." : error.message;
      setText(problem, `${words} ${[error.code, error.requestId].filter(Boolean).join(" · ")}`);
      if (error.field && inputs[error.field]) inputs[error.field].setAttribute("aria-invalid", "true");
    }
  }

  function end() {
    row.removeEventListener("keydown", onKey);
    row.classList.remove("is-amending");
    for (const [cell, nodes] of kept) fill(cell, nodes);
    account.nudge();
    one("[data-amend]", row)?.focus();
  }
}

/** What can be amended of this order: a trigger while it waits, a price where it has one, a quantity. */
function fieldsOf(order) {
  const field = (name, label) =>
    order[name] === null || (name === "trigger_price" && order.status !== "UNTRIGGERED")
      ? null
      : el("input", { class: "input amend", inputmode: "decimal", name, "aria-label": label, value: order[name], autocomplete: "off" });
  return { price: field("price", "New price"), trigger_price: field("trigger_price", "New trigger price"), quantity: field("quantity", "New size") };
}

/** Only what was changed is sent: what is left out stays as it is. */
export function changesOf(order, inputs) {
  const terms = {};
  for (const [name, input] of Object.entries(inputs)) {
    const text = input?.value.trim();
    if (text && trimmed(text) !== trimmed(order[name])) terms[name] = text;
  }
  return terms;
}
