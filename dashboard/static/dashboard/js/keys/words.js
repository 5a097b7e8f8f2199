// BIP-39 words: new ones, those that a person types, and what becomes of them. Nothing here keeps or sends them.
import {
  entropyToMnemonic,
  generateMnemonic,
  mnemonicToEntropy,
  mnemonicToSeed,
  wordlist,
} from "../../vendor/bitcoin.js";

const BITS = { 12: 128, 24: 256 };
const COUNTS = [12, 15, 18, 21, 24];
const MOST_CHARACTERS = 400;
const KNOWN = new Set(wordlist);

/**
 * @param {12|24} count
 * @returns {string[]} new words, by the browser's own randomness
 */
export function newWords(count) {
  return generateMnemonic(wordlist, BITS[count]).split(" ");
}

/**
 * What a person has typed or pasted: lower case, numbers before words left out.
 * @param {string} text
 * @returns {{words: string[], problem: string}} `problem` in plain words, empty where they are right
 */
export function readWords(text) {
  if (text.length > MOST_CHARACTERS) return { words: [], problem: "That is longer than 24 words." };
  const words = text.toLowerCase().normalize("NFKD").split(/[\s,;]+/).map(unnumbered).filter(Boolean);
  const strange = words.findIndex((word) => !KNOWN.has(word));
  if (strange >= 0) return { words, problem: strangeWord(words[strange], strange + 1) };
  if (!COUNTS.includes(words.length)) {
    return { words, problem: `There are ${words.length} words. Backups have 12, 15, 18, 21 or 24.` };
  }
  try {
    mnemonicToEntropy(words.join(" "), wordlist);
  } catch {
    const advice = "One is in the wrong place, or another word than was written down.";
    return { words, problem: `Each word exists, but together they do not add up. ${advice}` };
  }
  return { words, problem: "" };
}

/** "3. word" and "3)word" as "word". */
const unnumbered = (piece) => piece.replace(/^\d{1,2}[.):]?(?=[a-z]|$)/, "");

/** A private key that is typed here is not repeated: only what looks like a word of a backup is. */
function strangeWord(word, place) {
  const shown = /^[a-z]{1,12}$/.test(word) ? `"${word}"` : "what stands there";
  const near = wordlist.filter((one) => one.startsWith(word.slice(0, 3))).slice(0, 4);
  const advice = near.length ? ` Did you mean ${near.join(", ")}?` : "";
  return `Word ${place}, ${shown}, is not one of the 2,048 words that backups are made of.${advice}`;
}

/**
 * @param {string[]} words
 * @returns {Uint8Array} the 16 to 32 bytes that the words stand for
 */
export function entropyOf(words) {
  return mnemonicToEntropy(words.join(" "), wordlist);
}

/**
 * @param {Uint8Array} entropy
 * @param {string} extension a BIP-39 passphrase, mostly empty
 * @returns {Promise<Uint8Array>} the seed of 64 bytes
 */
export function seedOf(entropy, extension = "") {
  return mnemonicToSeed(entropyToMnemonic(entropy, wordlist), extension);
}

/**
 * Which words a person is asked for, as numbers from 1 on, in their order.
 * @param {number} count
 * @returns {number[]}
 */
export function placesToAsk(count) {
  const places = Array.from({ length: count }, (_, at) => at + 1);
  for (let at = places.length - 1; at > 0; at -= 1) {
    const other = randomBelow(at + 1);
    [places[at], places[other]] = [places[other], places[at]];
  }
  return places.slice(0, count > 12 ? 4 : 3).sort((one, two) => one - two);
}

/** @returns {string} a passphrase of six random words: 66 bits */
export function suggestedPassphrase() {
  return Array.from({ length: 6 }, () => wordlist[randomBelow(wordlist.length)]).join(" ");
}

function randomBelow(limit) {
  const most = Math.floor(2 ** 32 / limit) * limit;
  for (;;) {
    const [number] = crypto.getRandomValues(new Uint32Array(1));
    if (number < most) return number % limit;
  }
}
