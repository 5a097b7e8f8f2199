// What one vault's page knows: the vault as last told, the price, the terms, the balances; and who draws them.
import { atMost } from "../lib/live.js";
import { atPrice, riskOf } from "./figures.js";

const DRAWN_HZ = 2;

export class Scene {
  /** @type {object|null} as GET /vaults/{id} and the channel tell it */
  vault = null;
  /** @type {import("./price_strip.js").Price|null} */
  price = null;
  /** @type {object|null} */
  terms = null;
  /** @type {{BTC: string, USDB: string}|null} of the funding wallet */
  balances = null;
  #listeners = new Set();
  #draw = atMost(DRAWN_HZ, () => {
    if (this.vault === null) return;
    for (const listener of this.#listeners) listener(this);
  });

  constructor(vaultId) {
    this.vaultId = vaultId;
  }

  /** @param {(scene: Scene) => void} listener is called after changes, at most twice a second */
  on(listener) {
    this.#listeners.add(listener);
  }

  know(facts) {
    Object.assign(this, facts);
    this.#draw();
  }

  /** @returns {boolean} whether it was news: an older picture changes nothing */
  take(vault) {
    if (this.vault !== null && vault.version < this.vault.version) return false;
    const isNews = this.vault === null || vault.version > this.vault.version;
    this.know({ vault });
    return isNews;
  }

  /** The vault at the price of this moment. */
  get seen() {
    return this.price?.price ? atPrice(this.vault, this.price.price) : this.vault;
  }

  get shownPrice() {
    return this.price?.price ?? this.vault.price.price;
  }

  get risk() {
    return riskOf(this.seen, this.vault.figures);
  }
}
