// The states of a vault as a drawing, with the one that it is in.
import { fill, one, setText } from "../lib/dom.js";
import { STATES } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [128, 32];
/** Where the middle of each state lies. */
const PLACES = {
  PENDING: [80, 24],
  ACTIVE: [80, 92],
  WARNING: [80, 160],
  LIQUIDATING: [80, 228],
  CLOSED: [252, 24],
  CLOSING: [252, 92],
  FROZEN: [252, 160],
  LIQUIDATED: [252, 228],
};
/** What leads where, as paths between the borders of states. */
const WAYS = [
  "M80 40V74",
  "M68 108V142",
  "M92 144V110",
  "M68 176V210",
  "M92 212V178",
  "M144 92H186",
  "M252 76V42",
  "M144 154H186",
  "M188 166H146",
  "M144 228H186",
  "M316 228H330V92H318",
];
let shown = "";

function draw(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function arrowHead() {
  const head = draw("path", { d: "M0 0L6 3L0 6z" });
  return draw("defs", {}, draw("marker", { id: "arrow", markerWidth: 6, markerHeight: 6, refX: 5, refY: 3, orient: "auto" }, head));
}

function stateNode(status, isHere) {
  const [x, y] = PLACES[status];
  return draw(
    "g",
    { class: isHere ? "here" : "" },
    draw("rect", { x: x - WIDTH / 2, y: y - HEIGHT / 2, width: WIDTH, height: HEIGHT, rx: 8 }),
    draw("text", { x, y }, `${isHere ? "● " : ""}${STATES[status][0]}`),
  );
}

/** @param {import("./scene.js").Scene} scene */
export function showMachine({ vault }) {
  if (vault.status === shown) return;
  shown = vault.status;
  const [word, , meaning] = STATES[vault.status] ?? [vault.status, "", ""];
  const picture = draw("svg", { class: "machine", viewBox: "0 0 340 252", role: "img", "aria-label": `States of a vault. This one: ${word}.` }, arrowHead());
  for (const way of WAYS) picture.append(draw("path", { d: way, "marker-end": "url(#arrow)" }));
  for (const status of Object.keys(PLACES)) picture.append(stateNode(status, status === vault.status));
  fill(one("#machine"), picture);
  setText(one("#machine-words"), meaning);
}
