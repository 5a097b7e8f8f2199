"""Vaults, their coins, withdrawals and events as the API and the socket show them: amounts and ratios are
decimal strings, and what cannot be known now is null."""

from collections.abc import Callable, Mapping
from datetime import datetime

from custody.rules.confirmations import confirmations
from ledger.money import format_atoms
from oracle.rendering import render_price_e8
from oracle.rules import DisplayPrice
from vaults.models import CollateralWithdrawal, FiguresVersion, VaultCoin
from vaults.rules.figures import Figures
from vaults.rules.moments import milliseconds
from vaults.rules.ratios import liquidation_price_e8
from vaults.rules.statuses import CoinStatus, WithdrawalStatus
from vaults.rules.texts import bitcoin, dollars, ratio_text
from vaults.selectors import Surroundings, VaultView
from vaults.services.minting import Minted
from vaults.services.repaying import Repaid
from vaults.services.saving import Saved

Shown = dict[str, object]
Text = Callable[[int], str]
RATE_DECIMALS = 27  # of a ray
_ON_THE_WAY = (CoinStatus.SEEN, CoinStatus.CONFIRMED)


def render_vault(view: VaultView) -> Shown:
    """`version` is that of its latest event."""
    vault = view.vault
    return {
        "vault_id": str(vault.pk),
        "label": vault.label,
        "address": vault.address,
        "status": vault.status,
        "status_before": vault.status_before or None,
        **render_standing(view),
        "figures": render_pinned(vault.figures),
        "price": render_price(view.around.price),
        "version": vault.version,
        "created_at_ms": milliseconds(vault.created_at),
        "changed_at_ms": milliseconds(vault.changed_at),
    }


def render_standing(view: VaultView) -> Shown:
    """What it holds and owes, and how that stands at the price."""
    sats = view.vault.collateral_sats
    warned_e8 = liquidation_price_e8(sats, view.debt_atoms, view.figures.warning_ratio_ppm)
    return {
        "collateral": bitcoin(sats),
        "value": _or_null(view.value_atoms, dollars),
        "debt": dollars(view.debt_atoms),
        "ratio": ratio_text(view.ratio_ppm),
        "health_factor": ratio_text(view.health_factor_ppm),
        "warning_price": render_price_e8(warned_e8),
        "liquidation_price": render_price_e8(view.liquidation_price_e8),
        "mintable": _or_null(view.mintable_atoms, dollars),
        "withdrawable": _or_null(view.free_collateral_sats, bitcoin),
    }


def _or_null(value: int | None, text: Text) -> str | None:
    return None if value is None else text(value)


def render_pinned(version: FiguresVersion) -> Shown:
    """Of the figures those that stay a vault's own."""
    figures = version.figures
    return {"figures_version": version.pk, **render_ratios(figures)}


def render_ratios(figures: Figures) -> Shown:
    return {
        "min_ratio": ratio_text(figures.min_ratio_ppm),
        "warning_ratio": ratio_text(figures.warning_ratio_ppm),
        "liquidation_ratio": ratio_text(figures.liquidation_ratio_ppm),
        "target_ratio": ratio_text(figures.target_ratio_ppm),
        "penalty": ratio_text(figures.penalty_ppm),
        "hourly_part": ratio_text(figures.hourly_part_ppm),
        "gradual_ratio": ratio_text(figures.gradual_ratio_ppm),
    }


def render_price(price: DisplayPrice) -> Shown:
    """For eyes: what money is judged by is beside it where it counts."""
    return {
        "price": render_price_e8(price.price_e8),
        "state": price.state,
        "reason": price.reason or None,
        "age_ms": price.age_ms,
        "simulated": price.simulated,
    }


def render_terms(version: FiguresVersion, around: Surroundings) -> Shown:
    """`around` is of the same moment."""
    figures = version.figures
    mint_price = around.mint_price
    return {
        **render_pinned(version),
        "stability_fee": ratio_text(figures.stability_fee_ppm),
        "rate": format_atoms(around.rate_ray, RATE_DECIMALS),
        "debt_floor": dollars(figures.debt_floor_atoms),
        "debt_ceiling": dollars(figures.debt_ceiling_atoms),
        "vault_debt_ceiling": dollars(figures.vault_ceiling_atoms),
        "debt": dollars(around.house_debt_atoms),
        "max_vaults": figures.max_vaults,
        "price": render_price(around.price),
        "mint_price": render_price_e8(None if mint_price is None else mint_price.price_e8),
        "minting_open": not around.minting_closed,
        "minting_closed": around.minting_closed or None,
    }


