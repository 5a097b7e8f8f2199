// Asks before a deed. The browser's own dialog keeps the focus inside and closes with Esc.

import { el } from "./dom.js";

let number = 0;

/** Shows `content` under a title with buttons; gives the dialog, open. `deeds` are elements. */
export function openDialog(title, content, deeds = []) {
  const id = `dialog-${++number}`;
  const dialog = el(
    "dialog",
    { class: "dialog", "aria-labelledby": id },
    el("div", { class: "dialog-body" }, el("h2", { id }, title), content, deeds.length ? el("div", { class: "dialog-deeds" }, deeds) : null),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Whether it shall be done. `lines` are texts or elements, `deed` the words of the button. */
export function ask({ title, lines = [], deed, danger = false, keep = "Back" }) {
  return new Promise((resolve) => {
    const yes = el("button", { type: "button", class: `button ${danger ? "danger" : "primary"}`, onclick: () => end(true) }, deed);
    const no = el("button", { type: "button", class: "button quiet", onclick: () => end(false) }, keep);
    const content = lines.map((line) => (typeof line === "string" ? el("p", {}, line) : line));
    const dialog = openDialog(title, content, [no, yes]);
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
    (danger ? no : yes).focus();
    function end(is) {
      dialog.close(is ? "yes" : "");
    }
  });
}
