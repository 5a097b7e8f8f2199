// The page of keys: which stage is shown, and how one leads to the next. Words live in memory between stages only.
import { all, one, setText } from "../lib/dom.js";
import { beginImport } from "./importing.js";
import { beginMaking } from "./making.js";
import { askNewPassphrase } from "./new_passphrase.js";
import { inWords } from "./passphrase.js";
import { showVaults } from "./own_vaults.js";
import { isOpen, obstacle, onWallet, walletFacts } from "./wallet.js";
import { showWallet } from "./wallet_panel.js";

const BUSY = new Set(["make", "import", "passphrase"]);
let stage = "reading";
/** @type {{words: string[], extension: string, origin: string}|null} */
let drawn = null;

function goTo(next) {
  const isMove = stage !== "reading";
  stage = next;
  for (const part of all("[data-stage]")) part.hidden = part.dataset.stage !== next;
  one("#stage").setAttribute("aria-busy", "false");
  if (next === "choose") drawn = null;
  if (next === "make") beginMaking((words) => onWords({ words, extension: "", origin: "made" }));
  if (next === "import") beginImport((words, extension) => onWords({ words, extension, origin: "imported" }));
  if (!isMove) return;
  one(`[data-stage="${next}"] h2`)?.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

function onWords(given) {
  drawn = given;
  goTo("passphrase");
  askNewPassphrase(() => drawn, { isMade: given.origin === "made", onKept });
}

async function onKept() {
  const { origin } = drawn;
  drawn = null;
  await refresh();
  const words = origin === "made" ? "Your keys are sealed and kept. The paper with your words is now worth what they guard." : "Your keys are back in this browser.";
  setText(one("#just-made"), `✓ ${words}`);
  one("#just-made").hidden = false;
}

/** Shows what this browser has. A stage that somebody is in the middle of stays. */
async function refresh() {
  showState();
  let facts = null;
  try {
    facts = await walletFacts();
  } catch (error) {
    return showObstacle(inWords(error));
  }
  if (!facts) {
    if (!BUSY.has(stage) || drawn === null) goTo("choose");
    return showVaults(null);
  }
  goTo("wallet");
  await showWallet(facts, refresh);
  return showVaults(facts);
}

function showObstacle(words) {
  setText(one("#obstacle"), words);
  one("#obstacle").hidden = false;
  goTo("choose");
  for (const way of all("button.way")) way.disabled = true;
  setText(one("#choose-title"), "Keys cannot be kept here");
  setText(one("#wallet-state"), "Not here");
}

function showState() {
  const words = isOpen() ? "Open in this tab" : stage === "wallet" ? "Locked" : "No keys here";
  setText(one("#wallet-state"), words);
  one("#wallet-state").className = `badge ${isOpen() ? "ok" : ""}`;
}

for (const button of all("[data-go]")) button.addEventListener("click", () => goTo(button.dataset.go));
addEventListener("beforeunload", (event) => drawn && event.preventDefault());
onWallet(async (what) => {
  if (what === "changed" && !drawn) await refresh();
  else showState();
});

if (obstacle()) showObstacle(obstacle());
else refresh().then(showState);
