// A QR code as an SVG element: black on white in every theme, because cameras want it so.

import { encodeQr } from "../../vendor/qr.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 2; // modules around it

/** `label` says what it holds to who cannot see it. Throws where the text is too long for a code. */
export function qrSvg(text, label = "QR code") {
  const rows = encodeQr(text, "raw", { border: QUIET, ecc: text.length > 800 ? "low" : "medium" });
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${rows.length} ${rows.length}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" })) {
    svg.setAttribute(name, value);
  }
  svg.append(shape("rect", { width: rows.length, height: rows.length, fill: "#fff" }), shape("path", { d: path, fill: "#000" }));
  return svg;
}

function shape(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
