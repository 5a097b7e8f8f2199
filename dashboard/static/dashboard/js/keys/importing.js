// Reads words that a person types. What is wrong with them is said while they are typed; they are sent nowhere.
import { one, setText } from "../lib/dom.js";
import { readWords } from "./words.js";

const TOO_FEW = 12;
let onWords = () => {};
let isBound = false;

/** @param {(words: string[], extension: string) => void} given */
export function beginImport(given) {
  onWords = given;
  const form = one("#import-words");
  form.reset();
  problem("");
  setText(one("#typed-count"), "");
  if (isBound) return;
  isBound = true;
  form.elements.words.addEventListener("input", () => count(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take(form);
  });
}

function count(form) {
  const typed = form.elements.words.value.trim().split(/\s+/).filter(Boolean).length;
  problem("");
  setText(one("#typed-count"), typed ? `${typed} word${typed === 1 ? "" : "s"}` : "");
}

function take(form) {
  const { words, problem: why } = readWords(form.elements.words.value);
  const isShort = words.length < TOO_FEW && !why.startsWith("Word ");
  if (why) {
    problem(isShort && !words.length ? "Type your words first." : why);
    return form.elements.words.focus();
  }
  const extension = form.elements.extension.value;
  form.reset();
  return onWords(words, extension);
}

function problem(text) {
  setText(one("#typed-problem"), text);
  const field = one("#typed-words");
  text ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
}
