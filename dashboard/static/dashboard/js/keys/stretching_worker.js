// Makes a key out of a passphrase, slowly on purpose, beside the page so that it does not stand still meanwhile.
import { scryptAsync } from "../../vendor/bitcoin.js";

const TOLD = 50; // steps between telling how far it is

self.onmessage = async ({ data: { text, salt, N, r, p } }) => {
  let toldAt = -1;
  const onProgress = (part) => {
    const step = Math.floor(part * TOLD);
    if (step === toldAt) return;
    toldAt = step;
    self.postMessage({ part });
  };
  try {
    const key = await scryptAsync(text, salt, { N, r, p, dkLen: 32, maxmem: 2 ** 31, onProgress });
    self.postMessage({ key }, [key.buffer]);
  } catch {
    self.postMessage({ failed: true });
  } finally {
    text.fill(0);
  }
};
