// A vault's scripts from its export, derived anew: what the house says of addresses is compared, not believed.
import { Address, bytesToHex, concatBytes, HDKey, hexToBytes, OutScript, sha256 } from "../../vendor/bitcoin.js";
import { versionsOf } from "./vault_key.js";

const INPUT =
  "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
const OUTPUT = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const STEPS = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn];
const SHAPE = /^wsh\(sortedmulti\(2,([^(),]+),([^(),]+),([^(),]+)\)\)$/;
const ACCOUNT = /^\[([0-9a-f]{8})\/([0-9h/]+)\](\w+)\/<0;1>\/\*$/;
const FIXED = /^0[23][0-9a-fA-F]{64}$/;
const LONGEST = 50_000;
const HRPS = { main: "bc", testnet: "tb", signet: "tb", regtest: "bcrt" };

/** What is no export of a vault of this house, or says anything that its descriptor does not. */
export class BadExport extends Error {}

/**
 * @typedef {{script: Uint8Array, witnessScript: Uint8Array, publicKeys: Uint8Array[], address: string}} VaultScript
 * @typedef {{text: string, fingerprint: string, path: string, node: HDKey|null}} VaultKey
 * @typedef {{reference: string, network: string, descriptor: string, index: number, keys: VaultKey[],
 *   parties: string[], places: VaultScript[]}} Vault
 * `keys` and `publicKeys` are user, protocol, backup; `places` are what is paid into and where change goes.
 */

/**
 * @param {{recovery: string}|string} vaultExport as GET /vaults/{id}/export answers it, or the file that was kept
 * @returns {Vault} raises BadExport
 */
export function readExport(vaultExport) {
  const text = typeof vaultExport === "string" ? vaultExport : vaultExport.recovery;
  if (text.length > LONGEST) throw new BadExport("This is too long for a vault's export.");
  const facts = parsed(text);
  const { network, descriptor, index } = facts;
  const keys = readDescriptor(descriptor, network);
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** 31) throw new BadExport("Its index is none.");
  const places = [0, 1].map((branch) => scriptAt(keys, branch, index, network));
  const told = [facts.addresses?.receive, facts.addresses?.change];
  if (places.some((place, branch) => place.address !== told[branch])) {
    throw new BadExport("The addresses in this export are not those of its keys.");
  }
  if (!keys.every((key, at) => facts.keys?.[at]?.key === key.text)) {
    throw new BadExport("The keys in this export are not those of its descriptor.");
  }
  const parties = facts.keys.map((key) => String(key.party).slice(0, 500));
  return { reference: String(facts.reference), network, descriptor, index, keys, parties, places };
}

function parsed(text) {
  let facts;
  try {
    facts = JSON.parse(text);
  } catch {
    throw new BadExport("This is no export of a vault.");
  }
  if (facts?.format !== "ballast-vault-recovery-1" || !(facts.network in HRPS)) {
    throw new BadExport("This is no export of a vault.");
  }
  return facts;
}

/**
 * @param {string} descriptor `wsh(sortedmulti(2,..))` of three keys, with its checksum
 * @param {string} network
 * @returns {VaultKey[]} user, protocol, backup
 */
export function readDescriptor(descriptor, network) {
  const [body, check] = String(descriptor).split("#");
  const shape = SHAPE.exec(body);
  if (!shape || checksum(body) !== check) {
    throw new BadExport("Its descriptor is damaged, or of another kind of wallet than a vault.");
  }
  return shape.slice(1).map((text) => readKey(text, network));
}

function readKey(text, network) {
  if (FIXED.test(text)) return { text, fingerprint: "", path: "", node: null };
  const [, fingerprint, path, xpub] = ACCOUNT.exec(text) ?? [];
  if (!xpub) throw new BadExport("A key of its descriptor cannot be read.");
  try {
    const node = HDKey.fromExtendedKey(xpub, versionsOf(network));
    if (node.privateKey) throw new BadExport("A private key stands in it: do not use it, and tell nobody.");
    return { text: text.slice(0, -"/<0;1>/*".length), fingerprint, path, node };
  } catch (error) {
    throw error instanceof BadExport ? error : new BadExport("A key of its descriptor is of another network, or damaged.");
  }
}

function scriptAt(keys, branch, index, network) {
  const publicKeys = keys.map((key) =>
    key.node ? key.node.deriveChild(branch).deriveChild(index).publicKey : hexToBytes(key.text),
  );
  const sorted = [...publicKeys].sort((one, two) => (bytesToHex(one) < bytesToHex(two) ? -1 : 1));
  const pushes = sorted.map((key) => concatBytes(Uint8Array.of(33), key));
  const witnessScript = concatBytes(Uint8Array.of(0x52), ...pushes, Uint8Array.of(0x53, 0xae));
  const script = concatBytes(Uint8Array.of(0, 32), sha256(witnessScript));
  return { script, witnessScript, publicKeys, address: addressOf(script, network) };
}

/** @returns {string} an address, or the script in hex where it has none */
export function addressOf(script, network) {
  try {
    return Address(addressForms(network)).encode(OutScript.decode(script));
  } catch {
    return `script ${bytesToHex(script)}`;
  }
}

/** @returns {Uint8Array|null} the script that an address of this network pays; null where it is none */
export function scriptOf(address, network) {
  try {
    return OutScript.encode(Address(addressForms(network)).decode(address));
  } catch {
    return null;
  }
}

function addressForms(network) {
  const isMain = network === "main";
  return { bech32: HRPS[network], pubKeyHash: isMain ? 0 : 0x6f, scriptHash: isMain ? 5 : 0xc4, wif: isMain ? 0x80 : 0xef };
}

/** BIP-380's. @returns {string|null} */
function checksum(body) {
  let sum = 1n;
  let group = 0;
  let count = 0;
  for (const letter of body) {
    const place = INPUT.indexOf(letter);
    if (place < 0) return null;
    sum = grown(sum, place & 31);
    group = group * 3 + (place >> 5);
    count += 1;
    if (count % 3 === 0) {
      sum = grown(sum, group);
      group = 0;
    }
  }
  if (count % 3) sum = grown(sum, group);
  for (let at = 0; at < 8; at += 1) sum = grown(sum, 0);
  sum ^= 1n;
  return Array.from({ length: 8 }, (_, at) => OUTPUT[Number((sum >> BigInt(5 * (7 - at))) & 31n)]).join("");
}

function grown(sum, value) {
  const top = sum >> 35n;
  let next = ((sum & 0x7ffffffffn) << 5n) ^ BigInt(value);
  STEPS.forEach((step, at) => {
    if ((top >> BigInt(at)) & 1n) next ^= step;
  });
  return next;
}
