"""What a vault would be after deeds that are only thought of, by the rules that judge real ones.

Nothing is changed, and what would be refused is shown all the same, with the first refusal beside it.
"""

from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime

from access.errors import DomainError
from custody.services.spending.vaults import quote_vault_spend, vault_fee_rate
from oracle.rules import MintPrice
from oracle.selectors import price_for_mint
from vaults.errors import InvalidState, MintingNotOpen
from vaults.models import Vault
from vaults.rules.accumulator import debt_atoms, normalised_of_mint, normalised_of_repayment
from vaults.rules.minting import minting
from vaults.rules.moments import milliseconds
from vaults.rules.repaying import Repayment, repayment
from vaults.rules.standing import Standing, standing_of
from vaults.rules.statuses import FREE, OWING, VaultStatus
from vaults.rules.taking import take_refusal
from vaults.selectors import (
    WAITS_FOR_COIN,
    Surroundings,
    VaultView,
    backing_of,
    seen,
    surroundings,
    waits_for_coin,
)
from vaults.services.withdrawals import free_coin_ids


@dataclass(frozen=True, slots=True)
class Thought:
    """In this order: `add_sats` is credited, then repaid, minted, withdrawn with `fee_sats` on top. 0: not.

    `price_e8`: as if it were the price for everything.
    """

    add_sats: int = 0
    repay_atoms: int = 0
    mint_atoms: int = 0
    withdraw_sats: int = 0
    fee_sats: int = 0
    price_e8: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """`before` is at the price as it is, `after` at the one that was thought of."""

    before: VaultView
    after: VaultView
    refusal: DomainError | None


def preview(vault: Vault, thought: Thought, now: datetime) -> Preview:
    around = surroundings(now)
    then = around if thought.price_e8 is None else _at_price(around, thought.price_e8, now)
    after = copy(vault)
    _add(after, thought.add_sats)
    refusals = (
        _repay(after, thought.repay_atoms, then),
        _mint(after, thought.mint_atoms, then, now),
        _withdraw(after, thought.withdraw_sats, thought.fee_sats, then, now),
    )
    first = next((one for one in refusals if one is not None), None)
    return Preview(seen(vault, around), seen(after, then), first)


def withdrawal_fee_sats(vault: Vault, sats: int) -> int:
    """What miners would get about now, by a payment to an address as long as the vault's own; 0 where nothing
    is withdrawn, or nothing can be."""
    if not sats:
        return 0
    try:
        quote = quote_vault_spend(
            reference=vault.reference,
            address=vault.address,
            amount_sats=sats,
            fee_rate=vault_fee_rate(),
            coin_ids=free_coin_ids(vault),
        )
    except DomainError:
        return 0
    return quote.fee_sats


def standing_seen(view: VaultView) -> Standing | None:
    """At the price for showing; None without one."""
    price_e8 = view.around.price.price_e8
    if price_e8 is None:
        return None
    return standing_of(view.vault.collateral_sats, view.debt_atoms, price_e8, view.figures)


def _at_price(around: Surroundings, price_e8: int, now: datetime) -> Surroundings:
    closed = around.minting_closed if around.minting_closed == MintingNotOpen.code else ""
    return replace(
        around,
        price=replace(around.price, price_e8=price_e8, confidence_e8=0),
        mint_price=MintPrice(price_e8, around.price.round_id, milliseconds(now), around.price.simulated),
        no_mint_price="",
        minting_closed=closed,
    )


def _add(vault: Vault, sats: int) -> None:
    vault.collateral_sats += sats
    if sats and vault.status == VaultStatus.PENDING:
        vault.status = VaultStatus.ACTIVE


def _repay(vault: Vault, atoms: int, around: Surroundings) -> DomainError | None:
    if not atoms:
        return None
    floor_atoms = around.in_force.debt_floor_atoms
    decided = repayment(vault.normalised_atoms, around.rate_ray, atoms, floor_atoms)
    if isinstance(decided, Repayment):
        vault.normalised_atoms = decided.normalised_after_atoms
        return _state_refusal(vault, OWING)
    vault.normalised_atoms -= min(normalised_of_repayment(atoms, around.rate_ray), vault.normalised_atoms)
    return _state_refusal(vault, OWING) or decided


def _mint(vault: Vault, atoms: int, around: Surroundings, now: datetime) -> DomainError | None:
    if not atoms:
        return None
    refusal = _state_refusal(vault, FREE) or _coin_refusal(vault) or _minting_refusal(around, now)
    if around.mint_price is not None:
        decided = minting(
            backing_of(vault, around.rate_ray, around.mint_price),
            atoms,
            around.in_force,
            around.house_debt_atoms,
        )
        if isinstance(decided, DomainError):
            refusal = refusal or decided
    vault.normalised_atoms += normalised_of_mint(atoms, around.rate_ray)
    return refusal


def _coin_refusal(vault: Vault) -> DomainError | None:
    if vault.normalised_atoms or not waits_for_coin(vault):
        return None
    return InvalidState(WAITS_FOR_COIN, status=str(vault.status))


def _minting_refusal(around: Surroundings, now: datetime) -> DomainError | None:
    if around.minting_closed == MintingNotOpen.code:
        return MintingNotOpen()
    return _price_refusal(around, now)


def _price_refusal(around: Surroundings, now: datetime) -> DomainError | None:
    if around.mint_price is not None:
        return None
    try:
        price_for_mint(now_ms=milliseconds(now))
    except DomainError as error:
        return error
    return None  # there is one again since it was looked at


def _withdraw(
    vault: Vault, sats: int, fee_sats: int, around: Surroundings, now: datetime
) -> DomainError | None:
    if not sats:
        return None
    debt = debt_atoms(vault.normalised_atoms, around.rate_ray)
    refusal = _state_refusal(vault, FREE) or (_price_refusal(around, now) if debt else None)
    if not debt or around.mint_price is not None:
        refusal = refusal or take_refusal(
            collateral_sats=vault.collateral_sats,
            amount_sats=sats,
            fee_sats=fee_sats,
            debt_atoms=debt,
            price_e8=None if around.mint_price is None else around.mint_price.price_e8,
            min_ratio_ppm=vault.figures.min_ratio_ppm,
        )
    vault.collateral_sats = max(vault.collateral_sats - sats - fee_sats, 0)
    return refusal


def _state_refusal(vault: Vault, states: tuple[VaultStatus, ...]) -> DomainError | None:
    return None if VaultStatus(vault.status) in states else InvalidState(status=str(vault.status))
