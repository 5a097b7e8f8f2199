// Which kinds of notices come by mail and to webhooks: a table of boxes, each kept as soon as it is set.

import { get, put } from "../lib/api.js";
import { el, fill } from "../lib/dom.js";
import { panel } from "../lib/panel.js";
import { say, sayError } from "../lib/say.js";

const WAYS = [["by_email", "Mail"], ["by_webhook", "Webhook"]];

export function showChoices(root) {
  const shown = panel(root, { load: () => get("/notice-settings"), show });

  function show({ email, choices }, body) {
    const heads = WAYS.map(([, words]) => el("th", { scope: "col", class: "center" }, words));
    fill(body,
      el("p", { class: "panel-body small soft" }, email ? `Mails go to ${email}.` : "Mails go nowhere: no address is confirmed. ", email ? null : el("a", { href: "/account#mail" }, "See to it")),
      el("div", { class: "table-wrap" }, el("table", { class: "table" },
        el("caption", { class: "unseen" }, "Which notices come by which way"),
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Told of"), heads)),
        el("tbody", {}, choices.map(row)))));
  }

  function row(choice) {
    return el("tr", {},
      el("th", { scope: "row" }, choice.about),
      WAYS.map(([name, words]) => el("td", { class: "center" }, el("label", { class: "check" },
        el("input", { type: "checkbox", checked: choice[name], "aria-label": `${words}: ${choice.about}`, onchange: (event) => keep(choice, name, event.target) })))));
  }

  async function keep(choice, name, box) {
    box.disabled = true;
    try {
      const { kind, by_email, by_webhook } = { ...choice, [name]: box.checked };
      await put("/notice-settings", { choices: [{ kind, by_email, by_webhook }] });
      choice[name] = box.checked;
      say("ok", "Kept.");
    } catch (error) {
      box.checked = choice[name];
      sayError(error);
      if (error.isUnknown) shown.reload();
    } finally {
      box.disabled = false;
      box.focus();
    }
  }
}
