// How many notices are unread, in every page's head, as they come.

import { get } from "../lib/api.js";
import { one, setText } from "../lib/dom.js";
import { every } from "../lib/live.js";
import { say } from "../lib/say.js";
import { house } from "../lib/socket.js";

const MOST = 50;
const PERIOD_MS = 60_000;

/** For who is logged in. A notice that comes is also said in the corner, and told to the page as an event. */
export function followNotices() {
  every(PERIOD_MS, count);
  house.subscribe("notices", {}, (frame) => {
    if (frame.type === "refused") {
      if (frame.error?.status === 401) sayEnded();
      return;
    }
    if (frame.type === "notice") {
      say("warn", frame.text);
      document.dispatchEvent(new CustomEvent("notice", { detail: frame }));
    }
    count();
  });
  document.addEventListener("notices-read", count);
}

let hasEnded = false;

/** Logged out in another tab, or ended from elsewhere: said once, for the page goes on looking as before. */
function sayEnded() {
  if (hasEnded) return;
  hasEnded = true;
  say("warn", "Your login has ended. Log in again to go on.");
}

async function count() {
  try {
    const { notices, next_cursor } = await get("/notices", { unread: "true", limit: MOST });
    show(notices.length, next_cursor !== null);
  } catch {
    // the badge stays as it was; the pages say what is away
  }
}

function show(number, isMore) {
  const badge = one("#notices-count");
  if (!badge) return;
  badge.hidden = number === 0;
  setText(badge, isMore ? `${MOST}+` : number);
  one("#notices-link").setAttribute("aria-label", number ? `Notices, ${isMore ? "more than " : ""}${number} new` : "Notices");
}
