// Shows an order once more before it is sent. The figures in it live on; one press that is held sends nothing.
import { openDialog } from "../lib/dialogs.js";
import { el, fill } from "../lib/dom.js";

/**
 * Opens the review. `lines()` gives [word, text] pairs or null where the order cannot be sent now, and
 * `warnings()` says why; `send()` is called once. Gives {refresh}: to be called when the figures have changed.
 */
export function openReview({ title, side, deed, lines, warnings, send }) {
  const facts = el("dl", { class: "facts review-facts" });
  const words = el("ul", { class: "order-warnings small" });
  let isSent = false;
  const yes = el("button", { type: "button", class: `button ${side === "BUY" ? "buy" : "sell"}`, id: "review-send" }, deed);
  const no = el("button", { type: "button", class: "button quiet", onclick: () => dialog.close() }, "Back");
  const dialog = openDialog(title, [facts, words], [no, yes]);
  dialog.classList.add("review");
  yes.addEventListener("click", (event) => {
    if (isSent || event.detail > 1) return; // the second half of a double click on what opened this
    isSent = true;
    dialog.close();
    send();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.repeat) event.preventDefault();
  });
  refresh();
  yes.focus();
  return { refresh, close: () => dialog.close(), dialog };

  function refresh() {
    const now = lines();
    yes.disabled = now === null;
    if (now) fill(facts, now.map(([word, text]) => [el("dt", {}, word), el("dd", {}, text)]));
    fill(words, warnings().map((text) => el("li", {}, text)));
  }
}
