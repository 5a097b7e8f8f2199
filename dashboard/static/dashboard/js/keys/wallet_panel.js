// The panel of the keys that this browser has: what they are, opening and locking, and what is done with them.
import { all, el, fill, one, setText } from "../lib/dom.js";
import { when } from "../lib/format.js";
import { every, span } from "../lib/live.js";
import { changePassphrase, forgetWallet, isOpen, isThisWallet, lockEverywhere, locksInMs, onWallet, unlock } from "./wallet.js";
import { openDialog } from "../lib/dialogs.js";
import { say } from "../lib/say.js";
import { passphraseForm } from "./passphrase.js";
import { passphraseProblem } from "./sealing.js";
import { isPersisted } from "./store.js";
import { readWords } from "./words.js";

const network = document.body.dataset.network || "main";
let refresh = async () => {};
let isBound = false;

/** @param {object} facts of the wallet @param {() => Promise<void>} onChange */
export async function showWallet(facts, onChange) {
  refresh = onChange;
  setText(one("#fingerprint"), facts.fingerprint);
  const how = facts.origin === "made" ? "here" : "from words that were brought";
  fill(one("#made-when"), when(facts.createdAtMs), ` ${how}, ${facts.wordCount} words${facts.hasExtension ? " and a BIP-39 passphrase" : ""}`);
  setText(one("#account-key"), facts.keys[network] ?? "");
  one("#copy-key").dataset.copy = facts.keys[network] ?? "";
  setText(one("#persisted"), (await isPersisted()) ? "✓ It has promised to keep them" : "! It may clear them when space is short: keep your words");
  showNext();
  bind();
  showOpen();
}

/** Where one came from, if that is a page of this site. */
function showNext() {
  const next = new URLSearchParams(location.search).get("next") ?? "";
  if (!/^\/(vaults|trade|wallet)[\w/-]*$/.test(next)) return;
  one("#next-step").href = next;
  setText(one("#next-step"), next === "/vaults/new" ? "Go on opening the vault" : "Back to where you were");
}

function bind() {
  if (isBound) return;
  isBound = true;
  one("#lock-now").addEventListener("click", lockEverywhere);
  for (const button of all("[data-deed]")) button.addEventListener("click", () => DEEDS[button.dataset.deed]());
  onWallet(showOpen);
  every(1_000, () => setText(one("#locks-in"), isOpen() ? `Locks itself in ${span(locksInMs())} without use` : ""));
}

function showOpen() {
  one("#lock-now").hidden = !isOpen();
  if (isOpen()) return fill(one("#unlock-place"));
  if (one("#unlock-place form")) return undefined;
  const onGiven = async (passphrase, onProgress) => {
    await unlock(passphrase, onProgress);
    say("ok", "The keys are open in this tab.");
  };
  const why = el("p", { class: "soft small" }, "Signing asks for the passphrase by itself. Open the keys here to see that it still fits.");
  return fill(one("#unlock-place"), passphraseForm({ deed: "Open the keys", onGiven, kind: "quiet" }), why);
}

const DEEDS = { check: checkWords, change: changeIt, remove: removeIt };

function checkWords() {
  const area = el("textarea", { id: "check-typed", rows: "4", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const extension = el("input", { id: "check-extension", type: "password", autocomplete: "off" });
  const words = el("p", { role: "status", class: "small" });
  const button = el("button", { class: "button primary" }, "Check");
  const form = el(
    "form",
    { class: "stack" },
    el("p", { class: "soft" }, "Type them from your paper. They are compared here and sent nowhere."),
    el("div", { class: "field" }, el("label", { for: "check-typed" }, "Your words"), area),
    el("div", { class: "field" }, el("label", { for: "check-extension" }, "BIP-39 passphrase, if you used one"), extension),
    words,
    el("div", {}, button),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const read = readWords(area.value);
    if (read.problem) return setText(words, `✕ ${read.problem}`);
    const isSame = await isThisWallet(read.words, extension.value);
    if (isSame) area.value = "";
    return setText(words, isSame ? "✓ These words make the keys in this browser." : "✕ These are words of other keys.");
  });
  closable("Check my written words", form);
}

function changeIt() {
  const next = el("input", { id: "next-passphrase", type: "password", autocomplete: "new-password" });
  const again = el("input", { id: "next-again", type: "password", autocomplete: "new-password" });
  const form = passphraseForm({
    deed: "Change the passphrase",
    onGiven: async (passphrase, onProgress) => {
      const problem = passphraseProblem(next.value);
      if (problem) throw new Error(`The new one: ${problem}`);
      if (next.value !== again.value) throw new Error("The new one is not the same twice.");
      await changePassphrase(passphrase, next.value, onProgress);
      dialog.close();
      say("ok", "The passphrase is changed.");
    },
  });
  form.prepend(
    el("div", { class: "field" }, el("label", { for: "next-passphrase" }, "New passphrase"), next),
    el("div", { class: "field" }, el("label", { for: "next-again" }, "The same again"), again),
  );
  const dialog = closable("Change the passphrase", form);
}

function removeIt() {
  const sure = el("input", { type: "checkbox", id: "sure-removed" });
  const button = el("button", { type: "button", class: "button danger", disabled: true }, "Remove the keys");
  sure.addEventListener("change", () => (button.disabled = !sure.checked));
  button.addEventListener("click", async () => {
    dialog.close();
    await forgetWallet();
    await refresh();
    say("ok", "The keys are gone from this browser.");
  });
  const dialog = closable("Remove the keys from this browser", el(
    "div",
    { class: "stack" },
    el("p", {}, "Without your written words nobody can ever make them again: not you, not the house."),
    el("p", {}, "Vaults of these keys stay as they are, and need your words to be signed for."),
    el("label", { class: "check" }, sure, " I have my words on paper and have checked them"),
    el("div", {}, button),
  ));
}

function closable(title, content) {
  const close = el("button", { type: "button", class: "button quiet", onclick: () => dialog.close() }, "Close");
  const dialog = openDialog(title, content, [close]);
  return dialog;
}
