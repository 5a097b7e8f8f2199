// Each deed of a vault's owner: what a preview asks, what is sent, the words of its button and of its success.
import { post } from "../lib/api.js";
import { fromAtoms, toAtoms } from "../lib/decimal.js";
import { isSome, ratioAt, ratioLess, withRoom } from "./figures.js";
import { bitcoin, dollars } from "./texts.js";

const DECIMALS = 8;
const RATIO_DECIMALS = 6;
const DEBT_ROOM_PPM = 500n; // the fee that grows between look and click
const RATIO_ROOM_PPM = 5_000n; // what the price may move meanwhile

/** @param {string} text @returns {string|null} the amount as the house takes it; null where it is none */
export function amountOf(text) {
  try {
    const atoms = toAtoms(text ?? "", DECIMALS);
    return atoms > 0n ? fromAtoms(atoms, DECIMALS) : null;
  } catch {
    return null;
  }
}

/** The least ratio that one agrees to: that of the preview at the price for minting, with a little room. */
function leastRatio(scene, seen) {
  const ratio = ratioAt(seen.after.collateral, seen.after.debt, scene.price?.mint ?? null);
  return ratio === null ? null : ratioLess(fromAtoms(ratio, RATIO_DECIMALS), RATIO_ROOM_PPM);
}

const path = (scene, deed) => `/vaults/${scene.vaultId}/${deed}`;
const one = (name, text) => (amount) => (amount === null ? name : `${name} ${text(amount)}`);

/** `query` null: there is nothing to look at. `unit` writes an amount of it. `send` gives the house's answer. */
export const KINDS = {
  mint: {
    unit: dollars,
    query: ({ amount }) => (amountOf(amount) === null ? null : { mint: amountOf(amount) }),
    words: ({ amount }) => one("Mint", dollars)(amountOf(amount)),
    send: (scene, { amount }, seen, key) =>
      post(path(scene, "mint"), { amount: amountOf(amount), min_ratio: leastRatio(scene, seen), max_debt: withRoom(seen.after.debt, DEBT_ROOM_PPM) }, { key }),
    done: ({ minted }) => `Minted ${dollars(minted.amount)}. They are in your funding wallet.`,
  },
  repay: {
    unit: dollars,
    query: ({ amount, all }, scene) => {
      if (all) return isSome(scene.vault.debt) ? { repay: withRoom(scene.vault.debt, DEBT_ROOM_PPM) } : null;
      return amountOf(amount) === null ? null : { repay: amountOf(amount) };
    },
    words: ({ amount, all }, scene) => (all ? `Repay all, about ${dollars(scene.vault.debt, { up: true })}` : one("Repay", dollars)(amountOf(amount))),
    send: (scene, { amount, all }, seen, key) => post(path(scene, "repay"), all ? { all: true } : { amount: amountOf(amount) }, { key }),
    done: ({ repaid }) => `Repaid ${dollars(repaid.paid)}.${repaid.debt && !isSome(repaid.debt) ? " It owes nothing any more." : ""}`,
  },
  add: {
    unit: bitcoin,
    query: ({ amount }) => (amountOf(amount) === null ? null : { add: amountOf(amount) }),
    words: ({ amount }) => one("Send", bitcoin)(amountOf(amount)),
    send: (scene, { amount, code }, seen, key) => post(path(scene, "save"), { deposit: amountOf(amount), code }, { key }),
    done: ({ saved }) => `${bitcoin(saved.deposit)} is on its way. It counts when it is deep enough in the chain.`,
  },
  withdraw: {
    unit: bitcoin,
    query: ({ amount }) => (amountOf(amount) === null ? null : { withdraw: amountOf(amount) }),
    words: ({ amount }) => one("Withdraw", bitcoin)(amountOf(amount)),
    send: (scene, { amount, address }, seen, key) =>
      post(path(scene, "withdraw"), { amount: amountOf(amount), address, min_ratio: leastRatio(scene, seen) }, { key }),
    done: () => "Planned. It waits for your signature.",
  },
  close: {
    query: () => null,
    words: () => "Close the vault",
    send: (scene, { address }, seen, key) => post(path(scene, "close"), { address }, { key }),
    done: ({ withdrawal }) => (withdrawal ? "Planned. It waits for your signature." : "Closed: nothing was in it."),
  },
  save: {
    unit: dollars,
    query: ({ repay, deposit }) => {
      const [paid, added] = [amountOf(repay), amountOf(deposit)];
      return paid === null && added === null ? null : { repay: paid, add: added };
    },
    words: ({ repay, deposit }) => {
      const parts = [amountOf(repay) && `repay ${dollars(amountOf(repay))}`, amountOf(deposit) && `send ${bitcoin(amountOf(deposit))}`].filter(Boolean);
      return parts.length ? `Save: ${parts.join(" and ")}` : "Save";
    },
    send: (scene, { repay, deposit, code }, seen, key) =>
      post(path(scene, "save"), { repay: amountOf(repay), deposit: amountOf(deposit), code: amountOf(deposit) === null ? null : code }, { key }),
    done: ({ saved }) => `Saved: ${dollars(saved.paid)} repaid${isSome(saved.deposit) ? `, ${bitcoin(saved.deposit)} on its way` : ""}.`,
  },
};
