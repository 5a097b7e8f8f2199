// The three ways to a signature: keys of this browser, a file or text of another wallet, QR codes and a camera.
import { el, fill, setText } from "../lib/dom.js";
import { trimmed } from "../lib/decimal.js";
import { bbqrFrames } from "./bbqr.js";
import { inWords, passphraseForm } from "./passphrase.js";
import { bytesOf, psbtOfFile, psbtOfText, saveFile } from "./psbt_file.js";
import { qrRow } from "./qr_show.js";
import { hasCamera, scanPsbt } from "./qr_scan.js";
import { sign } from "./signing.js";
import { urFrames } from "./ur.js";
import { lock, obstacle, unlock, walletFacts } from "./wallet.js";

/** With the keys that lie in this browser. */
export function hereWay({ body, reading, withdrawal, vaultExport, asked, handIn, signal }) {
  fill(body, el("p", { class: "soft" }, "Looking for your keys…"));
  fillHere().catch((error) => fill(body, elsewhere(inWords(error))));

  async function fillHere() {
    const own = reading.vault.keys[0].fingerprint;
    if (obstacle()) return fill(body, elsewhere(obstacle()));
    const facts = await walletFacts();
    if (!facts) return fill(body, elsewhere("There are no keys in this browser."));
    if (facts.fingerprint !== own) {
      const whose = `The keys in this browser are ${facts.fingerprint}; this vault is of ${own || "a fixed key"}.`;
      return fill(body, elsewhere(whose));
    }
    const deed = `Sign ${trimmed(withdrawal.amount, 2)} BTC with key ${own}`;
    const signHere = async () => handIn(await sign(withdrawal.psbt, vaultExport, withdrawal, asked));
    const form = passphraseForm({
      deed,
      onGiven: async (passphrase, onProgress) => {
        try {
          await unlock(passphrase, onProgress);
          if (!signal.aborted) await signHere();
        } finally {
          lock(); // nothing on this page says that they are open
        }
      },
    });
    return fill(body, form, el("p", { class: "soft small" }, "The passphrase stays in this browser. Only the signature is sent."));
  }
}

function elsewhere(words) {
  return el(
    "div",
    { class: "stack" },
    el("p", {}, words),
    el("p", { class: "soft" }, "Sign with the device that has your key (file or QR), or bring your words into this browser."),
    el("p", {}, el("a", { class: "button quiet", href: "/keys" }, "Keys in this browser")),
  );
}

/** By a file or a text, for every wallet that reads PSBTs. */
export function fileWay({ body, withdrawal, handIn }) {
  const name = `withdrawal-${withdrawal.withdrawal_id.slice(0, 8)}.psbt`;
  const words = el("p", { class: "problem", role: "alert" });
  const file = el("input", { id: "signed-file", type: "file", accept: ".psbt,.txt,application/octet-stream" });
  const text = el("textarea", { id: "signed-text", rows: "3", spellcheck: "false", autocapitalize: "none", autocomplete: "off" });
  const form = el(
    "form",
    { class: "stack" },
    el("div", { class: "field" }, el("label", { for: "signed-file" }, "The file that it gives back"), file),
    el("div", { class: "field" }, el("label", { for: "signed-text" }, "or its text"), text),
    words,
    el("div", {}, el("button", { class: "button primary" }, "Check and hand in")),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    setText(words, "");
    try {
      const [given] = file.files;
      if (!given && !text.value.trim()) return setText(words, "Choose the signed file, or paste its text.");
      await handIn(given ? await psbtOfFile(given) : psbtOfText(text.value));
    } catch (error) {
      setText(words, inWords(error));
    }
    return undefined;
  });
  fill(
    body,
    el("p", {}, "1. Take the transaction to your device or wallet program and sign it there."),
    el(
      "div",
      { class: "row" },
      el("button", { type: "button", class: "button", onclick: () => saveFile(name, bytesOf(withdrawal.psbt)) }, "Download the .psbt file"),
      el("button", { type: "button", class: "button quiet", dataset: { copy: withdrawal.psbt } }, "Copy as text"),
    ),
    hint(),
    el("p", {}, "2. Bring back what it has signed."),
    form,
  );
}

/** By codes on both screens. */
export function cameraWay({ body, withdrawal, handIn, signal }) {
  const bytes = bytesOf(withdrawal.psbt);
  const kinds = [
    ["BBQr", "Coldcard Q, Sparrow, Nunchuk", bbqrFrames],
    ["UR", "Keystone, Passport, Jade, SeedSigner, Sparrow", urFrames],
  ];
  const picture = el("div", { class: "qr-place" });
  let shown = { end: () => {} };
  const buttons = kinds.map(([title, devices], at) =>
    el("button", { type: "button", class: "button small", title: devices, onclick: () => choose(at) }, title),
  );
  const choose = (at) => {
    shown.end();
    buttons.forEach((button, place) => button.setAttribute("aria-pressed", String(place === at)));
    shown = qrRow(kinds[at][2](bytes), `The transaction as QR codes of the kind ${kinds[at][0]}`);
    fill(picture, shown.node, el("p", { class: "soft small" }, kinds[at][1]));
  };
  fill(
    body,
    el("p", {}, "1. Let your device scan the transaction."),
    el("div", { class: "row", role: "group", "aria-label": "Kind of QR code" }, buttons),
    picture,
    hint(),
    el("p", {}, "2. Show the signed one to this camera."),
    scanner(handIn, signal),
  );
  choose(0);
  return () => shown.end();
}

function scanner(handIn, signal) {
  const words = el("p", { class: "problem", role: "alert" });
  const place = el("div");
  const button = el("button", { type: "button", class: "button primary", onclick: start }, "Use the camera");
  button.disabled = !hasCamera();
  if (button.disabled) setText(words, "This browser gives this page no camera. Use a file or text instead.");
  return el("div", { class: "stack" }, place, words, el("div", {}, button));

  async function start() {
    setText(words, "");
    button.disabled = true;
    try {
      const psbt = await scanPsbt(place, signal);
      if (psbt) await handIn(psbt);
    } catch (error) {
      setText(words, inWords(error));
    } finally {
      button.disabled = false;
    }
  }
}

function hint() {
  return el(
    "p",
    { class: "soft small" },
    "Compare address and amounts on the device's own screen. It has to know this vault first: give it the descriptor from the vault's page.",
  );
}
