// Which deed's form is open: tabs for pointers and arrow keys, and the part of the address behind #.
import { all, one } from "../lib/dom.js";

const tabs = () => all('.deed-tabs [role="tab"]').filter((tab) => !tab.hidden);
const listeners = new Set();

/** @param {(name: string) => void} listener is told of each choice */
export function onDeed(listener) {
  listeners.add(listener);
}

/** Opens a deed's form and shows it; from elsewhere on the page the focus goes there, too. */
export function chooseDeed(name, { isScrolled = true } = {}) {
  for (const tab of tabs()) {
    const isChosen = tab.dataset.deed === name;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    one(`#deed-${tab.dataset.deed}`).hidden = !isChosen;
  }
  for (const listener of listeners) listener(name);
  if (!isScrolled) return;
  one("#deeds").scrollIntoView({ block: "nearest" });
  one(`#deed-${name} input`)?.focus({ preventScroll: true });
}

export function bindTabs() {
  const list = one(".deed-tabs");
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-deed]");
    if (tab) chooseDeed(tab.dataset.deed, { isScrolled: false });
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const found = tabs();
    const at = found.indexOf(document.activeElement);
    const next = found[(at + step + found.length) % found.length];
    chooseDeed(next.dataset.deed, { isScrolled: false });
    next.focus();
  });
  const wanted = location.hash.slice(1);
  chooseDeed(tabs().some((tab) => tab.dataset.deed === wanted) ? wanted : "mint", { isScrolled: false });
}
