// Sends a form once: what is wrong stands at its field, what is unknown is asked again with the same key.

import { newKey } from "./api.js";
import { all, el, one, setText } from "./dom.js";
import { sayError } from "./say.js";

/**
 * `handler(values, key)` does the deed: `values` are the form's fields as texts (checkboxes as booleans), `key`
 * stays the same until an answer is known. Throwing ApiError shows it. Gives an object with `reset()`.
 */
export function bindForm(form, handler) {
  let key = newKey();
  let isSending = false;
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSending || !isFilled(form)) return;
    isSending = true;
    sending(form, true);
    clearProblems(form);
    try {
      await handler(valuesOf(form), key);
      key = newKey();
    } catch (error) {
      if (!error.isUnknown) key = newKey();
      showProblem(form, error);
    } finally {
      isSending = false;
      sending(form, false);
    }
  });
  form.addEventListener("input", (event) => setProblem(form, event.target.name, ""));
  return { reset: () => (key = newKey()) };
}

export function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name || (field.type === "radio" && !field.checked)) continue;
    values[field.name] = field.type === "checkbox" ? field.checked : field.value.trim();
  }
  return values;
}

/** At its field where the error names one that the form has, else under the form, else in the corner. */
function showProblem(form, error) {
  const words = error.message || String(error);
  const field = error.field && form.elements.namedItem(error.field);
  if (field) {
    setProblem(form, error.field, words);
    (field.focus ?? field[0]?.focus)?.call(field.focus ? field : field[0]);
    return;
  }
  const place = one("[data-form-problem]", form);
  if (!place) sayError(error);
  else {
    const small = [error.code, error.requestId && `request ${error.requestId}`].filter(Boolean).join(" · ");
    place.replaceChildren(words, small ? el("small", {}, ` ${small}`) : "");
  }
}

export function setProblem(form, name, words) {
  if (!name) return;
  const field = form.elements.namedItem(name);
  if (field?.setAttribute) words ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
  setText(one(`[data-problem-of="${CSS.escape(name)}"]`, form), words);
}

function clearProblems(form) {
  for (const place of all("[data-problem-of], [data-form-problem]", form)) place.textContent = "";
  for (const field of all("[aria-invalid]", form)) field.removeAttribute("aria-invalid");
}

function isFilled(form) {
  const missing = [...form.elements].find((field) => field.willValidate && !field.checkValidity());
  if (!missing) return true;
  setProblem(form, missing.name, missing.validationMessage);
  missing.focus();
  return false;
}

function sending(form, is) {
  const button = one('button[type="submit"], button:not([type])', form);
  button?.classList.toggle("is-sending", is);
  button?.setAttribute("aria-busy", String(is));
}
