// Whether what is owed of an asset is covered, in words: play money covers nothing.

import { compare, grouped, trimmed } from "../lib/decimal.js";

/** Of an asset as `GET /reserves` tells it: [words with their sign, ok | warn | bad]. */
export function coverOf({ owed, backing, lines }) {
  if (compare(backing, owed) < 0) return ["✕ Not covered", "bad"];
  const played = lines.find(({ purpose }) => purpose === "DEMO_ISSUE")?.amount ?? "0";
  return compare(played, "0") > 0 ? [`! ${grouped(trimmed(played, 2))} of it is play money`, "warn"] : ["✓ Covered", "ok"];
}
