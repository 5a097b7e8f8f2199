"""What owners and other parts ask of vaults, for showing: nothing is locked and nothing decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from access.together import Question, Together, ask
from ledger.rules import Purpose
from ledger.selectors import house_balance_question
from oracle.errors import NoPrice
from oracle.rules import DisplayPrice, MintPrice, display_price, mint_price
from oracle.selectors import view_question
from vaults.errors import MintingNotOpen, VaultNotFound, VaultWithdrawalNotFound
from vaults.models import CollateralWithdrawal, Vault
from vaults.rules.accumulator import debt_atoms
from vaults.rules.figures import Figures
from vaults.rules.minting import Backing, mintable_atoms
from vaults.rules.moments import milliseconds
from vaults.rules.ratios import health_factor_ppm, liquidation_price_e8, ratio_ppm, value_atoms
from vaults.rules.statuses import FREE, CoinStatus, VaultStatus
from vaults.rules.taking import takeable_sats
from vaults.selectors_figures import figures_question
from vaults.selectors_rate import current_rate, rate_question

USDB = "USDB"
_WAITS = "SELECT 1 FROM vaults_vaultcoin WHERE vault_id = %s AND status = %s LIMIT 1"
WAITS_FOR_COIN = "A deposit has left the chain: mint when it is known what becomes of it."


def vault_of(owner_id: int, vault_id: UUID) -> Vault:
    """Raises VaultNotFound, for another's too."""
    found = vault_rows(owner_id).filter(pk=vault_id).first()
    if found is None:
        raise VaultNotFound
    return found


def vault_rows(owner_id: int) -> QuerySet[Vault]:
    """With the figures that they pin; in no order."""
    return Vault.objects.filter(owner_id=owner_id).select_related("figures")


def withdrawal_of(vault: Vault, withdrawal_id: UUID) -> CollateralWithdrawal:
    """Raises VaultWithdrawalNotFound, for another vault's too."""
    found = CollateralWithdrawal.objects.filter(vault=vault, pk=withdrawal_id).first()
    if found is None:
        raise VaultWithdrawalNotFound
    return found


def waits_for_coin(vault: Vault) -> bool:
    """Whether a credited deposit has left the chain and may come back."""
    return ask(waiting_question(vault.pk))


def waiting_question(vault_id: UUID) -> Question[bool]:
    return Question(_WAITS, [vault_id, CoinStatus.GONE.value], bool)


def house_debt_atoms() -> int:
    """What all vaults owe, as the ledger has it."""
    return -ask(house_debit_question())


def house_debit_question() -> Question[int]:
    """The same, below 0 where something is owed."""
    return house_balance_question(asset=USDB, purpose=Purpose.VAULT_DEBT)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is the same for all vaults at one moment. `no_mint_price`: the code that says why it is None."""

    rate_ray: int
    price: DisplayPrice
    mint_price: MintPrice | None
    no_mint_price: str
    in_force: Figures
    house_debt_atoms: int
    minting_closed: str  # the code that says why nobody mints now, "" where it is open


def surroundings(now: datetime) -> Surroundings:
    asked = Together()
    price, rate = asked.ask(view_question()), asked.ask(rate_question())
    in_force, house_debit = asked.ask(figures_question()), asked.ask(house_debit_question())
    asked.send()
    now_ms, view = milliseconds(now), price.value
    try:
        found, why = mint_price(view, now_ms), ""
    except NoPrice as error:
        found, why = None, error.code
    return Surroundings(
        rate_ray=rate.value.rate_ray,
        price=display_price(view, now_ms),
        mint_price=found,
        no_mint_price=why,
        in_force=in_force.value,
        house_debt_atoms=-house_debit.value,
        minting_closed=why if settings.DEMO else MintingNotOpen.code,
    )


def shown_rate_ray() -> int:
    """As of the latest accrual; 1 before the first."""
    return current_rate().rate_ray


@dataclass(frozen=True, slots=True)
class VaultView:
    """A vault with what follows from the moment. At the price for showing: value, ratio and health factor;
    None without a price, the last two without debt. `liquidation_price_e8`: below it, it may be liquidated.

    `mintable_atoms` and `free_collateral_sats` (fee and all) by the price for minting; None where that cannot
    be had and is needed, 0 where the state allows none.
    """

    vault: Vault
    figures: Figures
    around: Surroundings
    debt_atoms: int
    value_atoms: int | None
    ratio_ppm: int | None
    health_factor_ppm: int | None
    liquidation_price_e8: int | None
    free_collateral_sats: int | None
    mintable_atoms: int | None


def view_of(vault: Vault, now: datetime) -> VaultView:
    return seen(vault, surroundings(now))


def views_of(vaults: Sequence[Vault], now: datetime) -> list[VaultView]:
    around = surroundings(now)
    return [seen(vault, around) for vault in vaults]


def seen(vault: Vault, around: Surroundings) -> VaultView:
    """Of a vault as it is in memory, which may be one that is only thought of."""
    figures, sats = vault.figures.figures, vault.collateral_sats
    debt, price_e8 = debt_atoms(vault.normalised_atoms, around.rate_ray), around.price.price_e8
    limit = figures.liquidation_ratio_ppm
    return VaultView(
        vault=vault,
        figures=figures,
        around=around,
        debt_atoms=debt,
        value_atoms=None if price_e8 is None else value_atoms(sats, price_e8),
        ratio_ppm=None if price_e8 is None else ratio_ppm(sats, debt, price_e8),
        health_factor_ppm=None if price_e8 is None else health_factor_ppm(sats, debt, price_e8, limit),
        liquidation_price_e8=liquidation_price_e8(sats, debt, limit),
        free_collateral_sats=_free_sats(vault, figures, debt, around),
        mintable_atoms=_mintable_atoms(vault, around),
    )


def _free_sats(vault: Vault, figures: Figures, debt: int, around: Surroundings) -> int | None:
    if VaultStatus(vault.status) not in FREE:
        return 0
    if not debt:
        return vault.collateral_sats
    if around.mint_price is None:
        return None
    return takeable_sats(vault.collateral_sats, debt, around.mint_price.price_e8, figures.min_ratio_ppm)


def _mintable_atoms(vault: Vault, around: Surroundings) -> int | None:
    if VaultStatus(vault.status) not in FREE or around.minting_closed == MintingNotOpen.code:
        return 0
    if around.mint_price is None:
        return None
    backing = backing_of(vault, around.rate_ray, around.mint_price)
    return mintable_atoms(backing, around.in_force, around.house_debt_atoms)


def backing_of(vault: Vault, rate_ray: int, price: MintPrice) -> Backing:
    """What a mint is judged by."""
    return Backing(
        collateral_sats=vault.collateral_sats,
        normalised_atoms=vault.normalised_atoms,
        rate_ray=rate_ray,
        price_e8=price.price_e8,
        min_ratio_ppm=vault.figures.min_ratio_ppm,
    )
