// The forms of a vault's deeds: each shows before and after as the house sees it, and is sent with guards against
// a price that moves between look and click.
import { ApiError, get } from "../lib/api.js";
import { all, el, fill, one, setText } from "../lib/dom.js";
import { ask } from "../lib/dialogs.js";
import { bindForm, setProblem, valuesOf } from "../lib/forms.js";
import { every } from "../lib/live.js";
import { say } from "../lib/say.js";
import { amountOf, KINDS } from "./deed_kinds.js";
import { bindTabs, onDeed } from "./deed_tabs.js";
import { isSome, order, PPM, ratioPpm, repayUntil, riskOf, shareOf } from "./figures.js";
import { bindListed } from "./listed.js";
import { showPayTo } from "./pay_to.js";
import { previewTable } from "./preview_table.js";
import { dollars, percent } from "./texts.js";
import { RISKS, STATES, whyNot } from "./words.js";
import { signWithdrawal } from "./signing.js";

const PAUSE_MS = 250;
const LOOK_AGAIN_MS = 10_000;
const AMOUNTS = ["amount", "repay", "deposit"];
const FREE = ["ACTIVE", "WARNING"];
const OWING = ["ACTIVE", "WARNING", "LIQUIDATING", "FROZEN"];
const STATES_OF = { mint: FREE, repay: OWING, withdraw: FREE, save: OWING, close: ["PENDING", "ACTIVE", "WARNING", "LIQUIDATED", "CLOSING"] };
const NARROW = ["risky", "warned", "liquidatable"];
const RESCUE_PPM = 1_010_000n; // of the warning ratio

/** @param {import("./scene.js").Scene} scene @param {() => void} onDone reads the page anew */
export function bindDeeds(scene, onDone) {
  const forms = all(".deed-form").map((form) => new DeedForm(form, scene, onDone));
  let chosen = "";
  const draw = () => {
    for (const form of forms) form.draw();
    if (scene.vault) showRefused(scene, chosen);
  };
  onDeed((name) => {
    chosen = name;
    draw();
  });
  bindTabs();
  bindListed(scene);
  scene.on(draw);
  let address = "";
  scene.on(({ vault }) => {
    if (vault.address !== address) showPayTo(one("#add-address"), (address = vault.address));
  });
}

/** What the vault's state, or the price, does not allow now: said before anything is typed. */
function showRefused(scene, deed) {
  const place = one("#deed-refused");
  const words = refusedWords(scene, deed);
  place.hidden = words === "";
  setText(place, words);
}

function refusedWords({ vault, price, terms }, deed) {
  const allowed = STATES_OF[deed];
  if (deed === "add" && vault.status === "CLOSED") return STATES.CLOSED[2];
  if (allowed && !allowed.includes(vault.status)) return `Not while it is “${STATES[vault.status]?.[0] ?? vault.status}”. ${STATES[vault.status]?.[2] ?? ""}`;
  if (deed === "mint" && terms && !terms.minting_open) return whyNot(terms.minting_closed, "Dollars are not minted now.");
  const needsPrice = deed === "mint" || (deed === "withdraw" && isSome(vault.debt));
  if (needsPrice && price && price.mint === null) return whyNot(price.mintRefusal ?? "", "There is no price for it now.");
  if (deed === "close" && isSome(vault.debt)) return whyNot("DEBT_OUTSTANDING", "");
  return "";
}

class DeedForm {
  #timer = 0;
  #turn = 0;
  #seen = null; // the preview of exactly what stands in the form
  #query = "";

