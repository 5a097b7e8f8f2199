// Checks in the browser that the house has counted somebody among those it owes: the same steps in the same
// order as docs/verify_liabilities.py. Asks nobody, and believes nothing that the proof says of itself.
import { sha256 } from "../../vendor/bitcoin.js";
import { Wrong, assetsOf, digest, member, sums, whole } from "./reading.js";

const text = new TextEncoder();
const LEAF = text.encode("ballast/reserves/leaf/1\n");
const NODE = text.encode("ballast/reserves/node/1\n");
const ROOT = text.encode("ballast/reserves/root/1\n");
const SUM_BYTES = 16;
const MAX_DEPTH = 40;
const MAX_NAME = 2 ** 16;
const MOST_63 = 2n ** 63n - 1n;
const FACTS = ["root", "taken_ms", "position", "customers", "depth"];

/** @param {bigint} value @returns {Uint8Array} big-endian */
function bytesOf(value, length) {
  const found = new Uint8Array(length);
  for (let at = length - 1, left = value; at >= 0; at -= 1, left >>= 8n) found[at] = Number(left & 255n);
  return found;
}

function joined(...parts) {
  const found = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    found.set(part, at);
    at += part.length;
  }
  return found;
}

const packed = (atoms) => joined(...atoms.map((each) => bytesOf(each, SUM_BYTES)));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function leafHash(leaf, atoms) {
  const auditId = member(leaf, "audit_id", "text");
  const name = text.encode(auditId);
  if (!auditId.isWellFormed() || name.length === 0 || name.length >= MAX_NAME) {
    throw new Wrong("audit_id is too long, or empty");
  }
  const salt = digest(leaf.salt, "salt");
  return sha256(joined(LEAF, salt, bytesOf(BigInt(name.length), 2), name, packed(atoms)));
}

function above(here, atoms, step, assets, isRight) {
  const beside = digest(member(step, "hash", "text"), "hash of a step");
  const besideAtoms = sums(member(step, "sums", "list"), assets, "sums of a step");
  const own = joined(here, packed(atoms));
  const other = joined(beside, packed(besideAtoms));
  const total = atoms.map((one, at) => whole(String(one + besideAtoms[at]), "a sum"));
  return { hash: sha256(joined(NODE, ...(isRight ? [other, own] : [own, other]))), atoms: total };
}

/** The top of the tree as the leaf and its path make it, with each level on the way. */
function climb(proof, assets, depth) {
  const leaf = member(proof, "leaf", "object");
  const path = member(proof, "path", "list");
  let atoms = sums(member(leaf, "amounts", "list"), assets, "amounts of the leaf");
  let here = leafHash(leaf, atoms);
  let index = whole(leaf.index, "index", 2n ** BigInt(MAX_DEPTH));
  if (path.length !== depth) throw new Wrong(`the path has ${path.length} steps, the tree ${depth}`);
  const levels = [{ hash: hex(here), atoms, isRight: false }];
  for (const step of path) {
    const isRight = (index & 1n) === 1n;
    ({ hash: here, atoms } = above(here, atoms, step, assets, isRight));
    levels.push({ hash: hex(here), atoms, isRight, beside: step.hash });
    index >>= 1n;
  }
  if (index !== 0n) throw new Wrong("the leaf's place is outside of the tree");
  return { top: here, atoms, levels };
}

function rootOf(snapshot, assets, top, totals) {
  const parts = ["taken_ms", "position", "customers"].map((name) =>
    bytesOf(whole(snapshot[name], name, MOST_63), 8),
  );
  const depth = Number(whole(snapshot.depth, "depth", BigInt(MAX_DEPTH)));
  parts.push(Uint8Array.of(depth, assets.length), top);
  assets.forEach((asset, at) => {
    parts.push(Uint8Array.of(asset.length), text.encode(asset), bytesOf(totals[at], SUM_BYTES));
  });
  return hex(sha256(joined(ROOT, ...parts)));
}

function compare(snapshot, totals, assets, published) {
  const differs = FACTS.find((name) => published[name] !== snapshot[name]);
  if (differs) throw new Wrong(`${differs} is not the published one`);
  const shown = sums(member(published, "totals", "list"), assets, "published totals");
  if (shown.some((one, at) => one !== totals[at])) throw new Wrong("the totals are not the published ones");
}

/**
 * @param {object} proof as GET /reserves/proof answers
 * @param {{published?: object, auditId?: string}} with what: the snapshot as everybody sees it, and the
 *   account's number and name
 * @returns {{snapshot: object, assets: string[], levels: {hash: string, atoms: bigint[], isRight: boolean,
 *   beside?: string}[]}} from the leaf to the top of the tree
 * @throws {Wrong} where anything is not as it must be
 */
export function check(proof, { published, auditId } = {}) {
  const snapshot = member(proof, "snapshot", "object");
  const assets = assetsOf(snapshot);
  const totals = sums(snapshot.totals, assets, "totals");
  const depth = Number(whole(snapshot.depth, "depth", BigInt(MAX_DEPTH)));
  if (whole(snapshot.customers, "customers", 2n ** BigInt(MAX_DEPTH)) > 2n ** BigInt(depth)) {
    throw new Wrong("the tree is too small for its customers");
  }
  const { top, atoms, levels } = climb(proof, assets, depth);
  if (atoms.some((one, at) => one !== totals[at])) {
    throw new Wrong("the leaf and its path do not add up to the totals");
  }
  if (rootOf(snapshot, assets, top, totals) !== snapshot.root) {
    throw new Wrong("the leaf and its path do not lead to the root");
  }
  if (published) compare(snapshot, totals, assets, published);
  if (auditId && auditId !== proof.leaf.audit_id) throw new Wrong("the leaf is somebody else's");
  return { snapshot, assets, levels };
}