def render_coin(row: VaultCoin, tip_height: int, needed: int | None) -> Shown:
    """`needed`: so many confirmations, of a coin that is on its way; null of any other, and where none is
    enough."""
    coin = row.coin
    is_on_the_way = row.status in _ON_THE_WAY
    return {
        "txid": coin.txid,
        "vout": coin.vout,
        "amount": bitcoin(row.value_sats),
        "status": row.status,
        "height": coin.height,
        "confirmations": confirmations(coin.height, tip_height),
        "confirmations_required": needed if is_on_the_way else None,
        "change_of": None if row.change_of_id is None else str(row.change_of_id),
        "spent_by": None if row.spent_by_id is None else str(row.spent_by_id),
        "created_at_ms": milliseconds(row.created_at),
        "changed_at_ms": milliseconds(row.changed_at),
    }


def render_withdrawal(withdrawal: CollateralWithdrawal) -> Shown:
    """`psbt` is there while it waits for its owner's signature."""
    is_planned = withdrawal.status == WithdrawalStatus.PLANNED
    return {
        "withdrawal_id": str(withdrawal.pk),
        "vault_id": str(withdrawal.vault_id),
        "kind": withdrawal.kind,
        "status": withdrawal.status,
        "amount": bitcoin(withdrawal.amount_sats),
        "fee": bitcoin(withdrawal.fee_sats),
        "address": withdrawal.address,
        "psbt": withdrawal.psbt if is_planned else None,
        "txid": withdrawal.txid or None,
        "created_at_ms": milliseconds(withdrawal.created_at),
        "changed_at_ms": milliseconds(withdrawal.changed_at),
    }


def render_minted(minted: Minted) -> Shown:
    """As it was when it was done; so a repeat gives the same."""
    return {
        "vault_id": str(minted.vault_id),
        "amount": dollars(minted.amount_atoms),
        "debt": dollars(minted.debt_atoms),
        "ratio": ratio_text(minted.ratio_ppm),
        "price": render_price_e8(minted.price_e8),
        "round_id": str(minted.round_id),
        "version": minted.version,
    }


def render_repaid(repaid: Repaid) -> Shown:
    """Who pays for another learns what was taken from him and nothing of the vault."""
    is_owner = repaid.is_owner
    return {
        "vault_id": str(repaid.vault_id),
        "paid": dollars(repaid.paid_atoms),
        "debt": dollars(repaid.debt_atoms) if is_owner else None,
        "status": repaid.status if is_owner else None,
        "version": repaid.version if is_owner else None,
    }


def render_saved(saved: Saved) -> Shown:
    return {
        "vault_id": str(saved.vault_id),
        "paid": dollars(saved.paid_atoms),
        "debt": dollars(saved.debt_atoms),
        "deposit": bitcoin(saved.deposit_sats),
        "withdrawal_id": saved.withdrawal_id or None,
        "status": saved.status,
        "version": saved.version,
    }


# How an event's facts are shown, by the ends of their names, which say the units.
_UNITS: Mapping[str, Text] = {
    "_sats": bitcoin,
    "_atoms": dollars,
    "_ppm": lambda ppm: str(ratio_text(ppm)),
    "_e8": lambda price_e8: str(render_price_e8(price_e8)),
}
_HIDDEN = ("spend_id", "coin_id")  # numbers of the house's own rows


def render_event(version: int, name: str, at: datetime, data: Mapping[str, object]) -> Shown:
    return {"version": version, "name": name, "time_ms": milliseconds(at), "data": _facts(data)}


def _facts(data: Mapping[str, object]) -> Shown:
    return dict(_fact(field, value) for field, value in data.items() if field not in _HIDDEN)


def _fact(field: str, value: object) -> tuple[str, object]:
    """A ray is text where it is stored, for it is more than a JSON number holds."""
    if isinstance(value, list):
        return field, [_facts(one) if isinstance(one, dict) else one for one in value]
    if field == "sats" and isinstance(value, int):
        return "amount", bitcoin(value)
    if field.endswith("_ray") and isinstance(value, str):
        return field.removesuffix("_ray"), format_atoms(int(value), RATE_DECIMALS)
    for ending, text in _UNITS.items():
        if field.endswith(ending):
            return field.removesuffix(ending), text(value) if isinstance(value, int) else value
    return field, str(value) if field.endswith("_id") else value
