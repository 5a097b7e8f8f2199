// The list of notices, live; and beside it by which way each kind comes, and webhooks.

import { get, post } from "../lib/api.js";
import { el, fill, one, setText } from "../lib/dom.js";
import { when } from "../lib/format.js";
import { panel } from "../lib/panel.js";
import { sayError } from "../lib/say.js";
import { house } from "../lib/socket.js";
import { showChoices } from "./choices.js";
import { showWebhooks } from "./webhooks.js";

const root = one("#notices");
const markAll = one("#mark-all");
let older = [];
let cursor = null;

const shown = panel(root, { load, show, empty: ({ notices }) => (notices.length ? null : nothing()), every: 30_000, oldAfter: 60_000 });
document.addEventListener("notice", () => shown.reload());
house.onState((state) => state === "live" && shown.state.data && shown.reload());
markAll.addEventListener("click", async () => {
  const latest = shown.state.data?.notices[0];
  if (!latest) return;
  try {
    await post("/notices/read", { up_to: latest.notice_id });
  } catch (error) {
    sayError(error);
  }
  older = older.map((one) => ({ ...one, read_at_ms: one.read_at_ms ?? Date.now() }));
  shown.reload();
  document.dispatchEvent(new CustomEvent("notices-read"));
});
showChoices(one("#choices"));
showWebhooks(one("#webhooks"));

async function load() {
  const page = await get("/notices", { limit: 25 });
  if (!older.length) cursor = page.next_cursor;
  return page;
}

function show({ notices }, body) {
  const known = new Set(notices.map((one) => one.notice_id));
  const all = [...notices, ...older.filter((one) => !known.has(one.notice_id))];
  markAll.hidden = all.every((one) => one.read_at_ms !== null);
  fill(body, el("ul", { class: "notice-list" }, all.map(row)), cursor ? el("div", { class: "panel-body center" }, moreButton()) : null);
}

function row(notice) {
  const isRead = notice.read_at_ms !== null;
  const title = notice.kind.toLowerCase().replaceAll("_", " ");
  return el("li", { class: isRead ? "is-read" : "" },
    el("span", { class: `dot ${isRead ? "" : "warn"}` }, el("span", { class: "unseen" }, isRead ? "read" : "new")),
    el("div", {}, el("strong", {}, title.charAt(0).toUpperCase() + title.slice(1)), el("p", {}, notice.text), linkOf(notice)),
    el("span", { class: "small faint num" }, when(notice.created_at_ms)));
}

function linkOf({ data }) {
  if (data.vault_id) return el("a", { href: `/vaults/${encodeURIComponent(data.vault_id)}` }, "To the vault");
  return null;
}

function moreButton() {
  const button = el("button", { type: "button", class: "button quiet", onclick: more }, "Older ones");
  return button;

  async function more() {
    setText(button, "Loading ..");
    try {
      const page = await get("/notices", { limit: 50, cursor });
      older = [...older, ...page.notices];
      cursor = page.next_cursor;
    } catch (error) {
      sayError(error);
    }
    show(shown.state.data, one("[data-body]", root));
  }
}

function nothing() {
  markAll.hidden = true;
  return el("div", { class: "empty" }, el("strong", {}, "Nothing yet"), el("span", {}, "What concerns your account, your vaults and your withdrawals is told here, and by mail if you like."));
}
