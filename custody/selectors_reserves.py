"""Addresses and coins of wallets as the public may check them in the chain."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber

from custody.models import ChainPosition, Coin, WatchedScript
from custody.rules.confirmations import confirmations


@dataclass(frozen=True, slots=True)
class ReserveCoin:
    """An output in a block, which no block spends. `is_leaving`: something in the mempool does."""

    coin_id: int
    wallet: str
    txid: str
    vout: int
    address: str
    value_sats: int
    confirmations: int
    is_leaving: bool


@dataclass(frozen=True, slots=True)
class WalletTotal:
    """Of a wallet's coins in blocks. `booked_sats`: those that the ledger counts."""

    coins: int = 0
    sats: int = 0
    booked_sats: int = 0


def addresses_of(wallets: Collection[str]) -> dict[str, list[str]]:
    """Of each wallet, receiving before change."""
    rows = WatchedScript.objects.filter(wallet__in=wallets).order_by("wallet", "branch", "index")
    found: dict[str, list[str]] = {wallet: [] for wallet in wallets}
    for wallet, address in rows.values_list("wallet", "address"):
        found[wallet].append(address)
    return found


def largest_coins(wallets: Collection[str], *, most: int) -> dict[str, list[ReserveCoin]]:
    """At most so many of each wallet, the largest first: whoever likes can pay a thousand crumbs to one."""
    position = ChainPosition.objects.first()
    height = position.height if position else 0
    ranked = Coin.objects.filter(_unspent(wallets)).annotate(
        rank=Window(
            RowNumber(),
            partition_by=[F("watched__wallet")],
            order_by=[F("value_sats").desc(), F("pk").asc()],
        )
    )
    rows = ranked.filter(rank__lte=most).select_related("watched").order_by("rank")
    found: dict[str, list[ReserveCoin]] = {wallet: [] for wallet in wallets}
    for row in rows:
        found[row.watched.wallet].append(_view(row, height))
    return found


def wallet_totals(wallets: Sequence[str]) -> dict[str, WalletTotal]:
    rows = (
        Coin.objects.filter(_unspent(wallets))
        .values_list("watched__wallet")
        .annotate(
            count=Count("pk"),
            sats=Sum("value_sats"),
            booked=Sum("value_sats", filter=Q(is_booked=True)),
        )
    )
    found = {wallet: WalletTotal(count, sats, booked or 0) for wallet, count, sats, booked in rows}
    return {wallet: found.get(wallet, WalletTotal()) for wallet in wallets}


def _unspent(wallets: Collection[str]) -> Q:
    return Q(watched__wallet__in=wallets, height__isnull=False, spent_height__isnull=True)


def _view(row: Coin, height: int) -> ReserveCoin:
    return ReserveCoin(
        row.pk,
        row.watched.wallet,
        row.txid,
        row.vout,
        row.watched.address,
        row.value_sats,
        confirmations(row.height, height),
        row.spent_by != "",
    )
