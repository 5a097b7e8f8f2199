// Asks for the passphrase of this browser's wallet and opens it, with the progress of the slow part in sight.
import { el, setText } from "../lib/dom.js";
import { WrongPassphrase } from "./sealing.js";
import { NoStorage } from "./store.js";

let number = 0;

/**
 * A form of one passphrase.
 * @param {{deed: string, onGiven: (passphrase: string, onProgress: (part: number) => void) => Promise<void>,
 *   kind?: "primary"|"quiet"|"danger"}} given
 * @returns {HTMLFormElement}
 */
export function passphraseForm({ deed, onGiven, kind = "primary" }) {
  const id = `passphrase-${++number}`;
  const field = el("input", {
    id, type: "password", autocomplete: "current-password", required: true, "aria-describedby": `${id}-problem`,
    autocapitalize: "none", spellcheck: "false",
  });
  const words = el("p", { id: `${id}-problem`, class: "problem", role: "alert" });
  const bar = el("progress", { max: "1", value: "0", hidden: true, "aria-label": "Opening" });
  const button = el("button", { class: `button ${kind}` }, deed);
  const form = el("form", { class: "stack passphrase" }, el("div", { class: "field" }, el("label", { for: id }, "Passphrase of the keys in this browser"), field, words), bar, el("div", {}, button));
  form.noValidate = true;
  let isBusy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    if (!field.value) return complain(field, words, "The passphrase is missing.");
    isBusy = true;
    busy(button, bar, true);
    complain(field, words, "");
    try {
      await onGiven(field.value, (part) => (bar.value = part));
      field.value = "";
    } catch (error) {
      complain(field, words, inWords(error));
      field.select();
    } finally {
      isBusy = false;
      busy(button, bar, false);
    }
  });
  return form;
}

/** @returns {string} what went wrong with a wallet, in plain words */
export function inWords(error) {
  if (error instanceof WrongPassphrase) return "That is not the passphrase. The house cannot help: it never had it. With your words you can make the keys again.";
  if (error instanceof NoStorage) return "This browser keeps nothing for this page (a private window, or storage is switched off).";
  const small = [error.code, error.requestId && `request ${error.requestId}`].filter(Boolean).join(" · ");
  return `${error.message || "Something went wrong."}${small ? ` (${small})` : ""}`;
}

function complain(field, words, text) {
  setText(words, text);
  text ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
}

function busy(button, bar, is) {
  button.classList.toggle("is-sending", is);
  button.setAttribute("aria-busy", String(is));
  bar.hidden = !is;
  bar.value = 0;
}
