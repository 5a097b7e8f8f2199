// Asks for a new passphrase, twice, and seals the words with it.
import { one, setText } from "../lib/dom.js";
import { bindForm, setProblem } from "../lib/forms.js";
import { inWords } from "./passphrase.js";
import { passphraseProblem } from "./sealing.js";
import { WalletExists } from "./store.js";
import { keepWallet } from "./wallet.js";
import { suggestedPassphrase } from "./words.js";

let given = () => null;
let done = () => {};
let isBound = false;

/**
 * @param {() => {words: string[], extension: string, origin: string}} drawn
 * @param {{isMade: boolean, onKept: () => Promise<void>}} how
 */
export function askNewPassphrase(drawn, { isMade, onKept }) {
  given = drawn;
  done = onKept;
  const form = one("#new-passphrase");
  form.reset();
  setText(one("#suggested"), "");
  one("#passphrase-steps").hidden = !isMade;
  one("#passphrase").focus();
  if (isBound) return;
  isBound = true;
  one("#suggest").addEventListener("click", () => setText(one("#suggested"), suggestedPassphrase()));
  bindForm(form, () => keep(form));
}

async function keep(form) {
  const { passphrase, again } = form.elements;
  const problem = passphraseProblem(passphrase.value);
  if (problem) return refuse(form, "passphrase", problem);
  if (passphrase.value !== again.value) return refuse(form, "again", "This is not the same.");
  const bar = one("#sealing");
  bar.hidden = false;
  try {
    await keepWallet({ ...given(), passphrase: passphrase.value, onProgress: (part) => (bar.value = part) });
  } catch (error) {
    const words = error instanceof WalletExists ? "Another tab has kept keys in this browser meanwhile. Nothing was written over; look at them there." : inWords(error);
    return setText(one("[data-form-problem]", form), words);
  } finally {
    bar.hidden = true;
  }
  form.reset();
  setText(one("#suggested"), "");
  return done();
}

function refuse(form, name, words) {
  setProblem(form, name, words);
  form.elements[name].focus();
}
