// Lets a vault's owner sign a withdrawal: shows what it does, takes the signature from this browser's keys, a file
// or a camera, and hands it in. Nothing is handed in that was not read here first.
import { get, post } from "../lib/api.js";
import { el, fill } from "../lib/dom.js";
import { openDialog } from "../lib/dialogs.js";
import { trimmed } from "../lib/decimal.js";
import { inWords } from "./passphrase.js";
import { readingView } from "./reading_view.js";
import { explainHere, NotSigned, signedProblems } from "./signing.js";
import { cameraWay, fileWay, hereWay } from "./sign_ways.js";

/**
 * @param {{vault: {vault_id: string}, withdrawal: object, asked?: {address?: string, amount?: string}}} given
 *   `withdrawal` as the API shows it, PLANNED with its PSBT; `asked` is what the owner typed himself, if he did
 * @returns {Promise<object|null>} the withdrawal as the house shows it then; null where it was left unsigned
 */
export function signWithdrawal({ vault, withdrawal, asked = {} }) {
  const place = el("div", { class: "stack" }, el("p", { class: "soft" }, "Reading the transaction…"));
  const later = el("button", { type: "button", class: "button quiet" }, "Not now");
  const dialog = openDialog(`Sign: ${trimmed(withdrawal.amount, 2)} BTC out of your vault`, place, [later]);
  dialog.classList.add("sign-dialog");
  const ended = new AbortController();
  return new Promise((resolve) => {
    let view = null;
    later.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      ended.abort();
      resolve(view);
    });
    const onDone = (done) => {
      view = done;
      dialog.close();
    };
    begin({ place, dialog, vault, withdrawal, asked, signal: ended.signal, onDone });
  });
}

async function begin(scene) {
  const { place, vault } = scene;
  try {
    scene.vaultExport = await get(`/vaults/${vault.vault_id}/export`);
  } catch (error) {
    return fill(place, trouble(error, () => begin(scene)));
  }
  if (scene.signal.aborted) return undefined;
  return show(scene);
}

async function show(scene) {
  const { place, withdrawal, vaultExport, asked } = scene;
  const reading = await explainHere(withdrawal.psbt ?? "", vaultExport, withdrawal, asked);
  if (reading.problems.length) return fill(place, readingView(reading));
  const ways = el("div", { class: "stack" });
  fill(place, readingView(reading), ways);
  scene.reading = reading;
  return showWays(scene, ways);
}

function showWays(scene, place) {
  const body = el("div", { class: "sign-way", role: "tabpanel", id: "sign-way" });
  const choices = [
    ["This browser", hereWay],
    ["File", fileWay],
    ["QR codes", cameraWay],
  ];
  let end = () => {};
  const buttons = choices.map(([title, way], at) =>
    el("button", { type: "button", role: "tab", "aria-controls": "sign-way", onclick: () => choose(at) }, title),
  );
  const tabs = el("div", { class: "tabs", role: "tablist", "aria-label": "Where your key is", onkeydown: step }, buttons);
  fill(place, el("h3", {}, "Where is your key?"), tabs, body);
  scene.signal.addEventListener("abort", () => end());
  choose(0);

  function choose(at) {
    end();
    buttons.forEach((button, place) => {
      button.setAttribute("aria-selected", String(place === at));
      button.tabIndex = place === at ? 0 : -1;
    });
    body.setAttribute("aria-label", choices[at][0]);
    end = choices[at][1]({ ...scene, body, handIn: (text) => handIn(scene, text) }) ?? (() => {});
  }

  function step(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const at = (buttons.findIndex((button) => button.tabIndex === 0) + by + buttons.length) % buttons.length;
    choose(at);
    buttons[at].focus();
  }
}

/** Raises NotSigned, ApiError. The same again changes nothing in the house, so a retry after silence is safe. */
async function handIn(scene, signedText) {
  const { withdrawal, vaultExport, asked, vault } = scene;
  const problems = await signedProblems(withdrawal.psbt, signedText, vaultExport, withdrawal, asked);
  if (problems.length) throw new NotSigned(problems);
  if (scene.signal.aborted) return undefined; // closed meanwhile: who closes it does not want it
  const path = `/vaults/${vault.vault_id}/withdrawals/${withdrawal.withdrawal_id}`;
  try {
    const { withdrawal: done } = await post(`${path}/sign`, { psbt: signedText });
    return scene.onDone(done);
  } catch (error) {
    if (!error.isUnknown) throw error;
    const { withdrawal: now } = await get(path).catch(() => ({}));
    if (now && now.status !== "PLANNED") return scene.onDone(now);
    error.message = "Nobody knows yet whether the house got it. Sign again: the same signature twice does no harm.";
    throw error;
  }
}

function trouble(error, retry) {
  return el(
    "div",
    { class: "banner warn", role: "alert" },
    el("span", {}, inWords(error)),
    el("button", { type: "button", class: "button small", onclick: retry }, "Try again"),
  );
}
