// BBQr: a PSBT as a row of QR codes (Coldcard Q, Sparrow, Nunchuk). Frames are text; drawing and seeing is not here.
const HEAD = /^B\$([H2Z])([A-Z])([0-9A-Z]{2})([0-9A-Z]{2})([0-9A-Z]*)$/;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const FRAME = 480; // letters of a frame: small enough for a phone's camera to see at once
const MOST_FRAMES = 1295;
const MOST_BYTES = 2_000_000;

/** @param {Uint8Array} bytes of a PSBT @returns {string[]} what each QR code says */
export function bbqrFrames(bytes) {
  const text = base32(bytes);
  const size = Math.max(FRAME, Math.ceil(text.length / MOST_FRAMES / 8) * 8);
  const count = Math.max(1, Math.ceil(text.length / size));
  return Array.from(
    { length: count },
    (_, at) => `B$2P${two(count)}${two(at)}${text.slice(at * size, (at + 1) * size)}`,
  );
}

/** Takes frames in any order, each as often as it comes. */
export class BbqrReader {
  #parts = new Map();
  #head = "";
  #count = 0;

  /** @param {string} text @returns {boolean} whether it is a frame of this kind */
  take(text) {
    const [, coding, kind, count, at, body] = HEAD.exec(text) ?? [];
    if (!coding || kind !== "P") return false;
    const head = coding + kind + count;
    if (head !== this.#head) {
      this.#parts.clear();
      this.#head = head;
      this.#count = parseInt(count, 36);
    }
    if (parseInt(at, 36) < this.#count) this.#parts.set(parseInt(at, 36), body);
    return true;
  }

  get progress() {
    return this.#count ? this.#parts.size / this.#count : 0;
  }

  /** @returns {Promise<Uint8Array|null>} null while frames are missing */
  async result() {
    if (!this.#count || this.#parts.size < this.#count) return null;
    const text = Array.from({ length: this.#count }, (_, at) => this.#parts.get(at));
    if (this.#head[0] === "H") return Uint8Array.from(text.join("").match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const bytes = fromBase32(text);
    return this.#head[0] === "Z" ? inflated(bytes) : bytes;
  }
}

const two = (number) => number.toString(36).toUpperCase().padStart(2, "0");

function base32(bytes) {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += LETTERS[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits ? text + LETTERS[(held << (5 - bits)) & 31] : text;
}

/** Each part by itself: all but the last end on a whole byte. */
function fromBase32(parts) {
  const bytes = [];
  for (const part of parts) {
    let bits = 0;
    let held = 0;
    for (const letter of part) {
      held = ((held << 5) | LETTERS.indexOf(letter)) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.push((held >> bits) & 255);
      }
    }
  }
  return Uint8Array.from(bytes);
}

/** Of so much at most: a small code could unpack into anything. */
async function inflated(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST_BYTES) throw new RangeError("too large");
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
