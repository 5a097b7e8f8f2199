"""What other apps and custody's own edge ask of deposits, freezes and coins. Nothing is changed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F, QuerySet, Sum

from access.together import Question, ask
from custody.bitcoin.types import Network, Role
from custody.models import (
    ChainPosition,
    Coin,
    Deposit,
    ReorgReceivable,
    UnexpectedSpend,
    WalletKey,
    WatchedScript,
)
from custody.rules.confirmations import confirmations, required, young_from
from custody.rules.parties import is_one_party

MAX_ROWS = 200
_FROZEN = "SELECT 1 FROM custody_accountfreeze WHERE owner_id = %s AND ended_at IS NULL"


def is_frozen(owner_id: int) -> bool:
    """Whether the owner may withdraw nothing and move nothing to trading."""
    return ask(frozen_question(owner_id))


def frozen_question(owner_id: int) -> Question[bool]:
    return Question(_FROZEN, [owner_id], bool)


def owed_sats(owner_id: int) -> int:
    """What reorgs left owing and later money has not met."""
    rows = ReorgReceivable.objects.filter(owner_id=owner_id)
    return rows.aggregate(owed=Sum(F("owed_sats") - F("met_sats")))["owed"] or 0


@dataclass(frozen=True, slots=True)
class DepositView:
    """A deposit as its owner sees it, with how deep it is and how deep it has to be."""

    deposit: Deposit
    confirmations: int
    required: int


def takes_deposits() -> bool:
    """Whether a customer can have an address now."""
    return bool(settings.CUSTODY) and WalletKey.objects.filter(role=Role.HOT).exists()


def deposit_rows(owner_id: int) -> QuerySet[Deposit]:
    return Deposit.objects.filter(owner_id=owner_id).select_related("coin__watched")


def deposits_of(owner_id: int, *, before_id: int | None = None, limit: int = 50) -> list[DepositView]:
    """Latest first, older than `before_id`."""
    rows = deposit_rows(owner_id).order_by("-pk")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return views_of(list(rows[: min(limit, MAX_ROWS)]))


def views_of(deposits: Sequence[Deposit]) -> list[DepositView]:
    """Of deposits with their coins."""
    position = ChainPosition.objects.first()
    if position is None:
        return []
    young = young_sats({one.owner_id for one in deposits}, position.height)
    network = Network(position.network)
    return [
        DepositView(
            one,
            confirmations(one.coin.height, position.height),
            required(
                max(young.get(one.owner_id, 0), one.amount_sats), network, is_coinbase=one.coin.is_coinbase
            ),
        )
        for one in deposits
    ]


def young_sats(owners: set[int], tip_height: int) -> dict[int, int]:
    """By owner: all that is in blocks with too few confirmations to be out of danger, credited or not."""
    rows = Deposit.objects.filter(owner_id__in=owners, coin__height__gte=young_from(tip_height))
    return dict(rows.values_list("owner_id").annotate(sats=Sum("amount_sats")))


def small_sats(owner_id: int) -> int:
    """What came to the owner in coins below the least deposit: kept as coins, never credited."""
    coins = Coin.objects.filter(watched__owner_id=owner_id, watched__trail="DEPOSIT", height__isnull=False)
    return coins.filter(deposit__isnull=True).aggregate(sats=Sum("value_sats"))["sats"] or 0


def coins_of_wallet(wallet: str) -> QuerySet[Coin]:
    """Unspent in the chain, as far as it is told: of "hot", "cold", or of a vault's reference."""
    coins = Coin.objects.filter(watched__wallet=wallet, height__isnull=False, spent_height__isnull=True)
    return coins.select_related("watched").order_by("pk")


def wallet_of_address(address: str) -> str | None:
    """ "hot", "cold", or the reference of a vault's wallet; None for an address that is not ours."""
    return WatchedScript.objects.filter(address=address).values_list("wallet", flat=True).first()


def unexpected_spends(limit: int = 50) -> list[UnexpectedSpend]:
    """Coins of ours that somebody spends without us, and nobody has looked at yet; latest first."""
    rows = UnexpectedSpend.objects.filter(ended_at__isnull=True).select_related("coin__watched")
    return list(rows.order_by("-pk")[:limit])


def refused_keys() -> list[WalletKey]:
    """Of signers that show another key than before."""
    return list(WalletKey.objects.exclude(refused_key="").order_by("role"))


@dataclass(frozen=True, slots=True)
class KeyParties:
    """Who says to run each signer, by role, and whether the two keys of vaults are in the same hands."""

    names: Mapping[str, str]
    is_one: bool | None


def key_parties() -> KeyParties:
    names = dict(WalletKey.objects.values_list("role", "party"))
    return KeyParties(names, is_one_party(names, settings.OWN_BACKUP))


@dataclass(frozen=True, slots=True)
class ChainView:
    """Where the watcher stands. `lag`: blocks that the source has beyond it."""

    network: str
    height: int
    lag: int
    peers: int | None
    polled_at: datetime | None
    unfit: str
    waiting: int  # facts that money has not followed yet


def chain_view() -> ChainView | None:
    position = ChainPosition.objects.first()
    if position is None:
        return None
    return ChainView(
        position.network,
        position.height,
        max(0, position.tip_height - position.height),
        position.peers,
        position.polled_at,
        position.unfit,
        position.facts_number - position.reviewed_number,
    )
