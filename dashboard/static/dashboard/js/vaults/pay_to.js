// Where bitcoin is paid to: a QR code, the address in groups, copying, and which network it is of.
import { el, fill } from "../lib/dom.js";
import { addressGroups } from "../lib/format.js";
import { qrSvg } from "../lib/qr.js";

const NETWORKS = {
  main: "Bitcoin",
  testnet: "Bitcoin testnet: its coins are worth nothing",
  signet: "Bitcoin signet: its coins are worth nothing",
  regtest: "A chain for development: its coins are worth nothing",
};

/** @param {HTMLElement} place @param {string} address @param {string} [minimum] in BTC */
export function showPayTo(place, address, minimum = null) {
  const { network, demo } = document.body.dataset;
  const command = `python manage.py chain send ${address} 0.5`;
  fill(
    place,
    el(
      "div",
      { class: "pay-to" },
      el("div", { class: "qr" }, qrSvg(`bitcoin:${address}`)),
      el(
        "div",
        { class: "stack" },
        addressGroups(address),
        el("div", { class: "row" }, el("button", { type: "button", class: "button", dataset: { copy: address } }, "Copy the address")),
        el("p", { class: "soft small" }, `${NETWORKS[network] ?? network}. Compare the first and the last groups.`),
        minimum === null ? null : el("p", { class: "soft small" }, `A payment below ${minimum} BTC never counts.`),
      ),
    ),
    demo && network === "regtest"
      ? el("div", { class: "row command" }, el("code", {}, command), el("button", { type: "button", class: "button small", dataset: { copy: command } }, "Copy"))
      : null,
  );
}
