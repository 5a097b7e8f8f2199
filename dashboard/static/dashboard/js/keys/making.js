// Draws new words, shows them once, and asks for some of them from the paper. They leave the page then.
import { all, el, fill, one, setText } from "../lib/dom.js";
import { newWords, placesToAsk } from "./words.js";

let words = [];
let places = [];
let onWords = () => {};
let isBound = false;

/** @param {(words: string[]) => void} given what is called once they were read back */
export function beginMaking(given) {
  onWords = given;
  bind();
  forget();
  show("before");
}

function bind() {
  if (isBound) return;
  isBound = true;
  one("#show-words").addEventListener("click", draw);
  one("#other-words").addEventListener("click", draw);
  one("#written").addEventListener("change", (event) => (one("#hide-words").disabled = !event.target.checked));
  one("#hide-words").addEventListener("click", askBack);
  one("#check-words").addEventListener("submit", check);
  document.addEventListener("visibilitychange", () => one("#words").classList.toggle("is-covered", document.hidden));
}

function draw() {
  words = newWords(Number(one('[name="count"]:checked').value));
  fill(one("#words"), words.map((word) => el("li", {}, word)));
  one("#written").checked = false;
  one("#hide-words").disabled = true;
  show("words");
  one('[data-step="words"]').scrollIntoView({ block: "nearest" });
}

function askBack() {
  fill(one("#words"));
  places = placesToAsk(words.length);
  fill(one("#asked-words"), places.map((place) => question(place)));
  setText(one("#check-words [data-form-problem]"), "");
  show("check");
  one("#asked-words input").focus();
}

function question(place) {
  const id = `asked-${place}`;
  const plain = { autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false" };
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, `Word ${place}`),
    el("input", { id, name: id, type: "text", required: true, maxlength: "12", ...plain }),
  );
}

function check(event) {
  event.preventDefault();
  const fields = all("#asked-words input");
  const wrong = fields.filter((field, at) => field.value.trim().toLowerCase() !== words[places[at] - 1]);
  fields.forEach((field) => field.toggleAttribute("aria-invalid", wrong.includes(field)));
  wrong.forEach((field) => field.setAttribute("aria-invalid", "true"));
  if (wrong.length) {
    const which = wrong.map((field) => field.id.replace("asked-", "")).join(", ");
    setText(one("#check-words [data-form-problem]"), `Word ${which}: that is not what was shown. Look at your paper again.`);
    return wrong[0].focus();
  }
  const done = words;
  forget();
  return onWords(done);
}

function forget() {
  words = [];
  places = [];
  fill(one("#words"));
  fill(one("#asked-words"));
}

function show(step) {
  const steps = ["before", "words", "check"];
  for (const part of all('[data-stage="make"] [data-step]')) part.hidden = part.dataset.step !== step;
  all("#make-steps li").forEach((item, at) => {
    item.classList.toggle("is-done", at < steps.indexOf(step));
    at === steps.indexOf(step) ? item.setAttribute("aria-current", "step") : item.removeAttribute("aria-current");
  });
}
