// The tabs below the chart: which one is seen, their counts, and how old what they show is.
import { all, one, setText } from "../lib/dom.js";
import { atMost, every, span } from "../lib/live.js";
import { account } from "./account.js";
import { balancesPane } from "./balances.js";
import { fillsPane } from "./fills.js";
import { historyPane } from "./history.js";
import { OpenOrders } from "./orders.js";
import { profitPane } from "./profit.js";
import { startResults } from "./results.js";
import { placements } from "./sending.js";

const STATE_WORDS = { loading: "", live: "", out: "", resync: "resyncing", away: "not live" };

/** Gives {orders, open(name)}. */
export function startTabs() {
  const orders = new OpenOrders(one("#pane-open"));
  const panes = {
    history: historyPane(one("#pane-history")),
    fills: fillsPane(one("#pane-fills")),
    balances: balancesPane(one("#pane-balances")),
    profit: profitPane(one("#pane-profit")),
  };
  const tabs = all('#orders-panel [role="tab"], .deeds-head [role="tab"]');
  const show = (tab) => {
    for (const other of tabs) choose(other, other === tab);
    const name = tab.id.slice("tab-".length);
    one("#this-market").closest("label").hidden = ["balances", "profit"].includes(name);
    panes[name]?.seen();
    if (name === "fills") unread.clear();
  };
  bindTabs(tabs, show);
  one("#this-market").addEventListener("change", () => {
    orders.refresh();
    for (const pane of Object.values(panes)) pane.filtered?.();
  });
  const unread = countFills();
  keepCounts(orders);
  keepAge();
  startResults();
  return { orders, open: (name) => show(one(`#tab-${name}`)) };
}

function choose(tab, is) {
  tab.setAttribute("aria-selected", String(is));
  tab.tabIndex = is ? 0 : -1;
  one(`#${tab.getAttribute("aria-controls")}`).hidden = !is;
}

function bindTabs(tabs, show) {
  for (const tab of tabs) tab.addEventListener("click", () => show(tab));
  tabs[0].parentElement.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = tabs[(to + tabs.length) % tabs.length];
    next.focus();
    show(next);
  });
}

/** How many orders are open in all markets, so that no filter hides that there are some. */
function keepCounts(orders) {
  const show = atMost(5, () => {
    setCount("open", account.openOrders.length);
    orders.refresh();
  });
  account.on("change", show);
  placements.onChange(show);
}

/** Fills that came while another tab was seen. */
function countFills() {
  let number = 0;
  account.on("fill", () => {
    if (one("#tab-fills").getAttribute("aria-selected") === "true") return;
    setCount("fills", ++number);
  });
  return {
    clear: () => {
      number = 0;
      setCount("fills", 0);
    },
  };
}

function setCount(name, number) {
  const place = one(`[data-count="${name}"]`);
  place.hidden = number === 0;
  setText(place, number > 99 ? "99+" : number);
}

/** Old data is greyed and says its age; what is live says nothing. */
function keepAge() {
  let sinceMs = 0;
  const panel = one("#orders-panel");
  every(1_000, () => {
    const words = STATE_WORDS[account.state];
    sinceMs = words ? sinceMs || performance.now() : 0;
    const isOld = words !== "" && account.isKnown;
    panel.classList.toggle("is-old", isOld);
    setText(one("#account-age"), isOld ? `${words} · ${span(performance.now() - sinceMs)} old` : "");
  });
}
