// The second factor: set up with a QR code and a first code, replaced, removed. Codes are shown once and kept nowhere.

import { get, post } from "../lib/api.js";
import { openDialog } from "../lib/dialogs.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { bindForm } from "../lib/forms.js";
import { when } from "../lib/format.js";
import { panel } from "../lib/panel.js";
import { qrSvg } from "../lib/qr.js";
import { say } from "../lib/say.js";
import { codeField, field, formProblem, submitButton } from "./fields.js";

const root = one("#factor");
const body = one("[data-body]", root);
const badge = one("[data-factor-badge]", root);
const shown = panel(root, { load: () => get("/second-factor"), show });

function show(state) {
  mark(state.is_enabled);
  fill(body, state.is_enabled ? enabled(state) : absent());
}

function mark(isOn) {
  badge.hidden = false;
  badge.className = `badge ${isOn ? "ok" : "warn"}`;
  setText(badge, isOn ? "On" : "Off");
}

/** The whole page: its form for the password asks for a code where there is a second factor. */
const startAgain = () => location.assign(location.pathname);

function absent() {
  return [
    el("p", {}, "A code from an app on your phone, beside the password. Without one nothing can be withdrawn from this account."),
    el("p", { class: "soft small" }, "After it is set up withdrawals are held for a day, as after every change of what guards an account."),
    el("button", { type: "button", class: "button primary", onclick: () => begin("") }, "Set up a second factor"),
  ];
}

function enabled(state) {
  const isLow = state.recovery_codes_left < 3;
  return [
    el("dl", { class: "facts" },
      el("dt", {}, "In force since (UTC)"), el("dd", {}, when(state.enabled_at_ms)),
      el("dt", {}, "Recovery codes left"), el("dd", {}, String(state.recovery_codes_left))),
    isLow ? el("div", { class: "banner warn" }, el("p", {}, "Few recovery codes are left. Replacing the second factor gives ten new ones.")) : null,
    state.locked_until_ms ? el("div", { class: "banner bad" }, el("p", {}, "Too many wrong codes. No code is taken until ", when(state.locked_until_ms), " UTC.")) : null,
    el("div", { class: "row" },
      el("button", { type: "button", class: "button", onclick: () => askCode("Replace the second factor", "Replace it", "", begin) }, "Replace"),
      el("button", { type: "button", class: "button quiet", onclick: () => askCode("Remove the second factor", "Remove it", "danger", removeIt) }, "Remove")),
  ];
}

function askCode(title, deed, kind, done) {
  const form = el("form", { class: "stack" },
    el("p", {}, kind ? "Without a second factor nothing can be withdrawn, and a password alone logs in." : "The one in force stays until the new one has given its first code."),
    codeField("From the one in force, or a recovery code."), formProblem(),
    el("div", { class: "dialog-deeds" }, el("button", { type: "button", class: "button quiet", onclick: () => dialog.close() }, "Back"), submitButton(deed, kind || "primary")));
  const dialog = openDialog(title, form);
  bindForm(form, async ({ code }) => {
    await done(code.toUpperCase());
    dialog.close();
  });
}

async function removeIt(code) {
  await post("/second-factor/removal", { code });
  location.assign(`${location.pathname}?done=factor`);
}

async function begin(code) {
  let enrolment;
  try {
    enrolment = await post("/second-factor", code ? { code } : {});
  } catch (error) {
    if (code) throw error;
    say("bad", error.message, error);
    return;
  }
  fill(body, enrolling(enrolment));
  one("input", body).focus();
}

function enrolling({ secret, uri, until_ms }) {
  const form = el("form", { class: "stack" },
    field("First code", "code", { autocomplete: "one-time-code", inputmode: "numeric", maxlength: "6", required: true }, "Six digits that the app shows for Ballast now."),
    formProblem(),
    el("div", { class: "row" }, submitButton("Put it in force"), el("button", { type: "button", class: "button quiet", onclick: () => shown.reload() }, "Not now")));
  bindForm(form, async ({ code }) => {
    const { recovery_codes } = await post("/second-factor/confirm", { code });
    say("ok", "Your second factor is in force.");
    mark(true);
    fill(body, recovery(recovery_codes));
    one("h3", body).focus();
  });
  return el("div", { class: "enrol" },
    el("div", { class: "qr" }, qrSvg(uri, "QR code for an authenticator")),
    el("div", { class: "stack" },
      el("p", {}, "Read this code with an authenticator app (Aegis, 2FAS, Google Authenticator ..), or type the secret:"),
      el("code", { class: "secret" }, secret.match(/.{1,4}/g).join(" ")),
      el("div", { class: "row" }, el("button", { type: "button", class: "button small", dataset: { copy: secret } }, "Copy the secret"), el("span", { class: "small faint" }, "Good until ", when(until_ms), " UTC")),
      form));
}

function recovery(codes) {
  const text = `Ballast recovery codes of ${document.body.dataset.visitor}\n\n${codes.join("\n")}\n`;
  const file = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  return [
    el("h3", { tabindex: "-1" }, "Keep these recovery codes now"),
    el("p", {}, "Each takes the place of a code once: to log in, and to replace or remove a lost device. They are shown only this time."),
    el("ul", { class: "codes" }, codes.map((one) => el("li", {}, one))),
    el("div", { class: "row" },
      el("button", { type: "button", class: "button", dataset: { copy: codes.join("\n") } }, "Copy all"),
      el("a", { class: "button", href: file, download: "ballast-recovery-codes.txt" }, "Save as a file"),
      el("button", { type: "button", class: "button primary", onclick: startAgain }, "I have kept them")),
  ];
}
