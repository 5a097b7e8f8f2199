// The way to a new vault: what it is, the key, the review, the address. Goes on only with a proof of the key.
import { ApiError, get, post } from "../lib/api.js";
import { all, el, one } from "../lib/dom.js";
import { bindForm, setProblem } from "../lib/forms.js";
import { panel } from "../lib/panel.js";
import { rememberVault } from "../keys/store.js";
import { askForKey } from "./key_choice.js";
import { showKeys } from "./keys_panel.js";
import { showOpened } from "./opened.js";
import { showTerms } from "./terms.js";

const STEPS = ["about", "key", "review", "opened"];
const PROOF_LASTS_S = 540; // the house takes ten minutes

/** @type {{key: string, proof: string, time: number, renew: (() => object)|null}|null} */
let chosen = null;

function goTo(step) {
  for (const part of all("[data-part]")) part.hidden = part.dataset.part !== step;
  const place = STEPS.indexOf(step);
  all("#wizard-steps li").forEach((item, at) => {
    item.classList.toggle("is-done", at < place);
    if (at === place) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
  const title = one(`[data-part="${step}"] h2`);
  title.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

async function review(choice) {
  chosen = choice;
  goTo("review");
  const custody = await get("/custody").catch((error) => ({ error }));
  showKeys(one("#review-keys"), one("#review-trust"), custody, chosen.key);
}

/** A proof that got old is made again where the key is here, and asked for again where it is not. */
function freshProof() {
  const ageS = Date.now() / 1000 - chosen.time;
  if (ageS < PROOF_LASTS_S) return chosen;
  const renewed = chosen.renew?.();
  if (renewed) return { ...chosen, ...renewed };
  throw new ApiError({ code: "PROOF_OLD", message: "The proof is older than ten minutes. Go back and sign the text anew." });
}

async function open({ label, kept }, idempotencyKey) {
  if (!kept) {
    throw new ApiError({ code: "", field: "kept", message: "Say that you can find your key again: nobody else can make it." });
  }
  const { key, proof, time } = freshProof();
  const { vault } = await post("/vaults", { key, proof, time, label }, { key: idempotencyKey });
  goTo("opened");
  history.replaceState(null, "", `/vaults/${vault.vault_id}`);
  await remember(vault.vault_id);
  showOpened(vault);
}

/** So that this browser notices if the house ever shows another descriptor for it. */
async function remember(vaultId) {
  try {
    const { descriptor } = await get(`/vaults/${vaultId}/export`);
    await rememberVault(vaultId, descriptor);
  } catch {
    // without storage, or a moment without the house: the wallet remembers it at the first signature
  }
}

panel(one("#wizard-terms"), { load: async () => (await get("/vaults/terms")).terms, show: showTerms });
for (const button of all("[data-next]")) button.addEventListener("click", () => goTo(button.dataset.next));
const form = one("#open-form");
bindForm(form, open);
form.elements.kept.addEventListener("change", () => setProblem(form, "kept", ""));
askForKey(review);
if (!document.body.dataset.network) {
  one('[data-next="key"]').replaceWith(
    el("p", { class: "banner warn" }, "This house has no bitcoin: no vault can be opened here."),
  );
}
