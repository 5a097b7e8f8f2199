// Which key a new vault is opened with: one of this browser's wallet, or an account key with a proof that was
// signed elsewhere. A private key that is pasted here is refused before anything is sent.
import { ApiError, get } from "../lib/api.js";
import { all, one, setText } from "../lib/dom.js";
import { bindForm, setProblem } from "../lib/forms.js";
import { every } from "../lib/live.js";
import { inWords } from "../keys/passphrase.js";
import { proofText } from "../keys/vault_key.js";
import { accountKey, hasWallet, isOpen, obstacle, unlock } from "../keys/wallet.js";
import { save } from "./files.js";
import { seconds } from "./price_strip.js";

const KEY = /^\[[0-9a-f]{8}(\/[0-9]{1,10}['h]?){0,10}\][txyzuvYZUV]pub[1-9A-HJ-NP-Za-km-z]{90,130}$/;
const PRIVATE = /[txyzuvYZUV]prv[1-9A-HJ-NP-Za-km-z]{50}|^[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}$/;
const TEXT_LASTS_S = 420; // of ten minutes, so that what is signed is still good when it is sent
const MOST_FILE_BYTES = 10_000;

const network = document.body.dataset.network;
let account = null;
/** The text to sign: its key and its time. @type {{key: string, timeS: number, text: string}|null} */
let asked = null;

async function houseAccount() {
  account ??= (await get("/vaults", { limit: 1 })).account;
  return account;
}

/** @param {(choice: {key: string, proof: string, time: number, renew: (() => object)|null}) => void} onKey */
export function askForKey(onKey) {
  for (const button of all("[data-way]")) button.addEventListener("click", () => showWay(button.dataset.way));
  readWallet();
  bindForm(one("#wallet-form"), ({ passphrase }) => withWallet(passphrase, onKey));
  bindForm(one("#other-form"), (values) => withProof(values, onKey));
  const other = one("#other-form");
  // On the form and after bindForm's, which clears a field's problem as it is typed.
  other.addEventListener("input", (event) => event.target.name === "key" && makeText(other));
  one("#copy-text").addEventListener("click", (event) => (event.currentTarget.dataset.copy = asked?.text ?? ""), true);
  one("#save-text").addEventListener("click", () => asked && save("ballast-vault-proof.txt", asked.text));
  one("#proof-file").addEventListener("change", (event) => readProof(other, event.target));
  every(10_000, () => keepTextFresh(other));
}

function showWay(way) {
  for (const button of all("[data-way]")) button.setAttribute("aria-pressed", String(button.dataset.way === way));
  for (const part of all("[data-way-part]")) part.hidden = part.dataset.wayPart !== way;
}

async function readWallet() {
  const has = obstacle() === "" && (await hasWallet().catch(() => false));
  one("#wallet-form").hidden = !has;
  one("#wallet-none").hidden = has;
  if (obstacle()) setText(one("#wallet-none p"), obstacle());
}

async function withWallet(passphrase, onKey) {
  const number = await houseAccount();
  if (!isOpen()) await opened(passphrase);
  const key = accountKey(network);
  const prove = () => {
    const time = seconds();
    return { time, proof: key.proofFor(proofText({ network, account: number, key: key.text, timeS: time })) };
  };
  one("#wallet-form").reset();
  onKey({ key: key.text, ...prove(), renew: () => (isOpen() ? prove() : null) });
}

async function opened(passphrase) {
  try {
    await unlock(passphrase);
  } catch (error) {
    throw new ApiError({ code: "", field: "passphrase", message: inWords(error) });
  }
}

function withProof({ key, proof }, onKey) {
  const problem = keyProblem(key);
  if (problem) throw new ApiError({ code: "", field: "key", message: problem });
  if (PRIVATE.test(proof)) throw new ApiError({ code: "", field: "proof", message: PRIVATE_WORDS });
  if (!proof) throw new ApiError({ code: "", field: "proof", message: "Sign the text and put the signature here." });
  if (asked?.key !== key) throw new ApiError({ code: "", field: "proof", message: "The signature is of another key's text. Sign it anew." });
  onKey({ key, proof, time: asked.timeS, renew: null });
}

const PRIVATE_WORDS =
  "This looks like a private key. It was not sent, and it must never be pasted into a page: move what it guards.";

function keyProblem(key) {
  if (PRIVATE.test(key)) return PRIVATE_WORDS;
  return KEY.test(key) ? "" : "An account key begins with its origin: [fingerprint/48h/1h/0h/2h]tpub…";
}

async function makeText(form) {
  const key = form.elements.key.value.trim();
  const problem = key === "" ? "" : keyProblem(key);
  if (problem && key.length > 100) setProblem(form, "key", problem);
  if (PRIVATE.test(key)) form.elements.key.value = "";
  if (problem || key === "") return drop("Give the account key first.");
  if (asked?.key === key) return;
  try {
    write(key, await houseAccount());
  } catch (error) {
    drop(`The number of your account is needed for it: ${error.message}`);
  }
}

function write(key, number, timeS = seconds()) {
  asked = { key, timeS, text: proofText({ network, account: number, key, timeS }) };
  setText(one("#proof-text"), asked.text);
  setText(one("#text-age"), "Good for ten minutes.");
  const command = `python -m custody.owner_wallet prove owner.key --account ${number} --network ${network}`;
  setText(one("#prove-command"), command);
  one("#copy-command").dataset.copy = command;
  for (const button of all("#copy-text, #save-text, #copy-command")) button.disabled = false;
}

function drop(words) {
  asked = null;
  setText(one("#proof-text"), words);
  setText(one("#text-age"), "");
  for (const button of all("#copy-text, #save-text")) button.disabled = true;
}

/** A new time only while nobody has begun to sign: with a signature in the field the text stays as it is. */
function keepTextFresh(form) {
  if (asked === null || seconds() - asked.timeS < TEXT_LASTS_S) return;
  if (form.elements.proof.value.trim() === "") write(asked.key, account);
  else setText(one("#text-age"), "This text gets old. Send it now, or clear the signature for a new one.");
}

async function readProof(form, input) {
  const [file] = input.files;
  if (!file) return;
  try {
    if (file.size > MOST_FILE_BYTES) throw new Error("too long");
    const { key, proof, time } = JSON.parse(await file.text());
    if (typeof proof !== "string" || !Number.isSafeInteger(time) || keyProblem(key)) throw new Error("not one");
    form.elements.key.value = key;
    write(key, await houseAccount(), time);
    form.elements.proof.value = proof;
    setProblem(form, "proof", "");
  } catch (error) {
    const words = error instanceof ApiError ? error.message : "This is no file that the command printed: it has key, time and proof.";
    setProblem(form, "proof", words);
  } finally {
    input.value = "";
  }
}
