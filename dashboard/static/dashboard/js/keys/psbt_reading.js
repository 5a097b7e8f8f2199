// What a vault's PSBT does, read here and in plain words; and each reason why it must not be signed.
// Nothing in it is believed: values come from the transactions that made the coins, scripts are derived anew.
import { base64, bytesToHex, RawOldTx, sha256, Transaction } from "../../vendor/bitcoin.js";
import { fromAtoms, mulDiv, toAtoms } from "../lib/decimal.js";
import { addressOf, BadExport, readExport, scriptOf } from "./descriptor.js";

const MOST_CHARACTERS = 1_400_000;
const ALL = 1;
const WITNESS_BYTES = 254n; // of an input: two signatures of at most 72 bytes and the script of three keys
const FIRST_RELATIVE_LOCK = 0xfffffff0;
const MOST_RATE = 500n; // sats per vbyte
const MOST_FEE = 3_000_000n; // sats
const SMALL_FEE = 20_000n; // sats; below it a fee may be more than the payment, where little is left

/**
 * @typedef {{address: string, sats: bigint, kind: "asked"|"vault"|"foreign"}} Payment
 * @typedef {{problems: string[], lines: string[], payments: Payment[], coins: {sats: bigint, place: number}[],
 *   spentSats: bigint, feeSats: bigint, vbytes: bigint, feeRate: string, vault: object|null,
 *   transaction: Transaction|null}} Reading
 * Amounts are satoshis, `feeRate` is text in sat/vB with one decimal.
 */

/**
 * @param {string} psbtText base64
 * @param {{recovery: string}|string} vaultExport
 * @param {{address: string, amount: string, fee: string}} withdrawal as the house shows it; amounts in BTC
 * @param {{address?: string, amount?: string, descriptor?: string}} [known] what the owner typed himself, and the
 *   vault's descriptor as this browser first saw it
 * @returns {Reading} with `problems` it must not be signed; it never raises
 */
export function explain(psbtText, vaultExport, withdrawal, known = {}) {
  const reading = empty();
  try {
    const vault = readExport(vaultExport);
    const transaction = decoded(psbtText);
    Object.assign(reading, { vault, transaction });
    readCoins(reading);
    readPayments(reading, withdrawal);
    weigh(reading);
    compare(reading, withdrawal, known);
  } catch (error) {
    reading.problems.push(error instanceof Refused || error instanceof BadExport ? error.message : "This is no PSBT that can be read.");
  }
  reading.problems = [...new Set(reading.problems)];
  reading.lines = inWords(reading);
  return reading;
}

class Refused extends Error {}

function empty() {
  const nothing = { spentSats: 0n, feeSats: 0n, vbytes: 0n, feeRate: "0.0", vault: null, transaction: null };
  return { problems: [], lines: [], payments: [], coins: [], ...nothing };
}

function decoded(text) {
  const body = String(text).trim();
  if (body.length > MOST_CHARACTERS) throw new Refused("This PSBT is too long.");
  const options = { unknown: "ignore", allowUnknownOutputs: true, allowUnknownVersion: true };
  return Transaction.fromPSBT(base64.decode(body), options);
}

function readCoins(reading) {
  const { transaction, vault, problems } = reading;
  const seen = new Set();
  for (let at = 0; at < transaction.inputsLength; at += 1) {
    const input = transaction.getInput(at);
    const name = `${bytesToHex(input.txid)}:${input.index}`;
    if (seen.has(name)) throw new Refused("The same coin stands in it twice.");
    seen.add(name);
    const made = madeOutput(input);
    const place = vault.places.findIndex((one) => isSame(one.script, made.script));
    if (place < 0) problems.push(`Coin ${at + 1} is not of this vault.`);
    else if (input.witnessScript && !isSame(input.witnessScript, vault.places[place].witnessScript)) {
      problems.push(`Coin ${at + 1} comes with another script than this vault's.`);
    }
    problems.push(...formProblems(input, made, at + 1));
    reading.coins.push({ sats: made.amount, place });
    reading.spentSats += made.amount;
  }
  if (!reading.coins.length) problems.push("It spends nothing.");
}

/** The output that is spent, by the whole transaction of that name: else a fee could be hidden. */
function madeOutput(input) {
  const made = input.nonWitnessUtxo;
  const output = made?.outputs[input.index];
  if (!output) throw new Refused("The transaction that made a coin is not in it, so nobody can say what it is worth.");
  const { version, inputs, outputs, lockTime } = made;
  const hash = sha256(sha256(RawOldTx.encode({ version, inputs, outputs, lockTime })));
  if (!isSame(hash.reverse(), input.txid)) throw new Refused("A coin was made by another transaction than it says.");
  return output;
}

