// A PSBT as files and texts carry it: binary, base64 or hex. What it says is read elsewhere.
import { base64, hex } from "../../vendor/bitcoin.js";

const MAGIC = [0x70, 0x73, 0x62, 0x74, 0xff];
const MOST_BYTES = 2_000_000;

/** What is no PSBT in any of its forms. */
export class NoPsbt extends Error {}

/**
 * @param {Uint8Array} bytes of a file: binary, or text in base64 or hex
 * @returns {string} base64
 */
export function psbtOfBytes(bytes) {
  if (bytes.length > MOST_BYTES) throw new NoPsbt("This file is too large for a PSBT.");
  if (startsRight(bytes)) return base64.encode(bytes);
  return psbtOfText(new TextDecoder().decode(bytes));
}

/** @param {string} text base64 or hex @returns {string} base64 */
export function psbtOfText(text) {
  const body = text.replace(/\s+/g, "");
  if (body.length > 2 * MOST_BYTES) throw new NoPsbt("This text is too long for a PSBT.");
  const bytes = decoded(body);
  if (!bytes || !startsRight(bytes)) throw new NoPsbt("This is no PSBT. It begins with cHNidP8 as text, or is a .psbt file.");
  return base64.encode(bytes);
}

/** @param {string} text base64 @returns {Uint8Array} */
export const bytesOf = (text) => base64.decode(text.trim());

/** @param {File} file @returns {Promise<string>} base64 */
export async function psbtOfFile(file) {
  if (file.size > MOST_BYTES) throw new NoPsbt("This file is too large for a PSBT.");
  return psbtOfBytes(new Uint8Array(await file.arrayBuffer()));
}

/** Gives a file to the browser to keep. */
export function saveFile(name, bytes, type = "application/octet-stream") {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function decoded(body) {
  try {
    return /^[0-9a-fA-F]+$/.test(body) ? hex.decode(body.toLowerCase()) : base64.decode(body);
  } catch {
    return null;
  }
}

function startsRight(bytes) {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}
