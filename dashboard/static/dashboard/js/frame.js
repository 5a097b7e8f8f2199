// What every page does: mark where one is, the theme, copying, the clock, the house's state and notices.

import { followNotices } from "./account/badge.js";
import { listenForCopies } from "./lib/copy.js";
import { all, one, setText } from "./lib/dom.js";
import { utcText } from "./lib/format.js";
import { watchHouse } from "./lib/house_state.js";
import { every, now } from "./lib/live.js";
import { say } from "./lib/say.js";
import { nextTheme, setTheme } from "./lib/theme.js";

const SAID = { dark: "Dark", light: "Light", system: "As the system" };

for (const link of all(".areas a")) {
  if (link.dataset.area !== document.body.dataset.page) continue;
  link.setAttribute("aria-current", "page");
  link.parentElement.scrollLeft = link.offsetLeft - link.parentElement.offsetLeft - 24; // on a phone not all have room
}
one("#theme-button")?.addEventListener("click", () => {
  setTheme(nextTheme());
  say("ok", `Theme: ${SAID[document.documentElement.dataset.chosenTheme]}.`);
});
matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => setTheme(document.documentElement.dataset.chosenTheme));
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of all("details.menu[open]")) {
    menu.open = false;
    one("summary", menu).focus();
  }
});
listenForCopies();
watchHouse();
if (document.body.dataset.visitor) followNotices();
every(1_000, () => setText(one("#foot-clock"), `${utcText(now())} UTC`));
