// The page of reserves: what GET /reserves and its lists say, kept fresh, each part by itself.
import { get } from "../lib/api.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { ago, utcText } from "../lib/format.js";
import { panel } from "../lib/panel.js";
import { showKeys } from "../vaults/keys_panel.js";
import { redraw } from "../vaults/redraw.js";
import { table } from "../vaults/table.js";
import { bitcoin, dollars, percent } from "../vaults/texts.js";
import { STATES } from "../vaults/words.js";
import { showAssets } from "./assets_view.js";
import { showSnapshots } from "./snapshots_view.js";
import { bindVaultCoins, coinsTable } from "./vault_coins.js";
import { WALLETS } from "./words.js";

const SUMMARY_MS = 10_000;
const SLOW_MS = 60_000;

const identities = table({
  caption: "Identities of the books, with their last check",
  key: (row) => row.name,
  columns: [
    { title: "Must hold", cell: (row) => el("span", { class: "two" }, row.meaning, el("small", { class: "mono soft" }, row.name)) },
    { title: "Does it?", cell: holds },
    { title: "Last check", cell: (row) => (row.checked_ms === null ? "never" : moment(row.checked_ms)) },
    { title: "Everything checked", cell: (row) => (row.whole_checked_ms === null ? "not yet" : moment(row.whole_checked_ms)) },
  ],
});

const moment = (ms) => el("span", { class: "small num", title: `${utcText(ms)} UTC` }, ago(ms));

function holds({ holds: is, violations }) {
  if (is === null) return el("span", { class: "badge unknown" }, "? Not looked at");
  const words = is ? "✓ Holds" : `✕ ${violations} violations`;
  return el("span", { class: `badge ${is ? "ok" : "bad"} identity-sign` }, words);
}

function showSummary(found, body) {
  showAssets(found.assets, body);
  showVerdict(found);
  showTotals(found.vaults);
  showIdentities(found.identities);
  showWallets(found.wallets);
}

/** What does not hold stands open; what holds is a list for whoever wants to read it. */
function showIdentities(rows) {
  const place = one("#identities");
  const doubtful = rows.filter((row) => row.holds !== true);
  if (!place.contains(identities.node)) {
    const details = el("details", { class: "more identities" }, el("summary", {}, ""), identities.node);
    details.open = doubtful.length > 0;
    fill(place, details);
  }
  setText(one("summary", place), `All ${rows.length}, one by one: ${rows.length - doubtful.length} hold`);
  identities.show([...doubtful, ...rows.filter((row) => row.holds === true)]);
}

/** One sentence on top: whether all that was looked at holds. */
function showVerdict(found) {
  const wrong = found.identities.filter((one) => one.holds === false).length;
  const unseen = found.identities.filter((one) => one.holds === null).length;
  const count = found.identities.length;
  const words = wrong
    ? `${wrong} of ${count} identities of the books do not hold.`
    : count === 0
      ? "The identities of the books were not looked at yet."
      : unseen
        ? `${count - unseen} of ${count} identities of the books hold; ${unseen} were not looked at yet.`
        : `All ${count} identities of the books hold.`;
  const kind = wrong ? "bad" : unseen || count === 0 ? "" : "ok";
  const remarks = [
    found.demo ? "This is a demo: play money is among it." : "",
    found.development_chain ? "Its bitcoin is of a chain for development and worth nothing." : "",
  ].filter(Boolean);
  redraw(one("#reserves-verdict"), el("div", { class: `banner ${kind}`.trim() }, el("span", { class: "banner-words" }, el("strong", {}, words), remarks.length ? el("p", { class: "soft" }, remarks.join(" ")) : null)));
}

function showTotals({ by_status: counts, collateral, debt, ratio }) {
  const figure = (title, value) => el("div", { class: "figure" }, el("dt", {}, title), el("dd", {}, value));
  const badges = counts
    .filter((one) => one.count > 0)
    .map(({ status, count }) => el("span", { class: `badge ${STATES[status]?.[1] ?? ""}`.trim() }, `${count} ${STATES[status]?.[0].toLowerCase() ?? status}`));
  fill(
    one("#vault-totals"),
    el("dl", { class: "figures" }, figure("Bitcoin in vaults", bitcoin(collateral)), figure("Dollars owed by vaults", dollars(debt, { up: true })), figure("Ratio of all", percent(ratio))),
    el("p", { class: "row" }, badges.length ? badges : el("span", { class: "soft" }, "There is no vault yet.")),
  );
}

function showWallets(wallets) {
  const place = one("#wallets");
  const openOnes = place.querySelector("details[open]") !== null;
  redraw(place, el("div", { class: "panel-body grid-2" }, wallets.map((wallet) => walletNode(wallet, openOnes))));
}

function walletNode({ wallet, coins_count: count, coins_amount: amount, booked, ledger, coins }, isOpen) {
  const [title, words] = WALLETS[wallet] ?? [wallet, ""];
  const facts = [
    ["Coins in the chain", `${bitcoin(amount)} in ${count === 1 ? "one coin" : `${count} coins`}`],
    ["Of them in the books", bitcoin(booked)],
    ["The books say", bitcoin(ledger)],
  ];
  const details = coins.length ? el("details", { class: "more" }, el("summary", {}, `${coins.length} coins`), coinsTable(coins, title)) : null;
  if (details) details.open = isOpen;
  return el("div", { class: "stack" }, el("h3", {}, title), el("dl", { class: "facts" }, facts.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])), el("p", { class: "soft small" }, words), details);
}

panel(one("#assets"), { load: () => get("/reserves"), show: showSummary, every: SUMMARY_MS });
panel(one("#custody"), {
  load: () => get("/custody"),
  show: (custody, body) => {
    const [cards, trust] = [el("div", { class: "keys-three" }), el("p", { class: "banner" })];
    showKeys(cards, trust, custody, "", "Each vault's owner");
    fill(body, cards, trust);
  },
  every: SLOW_MS,
});
panel(one("#snapshots"), { load: () => get("/reserves/snapshots", { limit: 24 }), show: showSnapshots, every: SLOW_MS, empty: ({ snapshots }) => (snapshots.length ? null : el("div", { class: "empty" }, el("strong", {}, "No snapshot yet"), el("span", {}, "One is taken each hour."))) });
bindVaultCoins(one("#vault-coins"));
