// Shows a row of QR codes one after the other, for a device's camera. Standing still where motion is unwanted.
import { encodeQr } from "../../vendor/qr.js";
import { el, setText } from "../lib/dom.js";

const FRAME_MS = 280;
const BORDER = 4;

/**
 * @param {string[]} frames of letters that QR codes write short
 * @param {string} what it is, for who cannot see it
 * @returns {{node: HTMLElement, end: () => void}}
 */
export function qrRow(frames, what) {
  const canvas = el("canvas", { class: "qr-canvas", role: "img", "aria-label": what });
  const place = el("span", { class: "soft small" });
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let at = -1;
  const next = () => {
    at = (at + 1) % frames.length;
    draw(canvas, frames[at]);
    setText(place, frames.length > 1 ? `Code ${at + 1} of ${frames.length}` : "One code");
  };
  next();
  const timer = frames.length > 1 && !isStill ? setInterval(next, FRAME_MS) : 0;
  const step = timer || frames.length === 1 ? null : el("button", { type: "button", class: "button small", onclick: next }, "Next code");
  return { node: el("div", { class: "qr-row" }, canvas, place, step), end: () => clearInterval(timer) };
}

function draw(canvas, text) {
  const rows = encodeQr(text, "raw", { ecc: "low", encoding: "alphanumeric", border: BORDER });
  canvas.width = canvas.height = rows.length;
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, rows.length, rows.length);
  context.fillStyle = "black";
  rows.forEach((row, y) => row.forEach((isDark, x) => isDark && context.fillRect(x, y, 1, 1)));
}