function formProblems(input, made, number) {
  const problems = [];
  if (input.sighashType !== undefined && input.sighashType !== ALL) {
    problems.push(`For coin ${number} it asks for a signature that lets others change the rest (another SIGHASH than ALL).`);
  }
  if (input.finalScriptSig || input.finalScriptWitness) problems.push("It is signed to the end already.");
  if ((input.sequence ?? 0xffffffff) < FIRST_RELATIVE_LOCK) problems.push("A coin of it is locked for a time.");
  const claim = input.witnessUtxo;
  if (claim && (claim.amount !== made.amount || !isSame(claim.script, made.script))) {
    problems.push(`What it says of coin ${number} is not what the transaction that made it says.`);
  }
  return problems;
}

function readPayments(reading, withdrawal) {
  const { transaction, vault } = reading;
  const asked = scriptOf(withdrawal.address, vault.network);
  if (!asked) throw new Refused("The address of this withdrawal is none of this network.");
  for (let at = 0; at < transaction.outputsLength; at += 1) {
    const { script, amount } = transaction.getOutput(at);
    const isVaults = vault.places.some((one) => isSame(one.script, script));
    const kind = isSame(script, asked) ? "asked" : isVaults ? "vault" : "foreign";
    reading.payments.push({ address: addressOf(script, vault.network), sats: amount, kind });
  }
}

function weigh(reading) {
  const { transaction, payments } = reading;
  const paid = payments.reduce((sum, one) => sum + one.sats, 0n);
  reading.feeSats = reading.spentSats - paid;
  const bare = BigInt(transaction.unsignedTx.length) * 4n;
  reading.vbytes = mulDiv(bare + 2n + WITNESS_BYTES * BigInt(reading.coins.length), 1n, 4n, true);
  reading.feeRate = fromAtoms(mulDiv(reading.feeSats, 10n, reading.vbytes), 1);
}

function compare(reading, withdrawal, known) {
  const { problems, transaction, vault, feeSats } = reading;
  if (transaction.version !== 2 || transaction.lockTime !== 0) problems.push("It is locked until later, or of an odd kind.");
  problems.push(...paymentProblems(reading, withdrawal, known), ...feeProblems(reading));
  if (feeSats !== sats(withdrawal.fee)) problems.push(`Its fee is not the ${withdrawal.fee} BTC that the house said.`);
  if (known.descriptor && known.descriptor !== vault.descriptor) {
    problems.push("The keys of this vault are other ones than when this browser first saw it. Do not sign, and ask the house why.");
  }
}

function paymentProblems({ payments }, withdrawal, known) {
  const problems = [];
  const asked = payments.filter((one) => one.kind === "asked");
  const foreign = payments.filter((one) => one.kind === "foreign");
  for (const one of foreign) problems.push(`It pays ${btc(one.sats)} to ${one.address}, which nobody asked for.`);
  if (asked.length !== 1) problems.push(`It pays ${withdrawal.address} ${asked.length ? "more than once" : "nothing"}.`);
  else if (asked[0].sats !== sats(withdrawal.amount)) {
    problems.push(`It pays ${btc(asked[0].sats)} where ${withdrawal.amount} BTC were asked for.`);
  }
  if (payments.filter((one) => one.kind === "vault").length > 1) problems.push("It splits what comes back to your vault.");
  if (known.address && known.address !== withdrawal.address) problems.push("The house names another address than you typed.");
  if (known.amount && sats(known.amount) !== sats(withdrawal.amount)) problems.push("The house names another amount than you typed.");
  return problems;
}

function feeProblems({ payments, feeSats, vbytes }) {
  if (feeSats < 0n) return ["It pays more than it spends."];
  const paid = payments.filter((one) => one.kind === "asked").reduce((sum, one) => sum + one.sats, 0n);
  const isHigh = feeSats > MOST_FEE || feeSats > MOST_RATE * vbytes || (feeSats > paid && feeSats > SMALL_FEE);
  return isHigh ? [`It gives ${btc(feeSats)} to the miners, which is far more than any block needs.`] : [];
}

function inWords(reading) {
  const { coins, payments, spentSats, feeSats, feeRate } = reading;
  const many = coins.length === 1 ? "one coin" : `${coins.length} coins`;
  const remark = { asked: "", vault: ", back into your vault (checked by its keys)", foreign: ", which nobody asked for" };
  return [
    `It spends ${btc(spentSats)} in ${many} of your vault.`,
    ...payments.map((one) => `${btc(one.sats)} to ${one.address}${remark[one.kind]}.`),
    `${btc(feeSats)} to the miners: ${feeRate} sat/vB.`,
  ];
}

const btc = (amount) => `${fromAtoms(amount, 8)} BTC`;
const sats = (text) => toAtoms(text, 8);

/** @param {Uint8Array} one @param {Uint8Array} two */
export function isSame(one, two) {
  return Boolean(one && two) && one.length === two.length && one.every((byte, at) => byte === two[at]);
}
