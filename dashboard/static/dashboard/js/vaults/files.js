// Gives what the page knows as a file. It is made in the browser; nothing is asked of anybody.
import { el } from "../lib/dom.js";

const KEPT_MS = 10_000;

/** @param {string} name of the file @param {string} text @param {string} [type] */
export function save(name, text, type = "text/plain") {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
