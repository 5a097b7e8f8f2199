// One's vaults as a table: what is in each, what it owes, how it stands and how far the price may fall.
import { el } from "../lib/dom.js";
import { distancePpm, isSome } from "./figures.js";
import { badge, ratioBar } from "./ratio_bar.js";
import { table } from "./table.js";
import { bitcoin, dollars, exact, nameOf, percentOfPpm, shortId } from "./texts.js";
import { STATES } from "./words.js";

const two = (first, second) => el("div", { class: "two" }, first, el("small", { class: "soft" }, second));

function name(vault) {
  const link = el("a", { href: `/vaults/${vault.vault_id}` }, nameOf(vault));
  return two(link, el("span", { class: "mono" }, shortId(vault.vault_id)));
}

function edge(vault) {
  if (vault.liquidation_price === null) return "–";
  const left = distancePpm(vault.shownPrice, vault.liquidation_price);
  return two(exact(dollars(vault.liquidation_price, { up: true }), vault.liquidation_price), distanceWords(left));
}

/** @param {bigint|null} ppm @returns {string} */
export function distanceWords(ppm) {
  if (ppm === null) return "no price now";
  return ppm < 0n ? `▼ ${percentOfPpm(-ppm)} below it` : `${percentOfPpm(ppm)} away`;
}

/** @param {{feeOf: (vault) => string|null}} given what is read beside the vaults */
export function vaultsTable({ feeOf }) {
  return table({
    caption: "Your vaults, the latest first",
    key: (vault) => vault.vault_id,
    columns: [
      { title: "Vault", cell: name },
      { title: "Collateral", right: true, cell: (vault) => two(exact(bitcoin(vault.collateral)), dollars(vault.value)) },
      { title: "Debt", right: true, cell: (vault) => exact(dollars(vault.debt, { up: true }), vault.debt) },
      { title: "Ratio", cell: ratioBar },
      { title: "Liquidation price", right: true, cell: edge },
      {
        title: "Fee accrued",
        right: true,
        cell: (vault) => {
          const fee = feeOf(vault);
          return fee === null ? (isSome(vault.debt) ? "…" : "–") : exact(dollars(fee, { up: true }), fee);
        },
      },
      { title: "State", cell: (vault) => badge(STATES[vault.status] ?? [vault.status, "unknown"]) },
    ],
  });
}
