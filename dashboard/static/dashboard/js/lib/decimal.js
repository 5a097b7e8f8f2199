// Exact decimals: amounts are BigInt atoms, and text outside. Nothing here is ever a float.

const SHAPE = /^(-?)(\d+)(?:\.(\d*))?$/;

/** "1.25" with 8 decimals -> 125000000n. Throws RangeError for anything else, or more digits than `decimals`. */
export function toAtoms(text, decimals) {
  const found = SHAPE.exec(String(text).trim());
  const fraction = found?.[3]?.replace(/0+$/, "") ?? "";
  if (!found || fraction.length > decimals) throw new RangeError(`no amount of ${decimals} decimals: ${text}`);
  const atoms = BigInt(found[2] + fraction.padEnd(decimals, "0"));
  return found[1] ? -atoms : atoms;
}

/** 125000000n with 8 decimals -> "1.25000000", as the API writes it. */
export function fromAtoms(atoms, decimals) {
  const digits = (atoms < 0n ? -atoms : atoms).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const sign = atoms < 0n ? "-" : "";
  return decimals ? `${sign}${whole}.${digits.slice(-decimals)}` : sign + whole;
}

/** a * b / c, rounded down (toward minus infinity), or up. `c` is positive. */
export function mulDiv(a, b, c, up = false) {
  const product = a * b;
  const quotient = product / c;
  const rest = product % c;
  if (rest === 0n) return quotient;
  if (up) return product > 0n ? quotient + 1n : quotient;
  return product < 0n ? quotient - 1n : quotient;
}

/** -1, 0 or 1, of two decimal texts however many digits they have. */
export function compare(a, b) {
  const decimals = Math.max(places(a), places(b));
  const difference = toAtoms(a, decimals) - toAtoms(b, decimals);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** How many digits stand after the point. */
export function places(text) {
  return String(text).split(".")[1]?.length ?? 0;
}

/** "1234567.50" -> "1,234,567.50" */
export function grouped(text) {
  const [whole, fraction] = String(text).split(".");
  const parted = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction === undefined ? parted : `${parted}.${fraction}`;
}

/** Without the zeros at the end, but with at least `keep` digits after the point. */
export function trimmed(text, keep = 0) {
  const [whole, fraction = ""] = String(text).split(".");
  const rest = fraction.replace(/0+$/, "").padEnd(keep, "0");
  return rest ? `${whole}.${rest}` : whole;
}

/** Cut, not rounded, to `digits` after the point: for showing. */
export function cut(text, digits) {
  const [whole, fraction = ""] = String(text).split(".");
  return digits ? `${whole}.${fraction.slice(0, digits).padEnd(digits, "0")}` : whole;
}

/** An approximate number, only for widths of bars and points of charts. */
export function approximate(text) {
  return Number.parseFloat(text);
}
