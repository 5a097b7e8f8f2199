// The list of logins changes in its place (htmx): says what was done, and what was not.

import { say } from "../lib/say.js";

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "logins") return;
  say("ok", event.detail.requestConfig.path.endsWith("/end-others") ? "All other logins have ended." : "That login has ended.");
});
document.addEventListener("htmx:responseError", () => say("bad", "It was not done. Load the page again and look."));
document.addEventListener("htmx:sendError", () => say("unknown", "The house did not answer. Load the page again and look whether it was done."));