  constructor(form, scene, onDone) {
    Object.assign(this, { form, scene, onDone, kind: KINDS[form.dataset.deed] });
    this.button = one("[data-words]", form);
    this.place = one("[data-preview]", form);
    form.addEventListener("input", () => this.#changed());
    form.addEventListener("click", (event) => this.#helped(event.target));
    bindForm(form, (values, key) => this.#send(values, key));
    every(LOOK_AGAIN_MS, () => this.#query && form.offsetParent !== null && this.#look());
  }

  draw() {
    const { scene, form } = this;
    if (scene.vault === null) return;
    setText(this.button, this.kind.words(valuesOf(form), scene));
    const { balances, vault } = scene;
    const most = {
      mintable: dollars(vault.mintable),
      withdrawable: vault.withdrawable === null ? "–" : `${vault.withdrawable} BTC`,
      dollars: dollars(balances?.USDB ?? null),
      bitcoin: balances ? `${balances.BTC} BTC` : "–",
    };
    for (const place of all("[data-most]", form)) setText(place, most[place.dataset.most]);
    const code = one("[data-needs-code]", form);
    if (code) code.hidden = amountOf(form.elements.deposit.value) === null;
  }

  #changed() {
    this.draw();
    this.#seen = null;
    this.#turn += 1; // what is on its way is of other values
    clearTimeout(this.#timer);
    const query = this.kind.query(valuesOf(this.form), this.scene);
    this.#query = query === null ? "" : JSON.stringify(query);
    if (query === null) return this.place && fill(this.place);
    this.#timer = setTimeout(() => this.#look(), PAUSE_MS);
  }

  async #look() {
    const query = this.kind.query(valuesOf(this.form), this.scene);
    if (query === null || this.place === null) return null;
    const turn = ++this.#turn;
    try {
      const seen = await get(`/vaults/${this.scene.vaultId}/preview`, query);
      if (turn !== this.#turn) return null;
      this.#seen = seen;
      fill(this.place, previewTable(seen, this.scene.vault.figures, this.kind.unit));
    } catch (error) {
      if (turn === this.#turn) fill(this.place, el("p", { class: "banner" }, `What it would do cannot be shown now: ${error.message}`));
    }
    return this.#seen;
  }

  #helped(target) {
    const share = target.closest("[data-share]")?.dataset.share;
    if (share && this.scene.vault?.mintable) this.#put("amount", shareOf(this.scene.vault.mintable, BigInt(share)));
    if (target.closest("[data-rescue]")) this.#put("repay", rescueOf(this.scene));
  }

  #put(name, text) {
    this.form.elements[name].value = text;
    setProblem(this.form, name, "");
    this.#changed();
  }

  /** Nobody sends what he has not seen: without a preview of it, the first click shows it. */
  async #send(values, key) {
    this.#refuseWrong(values);
    const needsLook = this.kind.query(values, this.scene) !== null;
    const seen = needsLook ? (this.#seen ?? (await this.#look())) : null;
    if (needsLook && seen === null) throw new ApiError({ code: "NOT_SEEN", message: "What it would do cannot be shown now, so it was not sent. Try again." });
    if (!(await this.#isMeant(seen))) return;
    const answer = await this.kind.send(this.scene, values, seen, key);
    say("ok", this.kind.done(answer));
    this.form.reset();
    this.#changed();
    this.onDone();
    if (answer.withdrawal) await signWithdrawal(this.scene.vault, answer.withdrawal, { address: values.address, amount: values.amount && amountOf(values.amount) }, this.onDone);
  }

  #refuseWrong(values) {
    const names = AMOUNTS.filter((name) => name in values);
    const wrong = names.find((name) => values[name] !== "" && amountOf(values[name]) === null);
    if (wrong) throw new ApiError({ code: "", field: wrong, message: "Digits with a point, at most eight behind it: 1000.50" });
    const isEmpty = names.length > 0 && names.every((name) => values[name] === "") && !values.all;
    if (isEmpty) throw new ApiError({ code: "", field: names[0], message: "How much?" });
    if ("address" in values && values.address === "") throw new ApiError({ code: "", field: "address", message: "Where to?" });
  }

  async #isMeant(seen) {
    if (this.form.dataset.deed === "close") {
      return ask({ title: "Close this vault?", lines: ["All that is in it goes to the address you gave, after your signature. The vault's address ends: what is paid to it later is not credited."], deed: "Close the vault", danger: true });
    }
    if (seen === null || seen.refusal !== null) return true; // the house says why not
    const { figures } = this.scene.vault;
    const risk = riskOf(seen.after, figures);
    const isLower = seen.before.ratio === null || (seen.after.ratio !== null && order(seen.after.ratio, seen.before.ratio) < 0);
    return NARROW.includes(risk) && isLower ? this.#askRisky(seen, risk) : true;
  }

  #askRisky(seen, risk) {
    const words = this.kind.words(valuesOf(this.form), this.scene);
    return ask({
      title: "This leaves little room",
      lines: [`After it the ratio is ${percent(seen.after.ratio)} (${RISKS[risk][0].replace(/^\S+ /, "").toLowerCase()}). Below ${percent(this.scene.vault.figures.liquidation_ratio)} the vault may be liquidated, at ${dollars(seen.after.liquidation_price, { up: true })}.`],
      deed: words,
    });
  }
}

/** What brings the vault a little above its warning ratio; nothing where it is there. */
function rescueOf({ vault, shownPrice, terms }) {
  if (shownPrice === null) return "";
  const wanted = (ratioPpm(vault.figures.warning_ratio) * RESCUE_PPM) / PPM;
  const needed = repayUntil(vault, shownPrice, wanted, terms?.debt_floor);
  return isSome(needed) ? needed : "";
}
