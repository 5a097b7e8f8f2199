// Brings the tab where one is into view, where they do not all fit.

import { all } from "../lib/dom.js";

for (const tab of all(".tabs > [aria-current]")) {
  const tabs = tab.parentElement;
  tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
}
