// What the lines of the books are called on the page of reserves.

export const PURPOSES = {
  FUNDING: "Customers' funding wallets",
  TRADING: "Customers' trading wallets, orders too",
  WITHDRAWALS: "Withdrawals that are not out yet",
  HOT_WALLET: "Bitcoin in the hot wallet",
  COLD_STORAGE: "Bitcoin in cold storage",
  REORG_RECEIVABLE: "Left owing by a reorg",
  VAULT_DEBT: "Owed by vaults",
  DEMO_ISSUE: "Play money of the demo: nothing backs it",
  HOUSE: "The house's own",
  FEES: "Fees earned",
  CLEARING: "Between wallets at this moment",
  STABILITY_FEES: "Stability fees",
  INSURANCE: "Insurance fund",
  NETWORK_FEES: "Network fees paid",
};

export const SIDES = { OWED: "Owed", BACKING: "Covered by", HOUSE: "The house's own" };

/** @param {string} purpose @returns {string} */
export const purposeName = (purpose) => PURPOSES[purpose] ?? purpose.toLowerCase().replaceAll("_", " ");

export const WALLETS = {
  hot: ["Hot wallet", "Only its sum is told: its coins lie on customers' addresses."],
  cold: ["Cold storage", "Its coins are listed, the largest first."],
};
