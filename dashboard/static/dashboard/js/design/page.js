// Lets the components of the design page live: themes, swatches, bars, results, a dialog.

import { ApiError } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { all, el, fill, one } from "../lib/dom.js";
import { addressGroups } from "../lib/format.js";
import { problem } from "../lib/panel.js";
import { qrSvg } from "../lib/qr.js";
import { say } from "../lib/say.js";
import { chosenTheme, setPair, setTheme } from "../lib/theme.js";

const COLOURS = [
  "ground", "surface", "raised", "sunken", "line", "line-strong", "text", "text-soft", "text-faint", "accent", "accent-ground",
  "link", "focus", "up", "up-ground", "up-wash", "down", "down-ground", "down-wash", "ok", "warn", "bad", "unknown",
];
const ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
const SAID = {
  ok: ["Order placed."],
  warn: ["The price is 12 s old."],
  bad: ["You have 0.00500 BTC free, and this sells 0.01000.", { code: "INSUFFICIENT_FUNDS", requestId: "4f1c0a9be2d1" }],
  unknown: ["The answer was lost. Whether it was done is being checked.", { code: "OUTCOME_UNKNOWN" }],
};

fill(one("#swatches"), COLOURS.map((name) => {
  const patch = el("i");
  patch.style.background = `var(--${name})`;
  return el("div", {}, patch, name);
}));
for (const bar of all("[data-fill]")) one("i", bar).style.width = `${bar.dataset.fill}%`;
fill(one("#d-address"), addressGroups(ADDRESS));
fill(one("#d-qr"), qrSvg(`bitcoin:${ADDRESS}`, "The address as a QR code"));
const lost = new ApiError({ code: "NO_ANSWER", message: "The house does not answer.", requestId: "" });
fill(one("#d-problem"), problem(lost, () => say("ok", "It would be tried again.")));

for (const button of all("[data-say]")) {
  button.addEventListener("click", () => say(button.dataset.say, ...SAID[button.dataset.say]));
}
one("#show-dialog").addEventListener("click", async () => {
  const yes = await ask({ title: "Cancel all orders?", lines: ["3 orders of BTC-USDB would be canceled."], deed: "Cancel 3 orders", danger: true, keep: "Keep them" });
  say(yes ? "ok" : "warn", yes ? "It would be done." : "Nothing was done.");
});

for (const button of all("[data-theme-choice]")) button.addEventListener("click", () => setTheme(button.dataset.themeChoice));
for (const button of all("[data-pair-choice]")) button.addEventListener("click", () => setPair(button.dataset.pairChoice));
document.addEventListener("theme", mark);
mark();

function mark() {
  for (const button of all("[data-theme-choice]")) button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosenTheme()));
  const pair = document.documentElement.dataset.pair ?? "";
  for (const button of all("[data-pair-choice]")) button.setAttribute("aria-pressed", String(button.dataset.pairChoice === pair));
}
