// Lets the order form's fields and buttons act: typing, choosing, stepping, snapping, sending.
import { one } from "../lib/dom.js";
import { bus } from "./bus.js";
import { bestText, sceneOf } from "./scene.js";
import { readTicket } from "./ticket.js";
import { bindRadio } from "./ticket_form.js";

const ONE_CLICK = "trade-one-click";

/** `form` is the OrderForm. */
export function bindFields(form) {
  const { fields } = form;
  bindChoices(form, fields);
  bindTyping(form, fields);
  bindSizes(form, fields);
  bindOneClick(form, fields.form);
  bindBus(form, fields);
  fields.form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.submit({ isPointer: false });
  });
  one("#order-deed", fields.form).addEventListener("click", (event) => {
    event.preventDefault();
    if (event.detail <= 1) form.submit({ isPointer: event.detail === 1 });
  });
}

function bindChoices(form, fields) {
  bindRadio(one(".sides", fields.form), (button) => chooseSide(form, button.dataset.side));
  bindRadio(one(".order-types .segments", fields.form), (button) => chooseKind(form, button.dataset.kind));
  one("#stop-kind", fields.form).addEventListener("change", () => chooseKind(form, "STOP"));
  fields.field("time_in_force").addEventListener("change", () => {
    fields.showFields();
    form.refresh();
  });
}

export function chooseSide(form, side) {
  form.fields.setSide(side);
  form.refresh();
}

export function chooseKind(form, kind) {
  form.fields.setKind(kind);
  form.refresh();
}

function bindTyping(form, fields) {
  fields.form.addEventListener("input", (event) => {
    if (event.target === fields.price) form.isPriceOwn = fields.price.value !== "";
    if (event.target === fields.size) fields.part.value = "0";
    forgetSnap(fields, event.target.name);
    form.refresh();
  });
  for (const input of [fields.price, fields.trigger]) {
    input.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      form.stepPrice(input, step * (event.shiftKey ? 10 : 1));
    });
  }
  for (const input of [fields.price, fields.trigger, fields.size]) {
    input.addEventListener("change", () => snap(form, fields, input.name));
  }
}

/** Leaving a field, what the market's steps make of it stands there, and why. */
function snap(form, fields, name) {
  const scene = sceneOf();
  if (!scene) return;
  const found = readTicket(fields.written, scene).snaps.find(({ field }) => field === name);
  if (!found) return;
  fields.field(name).value = found.text;
  fields.form.dataset[`kept${name}`] = "1";
  fields.setSnap(name, found.message);
  form.refresh();
}

function forgetSnap(fields, name) {
  if (!name) return;
  delete fields.form.dataset[`kept${name}`];
  fields.setSnap(name, "");
}

function bindSizes(form, fields) {
  for (const button of fields.form.querySelectorAll("[data-best]")) {
    button.addEventListener("click", () => {
      const text = bestText(button.dataset.best);
      if (text) form.takePrice(text);
    });
  }
  for (const button of fields.form.querySelectorAll("[data-part]")) {
    button.addEventListener("click", () => form.takePart(Number(button.dataset.part)));
  }
  one("#most-size", fields.form).addEventListener("click", () => form.takePart(100));
  fields.part.addEventListener("input", (event) => {
    event.stopPropagation();
    form.takePart(Number(fields.part.value));
  });
  fields.unit.addEventListener("change", () => {
    fields.size.value = "";
    fields.part.value = "0";
    forgetSnap(fields, "quantity");
    form.refresh();
  });
}

/** One-click lasts as long as this tab does. */
function bindOneClick(form, root) {
  const box = one("#one-click", root);
  const set = (is) => {
    form.isOneClick = box.checked = is;
    one("#one-click-banner", root).hidden = !is;
    sessionStorage.setItem(ONE_CLICK, is ? "1" : "");
  };
  box.addEventListener("change", () => set(box.checked));
  one("#one-click-off", root).addEventListener("click", () => {
    set(false);
    box.focus();
  });
  set(sessionStorage.getItem(ONE_CLICK) === "1");
}

function bindBus(form, fields) {
  bus.on("price", (text) => form.takePrice(text));
  bus.on("quantity", (text) => form.takeSize(text));
  bus.on("side", (side) => {
    chooseSide(form, side);
    if (matchMedia("(min-width: 60rem)").matches) fields.size.focus();
  });
  bus.on("market", form.refresh);
  bus.on("book", form.refresh);
  bus.on("standing", form.refresh);
}
