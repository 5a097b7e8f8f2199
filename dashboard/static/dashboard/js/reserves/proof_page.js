// One's own proof: asked for with the published snapshot beside it, checked here, drawn level by level.
import { ApiError, get } from "../lib/api.js";
import { fromAtoms, grouped, places } from "../lib/decimal.js";
import { el, fill, one } from "../lib/dom.js";
import { utcText, when } from "../lib/format.js";
import { problem } from "../lib/panel.js";
import { save } from "../vaults/files.js";
import { Wrong } from "./reading.js";
import { check } from "./verify.js";

const auditId = one("#proof").dataset.auditId;
const verdict = one("#proof-verdict");
const choice = one("#snapshot");
let turn = 0;

async function look() {
  const mine = ++turn;
  try {
    const proof = await get("/reserves/proof", { snapshot: choice.value });
    // As everybody sees it: a house that shows this customer a root of his own is found by that.
    const { snapshot: published } = await get(`/reserves/snapshots/${proof.snapshot.snapshot_id}`);
    if (mine === turn) tell(proof, published);
  } catch (error) {
    if (mine === turn) notKnown(error);
  }
}

function tell(proof, published) {
  offer(proof, published);
  try {
    const checked = check(proof, { published, auditId: auditId || undefined });
    fill(verdict, proved(checked));
    showAmounts(checked, proof);
    showPath(checked);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    fill(verdict, notProved(error));
    hideProof();
  }
}

function proved({ snapshot, levels }) {
  return el(
    "div",
    { class: "banner ok" },
    el("div", { class: "banner-words" }, el("strong", {}, "✓ Proved: you are counted."), el("p", {}, `Your leaf leads in ${levels.length - 1} steps to the published root of `, when(snapshot.taken_ms), ` UTC, among ${snapshot.customers} customers.`)),
  );
}

function notProved(error) {
  return el(
    "div",
    { class: "banner bad", role: "alert" },
    el("div", { class: "banner-words" }, el("strong", {}, "✕ Not proved."), el("p", {}, `${error.message}. Keep the files below and ask the house; tell others.`)),
  );
}

/** Nothing was wrong with a proof: there is none, or the house does not answer. */
function notKnown(error) {
  hideProof();
  const known = error instanceof ApiError ? error : new ApiError({ code: "", message: "The proof could not be checked in this browser." });
  if (known.code === "NOT_FOUND" || known.status === 404) fill(verdict, el("div", { class: "empty" }, el("strong", {}, "There is no proof of yours here"), el("span", {}, `${known.message} A snapshot is taken each hour; whoever held nothing then is not in it.`), el("small", { class: "faint" }, known.code)));
  else fill(verdict, problem(known, look));
}

function hideProof() {
  one("#path-panel").hidden = true;
  fill(one("#proof-amounts"));
}

function decimalsOf(snapshot) {
  return Object.fromEntries(snapshot.totals.map(({ asset, amount }) => [asset, places(amount)]));
}

function showAmounts({ snapshot, assets, levels }, proof) {
  const decimals = decimalsOf(snapshot);
  const text = (asset, atoms) => grouped(fromAtoms(atoms, decimals[asset]));
  const rows = assets.map((asset, at) =>
    el("tr", {}, el("th", { scope: "row" }, asset), el("td", { class: "right num" }, text(asset, levels[0].atoms[at])), el("td", { class: "right num soft" }, text(asset, levels.at(-1).atoms[at]))),
  );
  fill(
    one("#proof-amounts"),
    el("p", { class: "soft" }, "Your leaf names ", el("strong", { class: "mono" }, proof.leaf.audit_id), ": the number and the name of your account. Compare the amounts with what you had then."),
    el(
      "div",
      { class: "table-wrap" },
      el("table", { class: "table" }, el("caption", { class: "unseen" }, "Your amounts, and those of all"), el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Asset"), el("th", { scope: "col", class: "right" }, "Yours"), el("th", { scope: "col", class: "right" }, "All customers'"))), el("tbody", {}, rows)),
    ),
  );
}

function showPath({ snapshot, assets, levels }) {
  const decimals = decimalsOf(snapshot);
  const amounts = (atoms) => assets.map((asset, at) => `${grouped(fromAtoms(atoms[at], decimals[asset]))} ${asset}`).join(" · ");
  const step = ({ hash, atoms, isRight, beside }, at) =>
    el(
      "li",
      { class: at === 0 ? "is-own" : "" },
      el("strong", {}, at === 0 ? "Your leaf" : `Level ${at}`),
      el("span", { class: "hash" }, hash),
      el("span", { class: "small soft num" }, amounts(atoms)),
      beside ? el("span", { class: "small faint" }, `joined with its ${isRight ? "left" : "right"} neighbour `, el("span", { class: "hash" }, beside)) : null,
    );
  const root = el("li", { class: "is-root" }, el("strong", {}, "The published root"), el("span", { class: "hash" }, snapshot.root), el("span", { class: "small soft" }, "It commits to the top of the tree, the totals, the moment and the number of customers."));
  fill(one("#path"), levels.map(step), root);
  one("#path-panel").hidden = false;
}

function offer(proof, published) {
  const files = { "#save-proof": ["proof.json", proof], "#save-snapshot": ["snapshot.json", { snapshot: published }] };
  for (const [selector, [name, content]] of Object.entries(files)) {
    const button = one(selector);
    button.disabled = false;
    button.onclick = () => save(name, JSON.stringify(content, null, 2), "application/json");
  }
}

async function listSnapshots() {
  try {
    const { snapshots } = await get("/reserves/snapshots", { limit: 50 });
    choice.append(...snapshots.map(({ snapshot_id: id, taken_ms: ms }) => el("option", { value: id }, `${utcText(ms)} UTC`)));
  } catch {
    // the newest can be asked for all the same
  }
}

choice.addEventListener("change", look);
look();
listSnapshots();
