// The order form: what is written becomes a ticket, an estimate and, once reviewed, a placement.
import { newKey } from "../lib/api.js";
import { fromAtoms } from "../lib/decimal.js";
import { atMost, now } from "../lib/live.js";
import { say } from "../lib/say.js";
import { account } from "./account.js";
import { connection } from "./connection.js";
import { estimate, mostLots } from "./estimate.js";
import { bindFields } from "./form_binding.js";
import { showForm } from "./form_showing.js";
import { judge, warningsOf } from "./judging.js";
import { market } from "./market.js";
import { deedOf, readinessOf } from "./readiness.js";
import { openReview } from "./review.js";
import { bestText, sceneOf } from "./scene.js";
import { placements } from "./sending.js";
import { standing } from "./standing.js";
import { reviewLines, summaryOf } from "./summary.js";
import { bodyOf, readTicket, sizeOfPart } from "./ticket.js";
import { TicketForm } from "./ticket_form.js";

const HZ = 8;

export class OrderForm {
  isOneClick = false;
  #review = null;
  #sent = new Map();
  #suggestedFor = "";

  constructor(root) {
    this.fields = new TicketForm(root);
    this.isPriceOwn = false;
    this.refresh = atMost(HZ, () => this.show());
    bindFields(this);
    account.on("change", this.refresh);
    placements.onChange((row) => this.#onPlacement(row));
    connection.onChange(this.refresh);
  }

  /** Everything about what stands in the form now; null while the market's terms are not known. */
  reckon() {
    const scene = sceneOf();
    if (!scene) return { readiness: this.#readiness(null), scene: null };
    const { ticket, problems, snaps } = readTicket(this.fields.written, scene);
    const found = problems.length ? null : estimate(ticket, scene);
    const openOrders = account.openOrders.filter((order) => order.market === market.symbol).length;
    const judged = judge(ticket, { facts: market.facts, scene, found, atMs: now(), openOrders });
    const summary = summaryOf(ticket, found, scene, market);
    return {
      scene,
      ticket,
      found,
      snaps,
      summary,
      problems: [...problems, ...(problems.length ? [] : judged)],
      warnings: warningsOf(ticket, { found, facts: market.facts }),
      most: mostLots(ticket, scene, scene.free[ticket.side === "BUY" ? "quote" : "base"]),
      deed: deedOf(ticket, summary, market),
      readiness: this.#readiness(scene),
    };
  }

  #readiness(scene) {
    const asset = this.fields.side === "BUY" ? market.quote : market.base;
    return readinessOf({
      accountState: account.state,
      isKnown: account.isKnown,
      status: market.status,
      opensAtMs: market.facts?.opens_at_ms ?? null,
      houseState: connection.state,
      isEngineAway: standing.state === "engine",
      isOnline: connection.isOnline,
      reaches: connection.reaches,
      hasMoney: scene !== null && scene.free[this.fields.side === "BUY" ? "quote" : "base"] > 0n,
      isDemo: document.body.dataset.demo === "1",
      asset,
    });
  }

  show() {
    this.#suggestPrice();
    showForm(this.fields, this.reckon());
    this.#review?.refresh();
  }

  /** A price that would rest, once for each side and until somebody writes one: it never moves under a hand. */
  #suggestPrice() {
    const { side, price } = this.fields;
    if (this.isPriceOwn || this.#suggestedFor === side || document.activeElement === price) return;
    const text = bestText(side === "BUY" ? "bids" : "asks");
    if (!text) return;
    price.value = text;
    this.#suggestedFor = side;
  }

  /** Writes a price where the form has one: a stop without a limit has its trigger. */
  takePrice(text) {
    if (this.fields.kind === "MARKET") this.fields.setKind("LIMIT");
    const isTrigger = this.fields.type === "STOP_MARKET" || this.fields.type === "TAKE_PROFIT_MARKET";
    (isTrigger ? this.fields.trigger : this.fields.price).value = text;
    this.isPriceOwn = true;
    this.refresh();
  }

  takeSize(text) {
    this.fields.unit.value = "base";
    this.fields.size.value = text;
    this.refresh();
  }

  /** By so many ticks; nothing below one. */
  stepPrice(field, steps) {
    const scene = sceneOf();
    if (!scene || this.fields.kind === "MARKET") return;
    const input = field ?? this.fields.price;
    const from = readPrice(input.value, scene) ?? readPrice(bestText("bids"), scene) ?? scene.last;
    if (from === null) return;
    const { priceStep, priceDecimals } = scene.units;
    const to = from - (from % priceStep) + BigInt(steps) * priceStep;
    input.value = fromAtoms(to > priceStep ? to : priceStep, priceDecimals);
    this.isPriceOwn = true;
    this.refresh();
  }

  /** Takes `part` percent of what is free as the size. */
  takePart(part) {
    const scene = sceneOf();
    if (!scene || !account.isKnown) return say("warn", this.#readiness(scene).words);
    const size = sizeOfPart(this.fields.written, scene, part);
    if (!size) return say("warn", "Enter a price first.");
    this.fields.unit.value = size.unit;
    this.fields.size.value = size.text;
    this.fields.part.value = String(part);
    this.refresh();
  }

  /** Asks for the review; with one-click and a pointer it sends at once. */
  submit({ isPointer }) {
    const state = this.reckon();
    showForm(this.fields, state, { isAsked: true });
    if (!state.readiness.isReady) return say("warn", state.readiness.words);
    const problem = state.problems[0];
    if (problem) return this.fields.field(problem.field || "quantity")?.focus();
    if (this.isOneClick && isPointer) this.#send();
    else this.#openReview(state);
  }

  #openReview(state) {
    const body = bodyOf(state.ticket, state.scene.units, market.symbol, "");
    let latest = state;
    this.#review = openReview({
      title: `${state.deed}?`,
      side: state.ticket.side,
      deed: state.deed,
      lines: () => {
        latest = this.reckon();
        return obstacleOf(latest) ? null : reviewLines(body, latest.summary);
      },
      warnings: () => (obstacleOf(latest) ? [obstacleOf(latest)] : latest.warnings),
      send: () => this.#send(),
    });
    this.#review.dialog.addEventListener("close", () => (this.#review = null));
  }

  #send() {
    const state = this.reckon();
    if (!state.readiness.isReady || state.problems.length) return this.submit({ isPointer: false });
    const key = newKey();
    const body = bodyOf(state.ticket, state.scene.units, market.symbol, key);
    if (!placements.place(body)) return say("warn", "The same order was sent a moment ago. It is sent once.");
    this.#sent.set(key, this.fields.size.value);
    this.fields.size.value = "";
    this.fields.part.value = "0";
    this.refresh();
  }

  /** A refusal gives back what was written, where nobody has written since. */
  #onPlacement(row) {
    const size = this.#sent.get(row.key);
    if (size === undefined || row.state === "sending" || row.state === "checking") return;
    this.#sent.delete(row.key);
    if (row.state !== "refused") return;
    if (this.fields.size.value === "") this.fields.size.value = size;
    this.show();
    if (row.error.field) this.fields.setProblem(row.error.field, row.error.message);
  }
}

/** Why it cannot be sent, in words, or "". */
function obstacleOf({ readiness, problems }) {
  return readiness.isReady ? (problems[0]?.message ?? "") : readiness.words;
}

function readPrice(text, scene) {
  try {
    const { ticket } = readTicket({ side: "BUY", type: "LIMIT", price: text, trigger: "", size: "", unit: "base" }, scene);
    return ticket.price;
  } catch {
    return null;
  }
}
