// What states, events and refusals of vaults are called on pages: plain words, and for each refusal what still
// works.

/** Of each state: its word, its badge and what it means. */
export const STATES = {
  PENDING: ["Waiting for bitcoin", "", "Opened. The first deposit that is deep enough makes it active."],
  ACTIVE: ["Active", "ok", "Its bitcoin covers what it owes."],
  WARNING: ["Warning", "warn", "Below the warning threshold at a confirmed price. Add bitcoin or repay."],
  LIQUIDATING: ["Liquidating", "bad", "Below the liquidation threshold. Repay or add bitcoin now to save it."],
  LIQUIDATED: ["Liquidated", "bad", "The debt is settled. What is left is yours: close it."],
  CLOSING: ["Closing", "", "It owes nothing, and its bitcoin is on its way out."],
  CLOSED: ["Closed", "", "It is empty and has ended. Do not pay to its address any more."],
  FROZEN: ["Frozen", "warn", "A credited deposit has left the chain. Deposit, repay and save still work."],
};

/** Of each risk: its word and its badge. */
export const RISKS = {
  none: ["No debt", ""],
  unknown: ["No price now", ""],
  safe: ["▲ Comfortable", "ok"],
  risky: ["▼ Risky", "warn"],
  warned: ["▼ Below warning threshold", "warn"],
  liquidatable: ["▼ Below liquidation threshold", "bad"],
};

/** Of an output that pays a vault. */
export const COINS = {
  SEEN: ["Seen, not in a block", ""],
  CONFIRMED: ["Confirming", ""],
  CREDITED: ["Collateral", "ok"],
  GONE: ["Left the chain", "bad"],
  DOUBLE_SPENT: ["Spent elsewhere", "bad"],
  LOST: ["Lost", "bad"],
  SPENT: ["Withdrawn", ""],
  TAKEN: ["Taken by its keys", "warn"],
};

/** Of bitcoin on its way out. */
export const WITHDRAWALS = {
  PLANNED: ["Waits for your signature", "warn"],
  SIGNED: ["Signed by you", ""],
  BROADCAST: ["On its way", ""],
  SUSPENDED: ["Suspended", "bad"],
  CONFIRMED: ["Done", "ok"],
  CANCELED: ["Taken back", ""],
};

/** What each state of the price allows, as a sentence. */
export const PRICES = {
  FRESH: ["Fresh", "ok"],
  DEGRADED: ["Degraded", "warn"],
  STALE: ["Stale", "bad"],
  PAUSED: ["Paused", "warn"],
  HALTED: ["Halted", "bad"],
};

const STILL = "Adding bitcoin, repaying and saving still work.";
const WHY = {
  MINTING_NOT_OPEN:
    "This house does not liquidate vaults yet, so dollars are minted in a demo only. Opening, depositing and " +
    "withdrawing work.",
  ORACLE_STALE: `There is no fresh price, so nobody mints or takes bitcoin out while owing. ${STILL}`,
  BELOW_MINIMUM_RATIO: "The vault would be worth too little for what it owes.",
  RATIO_MOVED: "The price moved between your look and your click, so nothing was done. Look again.",
  DEBT_MOVED: "The debt has grown past what you saw, so nothing was done. Look again.",
  INSUFFICIENT_COLLATERAL: "There is not that much free bitcoin in the vault, with the network's fee.",
  DEBT_OUTSTANDING: "It still owes dollars. Repay all of it first, then close.",
};
const NO_PRICE = /^(PRICE_|ORACLE_|NO_PRICE)/;

/** @param {string} code of a refusal @param {string} message the house's words @returns {string} */
export function whyNot(code, message) {
  if (WHY[code]) return WHY[code];
  return NO_PRICE.test(code) ? `${message} ${STILL}` : message;
}
