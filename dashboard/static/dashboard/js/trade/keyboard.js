// The keys of the trade page. None of them sends: Enter opens the review, and a second Enter there sends.
import { openDialog } from "../lib/dialogs.js";
import { el, one } from "../lib/dom.js";
import { chooseKind, chooseSide } from "./form_binding.js";

const KEYS = [
  ["B / S", "Buy or sell"],
  ["L / M", "Limit or market"],
  ["↑ ↓", "Price by one tick, with Shift by ten"],
  ["1 2 3 4", "Size: 25, 50, 75, 100 % of what is available"],
  ["P / Q", "Write a price, write a size"],
  ["Enter", "Review the order; Enter again sends it"],
  ["Esc", "Close, or leave the field"],
  ["C", "Cancel your latest open order"],
  ["Shift C", "Cancel all, after asking"],
  ["O", "Go to your open orders"],
  ["/", "Find a market"],
  ["?", "These keys"],
];

/** `form` is the OrderForm, `tabs` what `startTabs` gave. */
export function bindKeys(form, tabs) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) return typing(event, form);
    const run = deedOf(event, form, tabs);
    if (!run) return;
    event.preventDefault();
    run();
  });
  one("#keys-help").addEventListener("click", showKeys);
}

const isTyping = (node) => node.isContentEditable || node.matches("input:not([type=checkbox], [type=range]), textarea, select");

/** In a field keys write; Esc leaves it, and Enter in the order form asks for the review (its own submit). */
function typing(event) {
  if (event.key !== "Escape" || event.target.closest(".is-amending")) return;
  event.target.blur();
  event.preventDefault();
}

function deedOf(event, form, tabs) {
  if (event.key === "Enter") return isPressable(event.target) || event.repeat ? null : () => form.submit({ isPointer: false });
  const arrow = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (arrow) return movesItself(event.target) ? null : () => form.stepPrice(null, arrow * (event.shiftKey ? 10 : 1));
  if (event.repeat) return null;
  if (event.shiftKey && event.key.toLowerCase() === "c") return () => tabs.orders.cancelAll();
  return {
    b: () => chooseSide(form, "BUY"),
    s: () => chooseSide(form, "SELL"),
    l: () => chooseKind(form, "LIMIT"),
    m: () => chooseKind(form, "MARKET"),
    p: () => focus(form.fields.kind === "MARKET" ? form.fields.size : form.fields.price),
    q: () => focus(form.fields.size),
    c: () => tabs.orders.cancelLast(),
    o: () => openOrders(tabs),
    1: () => form.takePart(25),
    2: () => form.takePart(50),
    3: () => form.takePart(75),
    4: () => form.takePart(100),
    "?": showKeys,
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

function focus(field) {
  field.focus();
  field.select();
}

function openOrders(tabs) {
  tabs.open("open");
  one("#tab-open").focus();
}

/** What Enter presses by itself, or arrows move by themselves. */
const isPressable = (node) => node.matches("a, button, summary, [role=tab], [role=radio], input");
const movesItself = (node) => node.matches("[role=radio], [role=tab], input[type=range], select") || node.closest("[role=listbox]");

function showKeys() {
  const rows = KEYS.map(([keys, words]) => [el("dt", {}, keys.split(" ").map((key) => (key === "/" && keys !== "/" ? " / " : [el("kbd", {}, key), " "]))), el("dd", {}, words)]);
  const close = el("button", { type: "button", class: "button primary", onclick: () => dialog.close() }, "Close");
  const note = el("p", { class: "small soft" }, "No single key sends an order. While you write in a field, keys write.");
  const dialog = openDialog("Keys", [el("dl", { class: "facts keys" }, rows), note], [close]);
  close.focus();
}
