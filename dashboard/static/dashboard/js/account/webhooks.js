// Webhooks: where notices are sent to programs of one's own; added, tried, deleted. A secret is shown once.

import { get, post, remove } from "../lib/api.js";
import { ask, openDialog } from "../lib/dialogs.js";
import { el, fill, one } from "../lib/dom.js";
import { bindForm } from "../lib/forms.js";
import { ago } from "../lib/format.js";
import { panel } from "../lib/panel.js";
import { say, sayError } from "../lib/say.js";
import { field, formProblem, submitButton } from "./fields.js";

export function showWebhooks(root) {
  const shown = panel(root, { load: () => get("/webhooks"), show, empty: ({ webhooks }) => (webhooks.length ? null : nothing()), every: 15_000, oldAfter: 30_000 });
  one("#new-webhook").addEventListener("click", () => openForm(shown));

  function nothing() {
    return el("div", { class: "empty" }, el("strong", {}, "No webhooks"), el("span", {}, "Notices can be sent to a program of yours, signed by the Standard Webhooks."));
  }

  function show({ webhooks }, body) {
    fill(body, el("ul", { class: "notice-list" }, webhooks.map((hook) => row(hook, shown))));
  }
}

function row(hook, shown) {
  return el("li", {},
    el("span", { class: `dot ${hook.is_enabled ? (hook.failures ? "warn" : "ok") : "bad"}` }, el("span", { class: "unseen" }, stateOf(hook))),
    el("div", {}, el("strong", {}, hook.label || "no name"), el("p", { class: "mono small" }, hook.url), el("p", { class: "small soft" }, stateOf(hook))),
    el("span", { class: "row" },
      el("button", { type: "button", class: "button small", onclick: () => tryIt(hook, shown) }, "Try", el("span", { class: "unseen" }, ` ${hook.label || hook.url}`)),
      el("button", { type: "button", class: "button small quiet", onclick: () => drop(hook, shown) }, "Delete", el("span", { class: "unseen" }, ` ${hook.label || hook.url}`))));
}

function stateOf(hook) {
  if (!hook.is_enabled) return `Switched off after too many failures: ${hook.last_error}. A try that is answered switches it on.`;
  if (hook.failures) return `Failed ${hook.failures} times in a row: ${hook.last_error}.`;
  return hook.last_success_at_ms ? `Last answered ${ago(hook.last_success_at_ms)}.` : "Nothing was sent there yet.";
}

async function tryIt(hook, shown) {
  try {
    await post(`/webhooks/${hook.webhook_id}/test`);
    say("ok", "A test is on its way there. What became of it shows here in some seconds.");
  } catch (error) {
    sayError(error);
  }
  setTimeout(() => shown.reload(), 4_000);
}

async function drop(hook, shown) {
  if (!(await ask({ title: "Delete this webhook?", lines: [hook.url, "Nothing more is sent there."], deed: "Delete the webhook", danger: true }))) return;
  try {
    await remove(`/webhooks/${hook.webhook_id}`);
    say("ok", "The webhook is deleted.");
  } catch (error) {
    sayError(error);
  }
  shown.reload();
}

function openForm(shown) {
  const form = el("form", { class: "stack" },
    field("Address", "url", { type: "url", placeholder: "https://hooks.example.com/ballast", maxlength: "500", required: true }, "HTTPS at port 443 of a public address."),
    field("Name", "label", { maxlength: "64" }), formProblem(),
    el("div", { class: "dialog-deeds" }, el("button", { type: "button", class: "button quiet", onclick: () => dialog.close() }, "Back"), submitButton("Add the webhook")));
  const dialog = openDialog("A new webhook", form);
  bindForm(form, async ({ url, label }) => {
    const made = await post("/webhooks", { url, label });
    dialog.close();
    shown.reload();
    showSecret(made.secret);
  });
}

function showSecret(secret) {
  const dialog = openDialog("The webhook is added", el("div", { class: "stack" },
    el("div", { class: "banner warn" }, el("p", {}, "This secret signs what we send. It is shown now and never again.")),
    el("code", { class: "secret" }, secret), el("div", {}, el("button", { type: "button", class: "button small", dataset: { copy: secret } }, "Copy the secret"))),
  [el("button", { type: "button", class: "button primary", onclick: () => dialog.close() }, "I have kept it")]);
}
