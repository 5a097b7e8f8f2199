// One vault's page: reads it, follows its channel and the price, and lets each part draw what it knows.
import { get } from "../lib/api.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { panel } from "../lib/panel.js";
import { house } from "../lib/socket.js";
import { showBanner } from "./banner.js";
import { bindDeeds } from "./deeds.js";
import { depositsView } from "./deposits.js";
import { figuresView } from "./figures_panel.js";
import { historyView, readHistory } from "./history.js";
import { showKeys } from "./keys_panel.js";
import { showMachine } from "./machine.js";
import { followPrice } from "./price_strip.js";
import { badge } from "./ratio_bar.js";
import { bindRecovery } from "./recovery.js";
import { Scene } from "./scene.js";
import { bindSimulator } from "./simulator.js";
import { nameOf } from "./texts.js";
import { bindWithdrawals } from "./withdrawals.js";
import { RISKS, STATES } from "./words.js";

const VAULT_MS = 10_000;
const COINS_MS = 5_000;
const HISTORY_MS = 20_000;
const SLOW_MS = 60_000;

const vaultId = one("#vault").dataset.vault;
const scene = new Scene(vaultId);
const history = { events: [], isAll: false };

let first = get(`/vaults/${vaultId}`);

async function readVault() {
  const asked = first ?? get(`/vaults/${vaultId}`);
  first = null;
  const { vault } = await asked;
  scene.take(vault);
  return vault;
}

async function readBalances() {
  try {
    const { balances } = await get("/balances");
    scene.know({ balances: Object.fromEntries(balances.map((one) => [one.asset, one.funding_available])) });
  } catch {
    // the forms show a dash, and the house judges all the same
  }
}

function showHead({ vault, risk }) {
  setText(one("#vault-name"), nameOf(vault));
  document.title = `${nameOf(vault)} · Ballast`;
  const [word, kind] = STATES[vault.status] ?? [vault.status, "unknown"];
  Object.assign(one("#vault-state"), { className: `badge ${kind}` });
  setText(one("#vault-state"), word);
  const [riskWord, riskKind] = RISKS[risk];
  Object.assign(one("#vault-risk"), { className: `badge ${riskKind}` });
  setText(one("#vault-risk"), riskWord);
}

function begin() {
  const figures = figuresView(scene, history);
  const whole = panel(one("#figures"), {
    load: readVault,
    show: (_, body) => figures(body),
    every: VAULT_MS,
  });
  const deposits = panel(one("#deposits"), {
    load: () => get(`/vaults/${vaultId}/deposits`, { limit: 50 }),
    show: depositsView(),
    empty: ({ deposits: found, is_open: isOpen }) =>
      found.length || !isOpen ? null : el("div", { class: "empty" }, el("strong", {}, "Nothing was paid to it yet"), el("span", {}, "Pay to its address from any wallet. It shows here as soon as it is seen.")),
    every: COINS_MS,
  });
  const withdrawals = bindWithdrawals(scene, afterDeed);
  const told = panel(one("#history"), {
    load: () => readHistory(vaultId, history),
    show: historyView(),
    every: HISTORY_MS,
  });
  panel(one("#keys"), {
    load: () => get("/custody"),
    show: (custody, body) => {
      const [cards, trust] = [el("div", { class: "keys-three" }), el("p", { class: "banner" })];
      showKeys(cards, trust, custody);
      fill(body, cards, trust);
    },
    every: SLOW_MS,
  });

  function afterDeed() {
    whole.reload();
    withdrawals.reload();
    deposits.reload();
    told.reload();
    readBalances();
  }

  function hear(frame) {
    const mine = frame.type === "snapshot" ? frame.vaults.find((vault) => vault.vault_id === vaultId) : frame.vault_id === vaultId && frame.vault;
    if (mine && scene.take(mine)) afterDeed();
  }

  scene.on(showHead);
  scene.on(showBanner);
  scene.on(() => one("#figures [data-body] .skeleton") === null && figures(one("#figures [data-body]")));
  scene.on(showMachine);
  bindSimulator(scene);
  bindDeeds(scene, afterDeed);
  bindRecovery(vaultId);
  followPrice((price) => scene.know({ price }));
  house.subscribe("vaults", {}, hear, {
    since: () => (scene.vault ? { [vaultId]: scene.vault.version } : undefined),
  });
  panel(el("div"), { load: async () => scene.know({ terms: (await get("/vaults/terms")).terms }), show: () => {}, every: SLOW_MS });
  readBalances();
}

function showMissing() {
  fill(
    one("#vault"),
    el(
      "div",
      { class: "panel empty", role: "alert" },
      el("strong", {}, "There is no such vault among yours"),
      el("span", {}, "Its number may be wrong, or it is somebody else's."),
      el("a", { class: "button primary", href: "/vaults" }, "Your vaults"),
    ),
  );
}

// One answer first: parts of a vault that does not exist would each say so.
first.then(begin, (error) => (error.status === 404 ? showMissing() : begin()));
