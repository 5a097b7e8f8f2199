// Where the sealed wallet lies: this browser's own database. No secret is written in the clear, nothing is sent.
const NAME = "ballast-keys";
const WALLET = "wallet";
const VAULTS = "vaults";
const ONE = "one";
const WAIT_MS = 4000;

/** The browser keeps nothing for this page: a private window, a full disk, or storage that is switched off. */
export class NoStorage extends Error {}
/** There is a wallet already: another tab has made it meanwhile. */
export class WalletExists extends Error {}

/** @returns {Promise<object|undefined>} the sealed wallet's record */
export function readWallet() {
  return inStore(WALLET, "readonly", (store) => store.get(ONE));
}

/** Raises WalletExists: two tabs cannot write over each other. */
export async function addWallet(record) {
  try {
    await inStore(WALLET, "readwrite", (store) => store.add(record, ONE));
  } catch (error) {
    if (error?.name === "ConstraintError") throw new WalletExists();
    throw error;
  }
  announce("changed");
}

/** The same wallet, sealed anew. */
export async function replaceWallet(record) {
  await inStore(WALLET, "readwrite", (store) => store.put(record, ONE));
  announce("changed");
}

export async function removeWallet() {
  await inStore(WALLET, "readwrite", (store) => store.delete(ONE));
  announce("changed");
}

/** @returns {Promise<{descriptor: string}|undefined>} a vault's descriptor as this browser first saw it */
export function seenVault(vaultId) {
  return inStore(VAULTS, "readonly", (store) => store.get(vaultId));
}

/** Keeps the first; a later one changes nothing. */
export async function rememberVault(vaultId, descriptor) {
  if (await seenVault(vaultId)) return;
  await inStore(VAULTS, "readwrite", (store) => store.put({ descriptor, seenAtMs: Date.now() }, vaultId));
}

/** @returns {Promise<boolean>} whether the browser has promised not to clear it when space is short */
export async function askToPersist() {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}

/** @returns {Promise<boolean>} */
export async function isPersisted() {
  try {
    return (await navigator.storage?.persisted?.()) ?? false;
  } catch {
    return false;
  }
}

let channel = null;

/** Tells this page's other tabs. @param {"changed"|"lock"} what */
export function announce(what) {
  tabs()?.postMessage(what);
}

/** @param {(what: "changed"|"lock") => void} listener of what other tabs tell */
export function onOtherTabs(listener) {
  tabs()?.addEventListener("message", (event) => listener(event.data));
}

function tabs() {
  if (!channel && "BroadcastChannel" in globalThis) channel = new BroadcastChannel(NAME);
  return channel;
}

async function inStore(name, mode, deed) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const request = deed(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(request.error ?? transaction.error ?? new NoStorage());
    });
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    if (!globalThis.indexedDB) return reject(new NoStorage());
    const giveUp = setTimeout(() => reject(new NoStorage()), WAIT_MS);
    const settle = (deed) => (value) => {
      clearTimeout(giveUp);
      deed(value);
    };
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(WALLET);
        request.result.createObjectStore(VAULTS);
      };
      request.onsuccess = settle(() => resolve(request.result));
      request.onerror = settle(() => reject(new NoStorage()));
    } catch {
      settle(reject)(new NoStorage());
    }
  });
}
