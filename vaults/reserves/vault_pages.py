"""Each vault as the public may check it in the chain: addresses and coins, what it has and what it owes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from custody.selectors_reserves import (
    ReserveCoin,
    WalletTotal,
    addresses_of,
    largest_coins,
    wallet_totals,
)
from vaults.errors import VaultNotFound
from vaults.models import CollateralWithdrawal, Vault, VaultCoin
from vaults.rules.accumulator import debt_atoms
from vaults.rules.ratios import ratio_ppm
from vaults.rules.statuses import OPEN_WITHDRAWALS, VaultStatus
from vaults.selectors import shown_rate_ray

COINS_IN_LISTS, COINS_ALONE = 20, 500
_UNLISTED = (VaultStatus.PENDING, VaultStatus.CLOSED)  # there is nothing in them


@dataclass(frozen=True, slots=True)
class PublicVault:
    """Without its owner, whom nobody learns. `coins` are the largest; `statuses` by coin, as the vault has
    them. `leaving_sats`: on the way to its owner, out of the collateral and maybe still in the coins."""

    vault: Vault
    addresses: Sequence[str]
    coins: Sequence[ReserveCoin]
    statuses: dict[int, str]
    total: WalletTotal
    leaving_sats: int
    debt_atoms: int
    ratio_ppm: int | None


def public_vaults(after: UUID | None, limit: int, price_e8: int | None) -> list[PublicVault]:
    """In the order of their ids, which is none. Those that were never funded or are closed are left out."""
    rows = _vaults().exclude(status__in=_UNLISTED).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return _shown(rows[:limit], price_e8, most=COINS_IN_LISTS)


def public_vault(vault_id: UUID, price_e8: int | None) -> PublicVault:
    """In whatever state. Raises VaultNotFound."""
    found = _shown(_vaults().filter(pk=vault_id), price_e8, most=COINS_ALONE)
    if not found:
        raise VaultNotFound
    return found[0]


def _vaults() -> QuerySet[Vault]:
    return Vault.objects.select_related("figures")


def _shown(rows: QuerySet[Vault], price_e8: int | None, *, most: int) -> list[PublicVault]:
    vaults = list(rows)
    wallets = [one.reference for one in vaults]
    addresses, totals = addresses_of(wallets), wallet_totals(wallets)
    coins = largest_coins(wallets, most=most)
    statuses = _statuses([coin.coin_id for each in coins.values() for coin in each])
    leaving, rate_ray = _leaving_sats(vaults), shown_rate_ray()
    return [
        PublicVault(
            one,
            addresses[one.reference],
            coins[one.reference],
            statuses,
            totals[one.reference],
            leaving.get(one.pk, 0),
            (debt := debt_atoms(one.normalised_atoms, rate_ray)),
            None if price_e8 is None else ratio_ppm(one.collateral_sats, debt, price_e8),
        )
        for one in vaults
    ]


def _statuses(coin_ids: Sequence[int]) -> dict[int, str]:
    return dict(VaultCoin.objects.filter(coin_id__in=coin_ids).values_list("coin_id", "status"))


def _leaving_sats(vaults: Sequence[Vault]) -> dict[UUID, int]:
    rows = CollateralWithdrawal.objects.filter(vault__in=vaults, status__in=OPEN_WITHDRAWALS)
    return dict(rows.values_list("vault_id").annotate(sats=Sum(F("amount_sats") + F("fee_sats"))).order_by())
