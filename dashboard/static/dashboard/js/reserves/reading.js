// Reads what a proof of reserves is made of, and refuses all that is not as it must be.

const MOST = 2n ** 128n - 1n;
const DIGITS = /^[0-9]{1,40}$/;
const HASH = /^[0-9a-fA-F]{64}$/;
const ASSET = /^[A-Za-z0-9]{1,32}$/;
const MOST_ASSETS = 64;

/** Something in a proof is not as it must be. */
export class Wrong extends Error {}

/** @returns {bigint} a whole number from 0 to `most`, given as a number or as its digits */
export function whole(value, name, most = MOST) {
  const isText = typeof value === "string" && DIGITS.test(value);
  if (!isText && !(typeof value === "number" && Number.isSafeInteger(value))) {
    throw new Wrong(`${name} is no whole number`);
  }
  const found = BigInt(value);
  if (found < 0n || found > most) throw new Wrong(`${name} is out of range`);
  return found;
}

/** @returns {Uint8Array} 32 bytes of hexadecimal digits */
export function digest(value, name) {
  if (typeof value !== "string" || !HASH.test(value)) throw new Wrong(`${name} is no hash of 32 bytes`);
  return Uint8Array.from(value.match(/../g), (pair) => Number.parseInt(pair, 16));
}

const KINDS = {
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  list: (value) => Array.isArray(value),
  text: (value) => typeof value === "string",
};

/** The member of an object, of the kind "object", "list" or "text". */
export function member(content, name, kind) {
  if (!KINDS.object(content) || !Object.hasOwn(content, name) || !KINDS[kind](content[name])) {
    throw new Wrong(`${name} is missing, or of the wrong kind`);
  }
  return content[name];
}

/** @returns {bigint[]} atoms of each asset in their order, none missing and none beside */
export function sums(rows, assets, name) {
  const isTheirs = rows.length === assets.length && rows.every((row, at) => row?.asset === assets[at]);
  if (!isTheirs) throw new Wrong(`${name} are not of the assets ${assets.join(", ")}, in this order`);
  return rows.map((row) => whole(row.atoms, name));
}

/** @returns {string[]} the assets of a snapshot */
export function assetsOf(snapshot) {
  const names = member(snapshot, "totals", "list").map((row) => row?.asset);
  if (!names.every((name) => typeof name === "string" && ASSET.test(name))) {
    throw new Wrong("the snapshot's assets have no names, or wrong ones");
  }
  if (names.length === 0 || names.length > MOST_ASSETS) {
    throw new Wrong("the snapshot has no assets, or too many");
  }
  if (new Set(names).size !== names.length) throw new Wrong("the snapshot names an asset twice");
  return names;
}
