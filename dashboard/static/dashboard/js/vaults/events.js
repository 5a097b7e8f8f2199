// A vault's events, all of them: read page by page, and told as sentences.
import { get } from "../lib/api.js";
import { bitcoin, dollars, percent, shortTxid } from "./texts.js";

const PAGE = 100;
const MOST_PAGES = 20;

/**
 * @param {string} vaultId
 * @param {object[]} known events from the first on, without a gap
 * @returns {Promise<{events: object[], isAll: boolean}>} oldest first; a very long life is cut at its end
 */
export async function eventsOf(vaultId, known = []) {
  const events = [...known];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const after = events.at(-1)?.version ?? 0;
    const found = (await get(`/vaults/${vaultId}/events`, { after, limit: PAGE })).events;
    events.push(...found);
    if (found.length < PAGE) return { events, isAll: true };
  }
  return { events, isAll: false };
}

const sent = (data) => `${bitcoin(data.amount)} (fee ${data.fee}) to ${data.address}`;
const at = (data) => (data.price ? ` at ${dollars(data.price)}: ratio ${percent(data.ratio ?? null)}` : "");
const coins = (data) => {
  const count = data.coins?.length ?? 0;
  return `${bitcoin(data.amount)}${count ? ` in ${count === 1 ? "one coin" : `${count} coins`}` : ""}`;
};

const SENTENCES = {
  OPENED: (data) => `Opened${data.label ? ` as “${data.label}”` : ""}.`,
  COLLATERAL_ADDED: (data) => `${coins(data)} became collateral.`,
  COLLATERAL_GONE: (data) => `${coins(data)} left the chain and is no collateral any more.`,
  COLLATERAL_TAKEN: (data) => `${coins(data)} was moved without the house.`,
  MINTED: (data) => `${dollars(data.amount)} minted${at(data)}. Owed since: ${dollars(data.debt, { up: true })}.`,
  REPAID: (data) => `${dollars(data.paid)} repaid${data.payer === "another" ? " by somebody else" : ""}.`,
  SAVED: (data) => `Saved: ${dollars(data.paid)} repaid, ${bitcoin(data.deposit)} sent to it.`,
  WITHDRAWAL_PLANNED: (data) => `Planned: ${sent(data)}. Waits for your signature.`,
  WITHDRAWAL_SIGNED: (data) => `You signed ${sent(data)}.`,
  WITHDRAWAL_BROADCAST: (data) => `Sent${data.txid ? ` as ${shortTxid(data.txid)}` : ""}: ${sent(data)}.`,
  WITHDRAWAL_CONFIRMED: (data) => `Deep enough in the chain: ${sent(data)}.`,
  WITHDRAWAL_CANCELED: (data) => `Taken back: ${sent(data)}.`,
  WITHDRAWAL_SUSPENDED: (data) => `Suspended, because a coin of it left the vault: ${sent(data)}.`,
  WITHDRAWAL_RESUMED: (data) => `Goes on: ${sent(data)}.`,
  WITHDRAWAL_UNDONE: (data) => `A reorg undid ${sent(data)}.`,
  WARNED: (data) => `Below the warning ratio${at(data)}.`,
  CALMED: (data) => `Above the warning ratio again${at(data)}.`,
  LIQUIDATING: (data) => `Below the liquidation ratio${at(data)}.`,
  RECOVERED: (data) => `Recovered${at(data)}.`,
  FROZEN: () => "Frozen: a credited deposit has left the chain.",
  THAWED: () => "Not frozen any more.",
  CLOSING: () => "Closing: what is in it goes home.",
  CLOSED: () => "Closed.",
};

/** @returns {string} what happened, in a sentence; an event of a later house is named */
export function sentence({ name, data }) {
  return SENTENCES[name]?.(data) ?? name.toLowerCase().replaceAll("_", " ");
}
