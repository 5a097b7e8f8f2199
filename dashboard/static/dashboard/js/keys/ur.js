// UR: a PSBT as a row of QR codes that begins anywhere (Keystone, Passport, Jade, SeedSigner, Sparrow).
import { concatBytes } from "../../vendor/bitcoin.js";
import { crc32, fromWords, toWords } from "./bytewords.js";
import { piecesOf } from "./fountain.js";

const HEAD = /^ur:(?:crypto-)?psbt\/(?:(\d{1,9})-(\d{1,5})\/)?([a-z]+)$/;
const PIECE = 200; // bytes
const MOST_PIECES = 4000;
const MOST_MIXED = 2000;
const MOST_BYTES = 2_000_000;

/** @param {Uint8Array} bytes of a PSBT @returns {string[]} what each QR code says; shown round and round */
export function urFrames(bytes) {
  const message = cborBytes(bytes);
  const count = Math.ceil(message.length / PIECE);
  if (count <= 1) return [`ur:crypto-psbt/${toWords(message)}`.toUpperCase()];
  const size = Math.ceil(message.length / count);
  const checksum = crc32(message);
  return Array.from({ length: count }, (_, at) => {
    const piece = new Uint8Array(size);
    piece.set(message.subarray(at * size, (at + 1) * size));
    const head = [cborNumber(at + 1), cborNumber(count), cborNumber(message.length), cborNumber(checksum)];
    const part = concatBytes(Uint8Array.of(0x85), ...head, cborBytes(piece));
    return `ur:crypto-psbt/${at + 1}-${count}/${toWords(part)}`.toUpperCase();
  });
}

/** Takes parts in any order, plain and mixed ones. */
export class UrReader {
  #pieces = new Map();
  #mixed = [];
  #seen = new Set();
  #facts = null;
  #message = null;

  /** @param {string} text @returns {boolean} whether it is a part of this kind */
  take(text) {
    const [, number, , words] = HEAD.exec(text.toLowerCase()) ?? [];
    if (!words) return false;
    const body = fromWords(words);
    if (!body) return false;
    if (number) this.#takePart(partOf(body));
    else this.#message = body;
    return true;
  }

  get progress() {
    if (this.#message) return 1;
    return this.#facts ? this.#pieces.size / this.#facts.count : 0;
  }

  /** @returns {Uint8Array|null} null while parts are missing */
  result() {
    if (!this.#message && this.#facts && this.#pieces.size === this.#facts.count) this.#message = this.#joined();
    return this.#message && bytesIn(this.#message);
  }

  #takePart(part) {
    if (!part || this.#seen.has(part.number)) return;
    const { count, length, checksum } = part;
    const known = this.#facts;
    if (!known || known.checksum !== checksum || known.count !== count || known.length !== length) {
      this.#facts = { count, length, checksum };
      this.#pieces.clear();
      this.#mixed = [];
      this.#seen.clear();
    }
    if (this.#mixed.length > MOST_MIXED) return;
    this.#seen.add(part.number);
    this.#mixed.push({ places: new Set(piecesOf(part.number, count, checksum)), data: part.data.slice() });
    this.#reduce();
  }

  /** What is known is taken out of each mix, until nothing new comes of it. */
  #reduce() {
    for (let isNew = true; isNew; ) {
      isNew = false;
      for (const mix of this.#mixed) {
        for (const place of [...mix.places]) {
          if (!this.#pieces.has(place)) continue;
          mix.places.delete(place);
          this.#pieces.get(place).forEach((byte, at) => (mix.data[at] ^= byte));
        }
        if (mix.places.size !== 1) continue;
        this.#pieces.set([...mix.places][0], mix.data);
        mix.places.clear();
        isNew = true;
      }
      this.#mixed = this.#mixed.filter((mix) => mix.places.size);
    }
  }

  #joined() {
    const { count, length, checksum } = this.#facts;
    const message = concatBytes(...Array.from({ length: count }, (_, at) => this.#pieces.get(at))).slice(0, length);
    if (crc32(message) === checksum) return message;
    this.#facts = null;
    return null;
  }
}

function partOf(body) {
  const reader = { bytes: body, at: 1 };
  if (body[0] !== 0x85) return null;
  const [number, count, length, checksum] = [0, 0, 0, 0].map(() => head(reader, 0));
  const data = bytesAt(reader);
  const isRight = number >= 1 && count >= 1 && count <= MOST_PIECES && length <= MOST_BYTES && data?.length * count >= length;
  return isRight && checksum >= 0 ? { number, count, length, checksum, data } : null;
}

const bytesIn = (message) => bytesAt({ bytes: message, at: 0 });

function bytesAt(reader) {
  const size = head(reader, 2);
  if (size < 0 || reader.at + size > reader.bytes.length) return null;
  return reader.bytes.slice(reader.at, reader.at + size);
}

/** A number of CBOR's kind 0 or 2; -1 where there is none. */
function head(reader, kind) {
  const first = reader.bytes[reader.at++];
  if (first === undefined || first >> 5 !== kind || (first & 31) > 26) return -1;
  const more = (first & 31) < 24 ? 0 : 1 << ((first & 31) - 24);
  if (!more) return first & 31;
  let number = 0;
  for (let at = 0; at < more; at += 1) number = number * 256 + (reader.bytes[reader.at++] ?? NaN);
  return Number.isNaN(number) ? -1 : number;
}

function cborNumber(number, kind = 0) {
  const top = kind << 5;
  if (number < 24) return Uint8Array.of(top | number);
  if (number < 256) return Uint8Array.of(top | 24, number);
  if (number < 65536) return Uint8Array.of(top | 25, number >> 8, number & 255);
  return Uint8Array.of(top | 26, ...[24, 16, 8, 0].map((shift) => (number >>> shift) & 255));
}

const cborBytes = (bytes) => concatBytes(cborNumber(bytes.length, 2), bytes);
