// Fields for forms that a script makes: label, input, hint, problem.

import { el } from "../lib/dom.js";

let number = 0;

/** `attrs` go to the input; `hint` and the problem are read out with it. */
export function field(label, name, attrs = {}, hint = "") {
  const id = `f${++number}-${name}`;
  const input = el("input", {
    id, name, type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "none",
    "aria-describedby": `${id}-hint ${id}-problem`, ...attrs,
  });
  return wrapped(id, label, name, input, hint);
}

/** `options`: [value, words, isDisabled]. */
export function choice(label, name, options, hint = "", attrs = {}) {
  const id = `f${++number}-${name}`;
  const made = options.map(([value, words, isOff]) => el("option", { value, disabled: Boolean(isOff) }, words));
  const select = el("select", { id, name, "aria-describedby": `${id}-hint ${id}-problem`, ...attrs }, made);
  return wrapped(id, label, name, select, hint);
}

function wrapped(id, label, name, input, hint) {
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, label),
    input,
    el("span", { class: "hint", id: `${id}-hint` }, hint),
    el("span", { class: "problem", id: `${id}-problem`, dataset: { problemOf: name } }),
  );
}

/** A one-time code. */
export const codeField = (hint = "Six digits from your authenticator.") =>
  field("Code of your second factor", "code", { autocomplete: "one-time-code", inputmode: "numeric", maxlength: "19", required: true }, hint);

export const submitButton = (words, kind = "primary") => el("button", { type: "submit", class: `button ${kind}` }, words);

export const formProblem = () => el("p", { class: "problem", role: "alert", dataset: { formProblem: "" } });
