// The order form's fields: reads what is written, shows which of them an order of its type has. It judges nothing.
import { all, one, setText } from "../lib/dom.js";

const HINTS = {
  STOP_LIMIT: "Waits until the price gets worse, then rests at your limit.",
  STOP_MARKET: "Waits until the price gets worse, then trades at the market.",
  TAKE_PROFIT_LIMIT: "Waits until the price gets better, then rests at your limit.",
  TAKE_PROFIT_MARKET: "Waits until the price gets better, then trades at the market.",
};

export class TicketForm {
  constructor(form) {
    this.form = form;
    this.side = "BUY";
    this.kind = "LIMIT";
    this.field = (name) => form.elements.namedItem(name);
    this.price = this.field("price");
    this.trigger = this.field("trigger_price");
    this.size = this.field("quantity");
    this.unit = one("#size-unit", form);
    this.part = one("#size-part", form);
  }

  /** @returns {import("./ticket.js").Written} */
  get written() {
    return {
      side: this.side,
      type: this.type,
      price: this.price.value,
      trigger: this.trigger.value,
      size: this.size.value,
      unit: this.unit.value,
      timeInForce: this.field("time_in_force").value,
      postOnly: this.field("post_only").checked,
      expires: this.field("expires_at_ms").value,
      selfTrade: this.field("self_trade_prevention").value,
    };
  }

  get type() {
    return this.kind === "STOP" ? one("#stop-kind", this.form).value : this.kind;
  }

  setSide(side) {
    this.side = side;
    this.form.dataset.side = side;
    checkRadio(all(".sides [data-side]", this.form), (button) => button.dataset.side === side);
    const deed = one("#order-deed", this.form);
    deed.classList.toggle("buy", side === "BUY");
    deed.classList.toggle("sell", side === "SELL");
  }

  setKind(kind) {
    this.kind = kind;
    checkRadio(all("[data-kind]", this.form), (button) => button.dataset.kind === kind);
    this.showFields();
  }

  /** Which fields an order of this type has; and which of its times it may be good for. */
  showFields() {
    const isMarket = !this.type.endsWith("LIMIT");
    one("#stop-kind", this.form).hidden = this.kind !== "STOP";
    one("#price-field", this.form).hidden = isMarket;
    one("#market-price", this.form).hidden = !isMarket;
    one("#trigger-field", this.form).hidden = this.kind !== "STOP";
    const hint = one("#type-hint", this.form);
    hint.hidden = this.kind !== "STOP";
    setText(hint, HINTS[this.type] ?? "");
    this.#showTimes(isMarket);
  }

  #showTimes(isMarket) {
    const times = this.field("time_in_force");
    for (const option of times.options) option.disabled = isMarket && ["GTC", "GTD"].includes(option.value);
    if (isMarket && times.selectedOptions[0].disabled) times.value = "IOC";
    else if (!isMarket && this.wasMarket) times.value = "GTC";
    this.wasMarket = isMarket;
    const rests = ["GTC", "GTD"].includes(times.value);
    one("#expires-field", this.form).hidden = times.value !== "GTD";
    one("#post-only-check", this.form).hidden = isMarket;
    this.field("post_only").disabled = isMarket || !rests;
  }

  /** Words at a field, and whether they say that it is wrong. */
  setProblem(field, words) {
    const input = field ? this.field(field) : null;
    if (words) input?.setAttribute("aria-invalid", "true");
    else input?.removeAttribute("aria-invalid");
    setText(one(`[data-problem-of="${field}"]`, this.form), words);
  }

  clearProblems() {
    for (const place of all("[data-problem-of]", this.form)) this.setProblem(place.dataset.problemOf, "");
  }

  setSnap(field, words) {
    setText(one(`[data-snap-of="${field}"]`, this.form), words);
  }
}

/** A group of buttons of which one is chosen: the arrows go from one to the other. */
export function checkRadio(buttons, isChosen) {
  for (const button of buttons) {
    const is = isChosen(button);
    button.setAttribute("aria-checked", String(is));
    button.tabIndex = is ? 0 : -1;
  }
}

/** `choose(button)` by a click or by the arrows. */
export function bindRadio(group, choose) {
  const buttons = all('[role="radio"]', group);
  for (const button of buttons) button.addEventListener("click", () => choose(button));
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    next.focus();
    choose(next);
  });
}
