// Which pieces of a message a part of a UR mixes (BCR-2024-001): a part's number decides, by chance that both ends share.
import { concatBytes, sha256 } from "../../vendor/bitcoin.js";

const WORD = (1n << 64n) - 1n;

/**
 * @param {number} number of the part, from 1 on
 * @param {number} count of pieces
 * @param {number} checksum of the message
 * @returns {number[]} places of the pieces that are XORed in it
 */
export function piecesOf(number, count, checksum) {
  if (number <= count) return [number - 1];
  const next = chance(concatBytes(bigEndian(number), bigEndian(checksum)));
  const degree = sampler(Array.from({ length: count }, (_, at) => 1 / (at + 1)))(next) + 1;
  return shuffled(count, next).slice(0, degree);
}

function shuffled(count, next) {
  const rest = Array.from({ length: count }, (_, at) => at);
  return rest.map(() => rest).map((left) => left.splice(Math.floor(next() * left.length), 1)[0]);
}

/** Walker's alias method. */
function sampler(weights) {
  const total = weights.reduce((sum, one) => sum + one, 0);
  const count = weights.length;
  const parts = weights.map((one) => (one * count) / total);
  const small = [];
  const large = [];
  for (let at = count - 1; at >= 0; at -= 1) (parts[at] < 1 ? small : large).push(at);
  const chances = new Array(count).fill(0);
  const aliases = new Array(count).fill(0);
  while (small.length && large.length) {
    const [less, more] = [small.pop(), large.pop()];
    chances[less] = parts[less];
    aliases[less] = more;
    parts[more] += parts[less] - 1;
    (parts[more] < 1 ? small : large).push(more);
  }
  for (const at of [...large, ...small]) chances[at] = 1;
  return (next) => {
    const [first, second] = [next(), next()];
    const at = Math.floor(count * first);
    return second < chances[at] ? at : aliases[at];
  };
}

/** Xoshiro256**, begun by the hash of `seed`; gives 0 to 1. */
function chance(seed) {
  const view = new DataView(sha256(seed).buffer);
  const state = [0, 8, 16, 24].map((at) => view.getBigUint64(at));
  return () => {
    const result = (turned((state[1] * 5n) & WORD, 7n) * 9n) & WORD;
    const held = (state[1] << 17n) & WORD;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= held;
    state[3] = turned(state[3], 45n);
    return Number(result) / 2 ** 64;
  };
}

const turned = (word, by) => ((word << by) | (word >> (64n - by))) & WORD;

function bigEndian(number) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}
