// Buttons with data-copy put that text into the clipboard and say so.

import { say } from "./say.js";

export function listenForCopies() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      say("ok", "Copied.");
    } catch {
      say("warn", "The browser does not let this page copy. Select the text instead.");
    }
  });
}
