// The deeds of operators on the status page: a process started again, a market paused or opened. Each with a reason.

import { ApiError, csrfToken, errorOf, newKey } from "../lib/api.js";
import { openDialog } from "../lib/dialogs.js";
import { all, el, fill, one } from "../lib/dom.js";
import { every } from "../lib/live.js";
import { say, sayError } from "../lib/say.js";

const PATH = "/status/operator";
const PERIOD_MS = 5_000;
const PATIENCE_MS = 10_000;
const PAUSES = [
  ["CANCEL_ONLY", "Cancel only: people can take their orders back"],
  ["POST_ONLY", "Post only: orders that rest, and cancels"],
  ["HALTED", "Halted: nothing from customers"],
];

/** `board` is redrawn by the server's word every few seconds; buttons are put into its cells again and again. */
export async function beginOperating(board) {
  const panel = el("section", { class: "panel operators", "aria-labelledby": "h-operators" });
  panel.dataset.mine = "own";
  const draw = async () => {
    try {
      const may = await ask(PATH);
      drawRestarts(board, may.lines);
      drawPanel(board, panel, may);
    } catch {
      drawRestarts(board, []); // who cannot be known now has no buttons; they come back
    }
  };
  every(PERIOD_MS, draw);
}

function drawRestarts(board, lines) {
  for (const cell of all("[data-restart]", board)) {
    const line = cell.dataset.restart;
    const wanted = lines.includes(line);
    if (wanted === Boolean(cell.firstChild)) continue;
    fill(cell, wanted ? el("button", { type: "button", class: "button quiet small", onclick: () => restart(line) }, `Restart ${line} …`) : null);
  }
}

function drawPanel(board, panel, { is_fresh: isFresh, login, markets }) {
  const wanted = JSON.stringify([isFresh, markets]);
  if (panel.dataset.drawn !== wanted) {
    panel.dataset.drawn = wanted;
    const head = el("div", { class: "panel-head" }, el("h2", { id: "h-operators" }, "For operators"));
    fill(panel, head, isFresh ? markets.map(marketRow) : loginRow(login));
  }
  if (!panel.isConnected) one('[data-key="capabilities"]', board).after(panel);
}

const loginRow = (login) =>
  el("div", { class: "row" }, el("span", { class: "soft" }, "Deeds need an operator's own login, which lasts for 15 minutes."), el("a", { class: "button quiet", href: login }, "Log in as an operator"));

function marketRow({ symbol, status }) {
  const isOpen = status === "OPEN";
  const deed = isOpen ? `Pause ${symbol} …` : `Open ${symbol} …`;
  return el(
    "div",
    { class: "row" },
    el("b", {}, symbol),
    el("span", { class: `badge ${isOpen ? "ok" : "warn"}` }, isOpen ? "✓ open" : `! ${status.toLowerCase().replace("_", " ")}`),
    el("button", { type: "button", class: "button quiet small", onclick: () => change(symbol, isOpen) }, deed),
  );
}

function restart(line) {
  const about = `Every process of the line “${line}” ends in order and starts again. What it does meanwhile waits.`;
  askReason({ title: `Restart ${line}?`, about, deed: `Restart ${line}`, send: (reason) => post("/status/restart", { line, reason }) }, `${line} is being restarted.`);
}

function change(symbol, isOpen) {
  const select = isOpen ? el("select", { id: "new-status" }, PAUSES.map(([value, words]) => el("option", { value }, words))) : null;
  const token = uuid();
  const about = isOpen ? `What shall customers still be able to do in ${symbol}?` : `${symbol} takes all orders again. This ends a breaker's halt, too.`;
  const send = (reason) => post("/status/market", { market: symbol, status: select ? select.value : "OPEN", reason, token });
  const deed = isOpen ? `Pause ${symbol}` : `Open ${symbol}`;
  askReason({ title: `${deed}?`, about, deed, send, more: select && el("div", { class: "field" }, el("label", { for: "new-status" }, "Status"), select) }, "Asked of the engine.");
}

function askReason({ title, about, deed, send, more = null }, done) {
  const reason = el("textarea", { id: "why", maxlength: "300", required: "", rows: "3" });
  const problem = el("p", { class: "problem", role: "alert" });
  const yes = el("button", { type: "submit", class: "button danger" }, deed);
  const no = el("button", { type: "button", class: "button quiet", onclick: () => dialog.close() }, "Back");
  const form = el(
    "form",
    { class: "stack", onsubmit: submit },
    el("p", {}, about),
    more,
    el("div", { class: "field" }, el("label", { for: "why" }, "Why"), reason, el("span", { class: "hint" }, "It stands in the audit trail for ever.")),
    problem,
    el("div", { class: "dialog-deeds" }, no, yes),
  );
  const dialog = openDialog(title, form);
  (more ? one("select", form) : reason).focus();

  async function submit(event) {
    event.preventDefault();
    if (yes.disabled) return;
    yes.disabled = true;
    yes.classList.add("is-sending");
    try {
      await send(reason.value);
      dialog.close();
      say("ok", done);
    } catch (error) {
      problem.textContent = `${error.message} (${error.code})`;
      if (error.isUnknown) sayError(error);
    } finally {
      yes.disabled = false;
      yes.classList.remove("is-sending");
    }
  }
}

const post = (path, fields) => ask(path, { method: "POST", headers: { "X-CSRFToken": csrfToken() }, body: new URLSearchParams(fields) });

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS), ...options });
  } catch {
    const message = options.method ? "The house did not answer. Whether it was done is not known: look at the state above." : "The house does not answer.";
    throw new ApiError({ code: "NO_ANSWER", message, isUnknown: Boolean(options.method) });
  }
  const content = await response.json().catch(() => null);
  if (!response.ok || !content) throw errorOf(content?.error, response.status);
  return content;
}

function uuid() {
  const hex = newKey();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
