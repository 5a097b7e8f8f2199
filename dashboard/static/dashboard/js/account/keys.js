// API keys: what each may do and from where, made and revoked. A secret is shown once and kept nowhere.

import { get, post, remove } from "../lib/api.js";
import { ask, openDialog } from "../lib/dialogs.js";
import { el, fill, one } from "../lib/dom.js";
import { bindForm } from "../lib/forms.js";
import { ago, when } from "../lib/format.js";
import { panel } from "../lib/panel.js";
import { say, sayError } from "../lib/say.js";
import { choice, field, formProblem, submitButton } from "./fields.js";

const SCOPES = [
  ["read", "Read", "Balances, orders, statements, notices."],
  ["trade", "Trade", "Place and cancel orders, move money between your own wallets, act on vaults."],
  ["withdraw", "Withdraw", "Ask for withdrawals, still with a code. Needs a list of addresses."],
];
const DAY_MS = 86_400_000;
const root = one("#keys");
const shown = panel(root, { load: () => get("/api-keys"), show: ({ keys }, body) => fill(body, table(keys)), empty: ({ keys }) => (keys.length ? null : nothing()), every: 15_000, oldAfter: 30_000 });
one("#new-key").addEventListener("click", openForm);

function nothing() {
  return el("div", { class: "empty" }, el("strong", {}, "No keys yet"), el("span", {}, "A key lets a program of yours trade for you."),
    el("button", { type: "button", class: "button primary", onclick: openForm }, "Make a key"));
}

function table(keys) {
  const heads = ["Name", "May", "From", "Last used", "Expires (UTC)"].map((words) => el("th", { scope: "col" }, words));
  return el("div", { class: "table-wrap" }, el("table", { class: "table stacked" },
    el("caption", { class: "unseen" }, "API keys"),
    el("thead", {}, el("tr", {}, heads, el("th", { scope: "col" }, el("span", { class: "unseen" }, "Revoke")))),
    el("tbody", {}, keys.map(row))));
}

function row(key) {
  return el("tr", {},
    el("th", { scope: "row" }, el("span", {}, key.label || "no name", el("br"), el("code", { class: "small faint" }, `${key.key.slice(0, 11)}… ${key.kind}`))),
    el("td", { dataset: { label: "May" } }, el("span", { class: "row" }, key.scopes.map((scope) => el("span", { class: `badge ${scope === "withdraw" ? "warn" : ""}` }, scope)))),
    el("td", { dataset: { label: "From" } }, key.allowed_networks.join(", ") || "anywhere"),
    el("td", { dataset: { label: "Last used" } }, key.last_used_at_ms ? `${ago(key.last_used_at_ms)}, ${key.last_used_ip ?? ""}` : "never"),
    el("td", { dataset: { label: "Expires" } }, key.expires_at_ms ? when(key.expires_at_ms) : "never"),
    el("td", { class: "right" }, el("button", { type: "button", class: "button small", onclick: () => revoke(key) }, "Revoke", el("span", { class: "unseen" }, ` ${key.label || key.key}`))));
}

async function revoke(key) {
  const name = key.label || key.key;
  const isSure = await ask({ title: `Revoke ${name}?`, lines: ["It stops working at once and cannot be brought back. Orders that it placed stay."], deed: "Revoke the key", danger: true });
  if (!isSure) return;
  try {
    await remove(`/api-keys/${key.key_id}`);
    say("ok", `${name} is revoked.`);
  } catch (error) {
    sayError(error);
  }
  shown.reload();
}

function openForm() {
  const publicKey = field("Public key", "public_key", { maxlength: "44" }, "32 bytes in base64. We never see the private one.");
  publicKey.hidden = true;
  const kind = choice("Kind", "kind", [["HMAC", "HMAC: we make a secret, shown once"], ["ED25519", "Ed25519: you keep the private key (better)"]]);
  one("select", kind).addEventListener("change", (event) => (publicKey.hidden = event.target.value !== "ED25519"));
  const form = el("form", { class: "stack" },
    field("Name", "label", { maxlength: "64" }, "For you: what uses it."),
    kind, publicKey, scopeBoxes(),
    field("Only from", "allowed_networks", { placeholder: "203.0.113.7, 198.51.100.0/24" }, "Addresses or networks with commas between; empty: from anywhere."),
    choice("Good for", "days", [["", "until it is revoked"], ["1", "a day"], ["30", "30 days"], ["90", "90 days"], ["365", "a year"]]),
    formProblem(),
    el("div", { class: "dialog-deeds" }, el("button", { type: "button", class: "button quiet", onclick: () => dialog.close() }, "Back"), submitButton("Make the key")));
  const dialog = openDialog("A new API key", form);
  bindForm(form, async (values) => {
    const made = await post("/api-keys", bodyOf(values));
    dialog.close();
    shown.reload();
    showSecret(made);
  });
}

function scopeBoxes() {
  const boxes = SCOPES.map(([name, words, about]) => el("label", { class: "check" },
    el("input", { type: "checkbox", name: `scope_${name}`, checked: name === "read" }), el("span", {}, el("strong", {}, words), " ", el("span", { class: "soft small" }, about))));
  return el("fieldset", { class: "scopes" }, el("legend", { class: "small soft" }, "It may"), boxes, el("span", { class: "problem", dataset: { problemOf: "scopes" } }));
}

function bodyOf(values) {
  const networks = values.allowed_networks.split(/[\s,]+/).filter(Boolean);
  return {
    label: values.label,
    kind: values.kind,
    scopes: SCOPES.map(([name]) => name).filter((name) => values[`scope_${name}`]),
    ...(networks.length ? { allowed_networks: networks } : {}),
    ...(values.kind === "ED25519" ? { public_key: values.public_key } : {}),
    ...(values.days ? { expires_at_ms: Date.now() + Number(values.days) * DAY_MS } : {}),
  };
}

function showSecret({ key, secret }) {
  const lines = [["Key", key], ...(secret ? [["Secret", secret]] : [])].map(([words, text]) => el("div", { class: "field" },
    el("span", { class: "label" }, words), el("code", { class: "secret" }, text), el("div", {}, el("button", { type: "button", class: "button small", dataset: { copy: text } }, `Copy the ${words.toLowerCase()}`))));
  const warning = secret ? el("div", { class: "banner warn" }, el("p", {}, "The secret is shown now and never again.")) : null;
  const dialog = openDialog("The key is made", el("div", { class: "stack" }, warning, lines), [
    el("button", { type: "button", class: "button primary", onclick: () => dialog.close() }, secret ? "I have kept the secret" : "Done"),
  ]);
}
