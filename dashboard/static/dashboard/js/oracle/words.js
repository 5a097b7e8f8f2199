// The oracle's codes in words. What is not known here is shown as it came.

export const STATES = {
  FRESH: ["ok", "✓ Fresh"],
  DEGRADED: ["warn", "! Degraded"],
  STALE: ["bad", "✕ Stale"],
  HALTED: ["bad", "✕ Halted"],
};

const REASONS = {
  SOURCES_MISSING: "A source that counts was not kept in the latest round. The others agree, so the price stands.",
  MINTING_PAUSED: "The price moved by more than 20 % within ten minutes: minting waits until it has calmed down.",
  LIQUIDATIONS_PAUSED: "The price moved by more than 10 % within a minute: liquidations wait until it has calmed down.",
  NO_ROUNDS: "No round was made lately. The last price is shown with its age.",
  CLOCKS_DIFFER: "The clocks of the house's machines differ, so nobody knows how old the price is.",
  INSUFFICIENT_SOURCES: "Fewer than three sources could be used.",
  DISPERSED: "The sources are too far apart: fewer than three agree.",
  WIDE_CONFIDENCE: "The sources agree too loosely: the price is uncertain by more than 1 %.",
  JUMP: "The price jumped by more than 20 %. People have to look before it goes on.",
  JUMP_UNCONFIRMED: "The price moved by more than 10 %, and not every source says so.",
};

const REFUSALS = {
  ORACLE_UNAVAILABLE: "There is no price yet.",
  ORACLE_STALE: "The last price is too old.",
  ORACLE_HALTED: "The oracle is halted.",
  ORACLE_DEGRADED: "The latest round gave no price.",
  ORACLE_PAUSED: "A breaker has paused it; it ends by itself.",
  ORACLE_UNCONFIRMED: "It waits for a second round that confirms the first.",
};

const VERDICTS = {
  KEPT: ["ok", "✓ kept", "It moved the price."],
  SHOWN: ["unknown", "shown", "To look at only: it never counts."],
  DISABLED: ["unknown", "off", "An operator has switched it off."],
  ABSENT: ["warn", "! absent", ""],
  NOT_POSITIVE: ["warn", "! refused", "No positive number."],
  IN_THE_FUTURE: ["warn", "! refused", "Its time has not come yet."],
  OUT_OF_BOUNDS: ["warn", "! refused", "Outside of its bounds."],
  AT_A_BOUND: ["warn", "! refused", "Exactly at a bound: a feed that is stuck there is no price."],
  STALE: ["warn", "! too old", "Older than 30 s."],
  FROZEN: ["warn", "! frozen", "Unchanged for ten minutes."],
  NO_CONVERSION: ["warn", "! no rate", "Its stablecoin has no price in dollars now."],
  DEVIATES: ["warn", "! too far", "More than 2 % from the median."],
};

const ABSENCES = {
  TIMED_OUT: "It did not answer in time.",
  UNREACHABLE: "It cannot be reached.",
  REFUSED: "It refused to answer.",
  RATE_LIMITED: "It asks to be asked less often.",
  MALFORMED: "Its answer could not be read.",
  BACKING_OFF: "It failed and is left alone for a moment.",
  NO_PRICE: "It has no price.",
};

/** [class, badge] */
export const stateWords = (state) => STATES[state] ?? ["unknown", state];
export const reasonWords = (reason) => (reason ? (REASONS[reason] ?? reason) : "Every source that counts was kept.");
export const refusalWords = (code) => REFUSALS[code] ?? code;

/** [class, badge, why] */
export function verdictWords({ verdict, detail }) {
  const [kind, badge, why] = VERDICTS[verdict] ?? ["unknown", verdict, ""];
  const absence = ABSENCES[detail?.split(":")[0]] ?? detail;
  return [kind, badge, verdict === "ABSENT" ? absence || "It gave no quote." : why];
}

/** "+0.12 %" of a deviation in millionths, with its sign in front; no colour needed. */
export function ppmText(ppm) {
  if (ppm === null || ppm === undefined) return "–";
  const hundredths = Math.trunc(Math.abs(ppm) / 100);
  const sign = hundredths === 0 ? "" : ppm > 0 ? "+" : "−";
  return `${sign}${Math.trunc(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")} %`;
}
