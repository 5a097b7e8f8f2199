// How times and addresses are written.

import { el } from "./dom.js";
import { now, span } from "./live.js";

const UTC = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "UTC", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});
const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** "2026-11-22 04:40:00" in UTC. */
export const utcText = (ms) => UTC.format(new Date(ms));

/** A <time> in UTC that says the local time, too. */
export function when(ms) {
  const local = LOCAL.format(new Date(ms));
  return el("time", { datetime: new Date(ms).toISOString(), title: `${local} here` }, utcText(ms));
}

/** "12 s ago" */
export const ago = (ms) => `${span(now() - ms)} ago`;

/** An address in groups of four, its ends stressed, in one piece for who copies it. */
export function addressGroups(text) {
  const groups = text.match(/.{1,4}/g) ?? [];
  const last = groups.length - 1;
  const parts = groups.map((group, place) => el("span", { class: place < 2 || place >= last - 1 ? "ends" : null }, group));
  return el("span", { class: "address", title: text }, parts);
}

/** The beginning and the end of what is too long. */
export const shortened = (text, ends = 6) => (text.length <= ends * 2 + 1 ? text : `${text.slice(0, ends)}…${text.slice(-ends)}`);

/** "+1.25 %" with a sign that is no colour. */
export const signed = (number, digits = 2) => `${number > 0 ? "▲ +" : number < 0 ? "▼ " : ""}${number.toFixed(digits)} %`;
