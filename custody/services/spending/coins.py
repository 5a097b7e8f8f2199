"""The coins that a plan may take, locked until it is written. A coin is held by one spend at most."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from custody.bitcoin.plans import MAX_INPUTS
from custody.bitcoin.types import SpendInput
from custody.models import Coin, CoinSource, SpendCoin
from custody.rules.coins import Aim, Candidate, Choice, choose
from custody.rules.statuses import Trail
from custody.services.spending.ancestry import MAX_DEPTH, Ancestry, read_ancestry

MAX_CANDIDATES = 500
# Of the transactions that made the coins of one spend: signers read no message of any length, and whoever
# pays us decides how large his transaction is.
MAX_SOURCE_BYTES = 300_000
IN_MEMPOOL = ("ACCEPTED", "KNOWN", "IN_CHAIN")


def free_coins(wallet: str) -> QuerySet[Coin]:
    """Unspent coins of a wallet that no spend holds, whatever they are."""
    held = SpendCoin.objects.filter(coin=OuterRef("pk"), is_released=False)
    return Coin.objects.filter(~Exists(held), watched__wallet=wallet, spent_by="")


def lock_spendable(wallet: str, *, with_change: bool = True) -> list[Coin]:
    """Largest first. With `with_change` change of our own that waits for its block counts too, at most
    MAX_DEPTH transactions in a row. Whatever somebody else is taking is left out."""
    booked = Q(is_booked=True, height__isnull=False)
    ancestry = read_ancestry()
    own = Q(watched__trail=Trail.CHANGE, txid__in=_change_txids(ancestry)) & (
        Q(in_mempool=True) | Q(height__isnull=False)
    )
    wanted = free_coins(wallet).filter(booked | own if with_change else booked)
    locked = lock_rows(wanted.order_by("-value_sats", "pk")[:MAX_CANDIDATES])
    # A replacement that was made meanwhile makes other change: it held the lock of this one's.
    current = _change_txids(read_ancestry()) if with_change else set()
    return [coin for coin in locked if coin.is_booked or coin.txid in current]


def lock_rows(wanted: QuerySet[Coin]) -> list[Coin]:
    """These coins under their locks; one that was held meanwhile, though free before, is left out."""
    locked = list(wanted.select_related("watched").select_for_update(skip_locked=True, of=("self",)))
    held = SpendCoin.objects.filter(coin__in=[coin.pk for coin in locked], is_released=False)
    taken = set(held.values_list("coin_id", flat=True))
    return [coin for coin in locked if coin.pk not in taken]


def _change_txids(ancestry: Ancestry) -> set[str]:
    """Not of what was replaced: until it is booked, a miner may yet take the other version."""
    return {
        version.txid
        for spend_id, version in ancestry.latest.items()
        if version.verdict in IN_MEMPOOL
        and spend_id not in ancestry.being_replaced | ancestry.replaced
        and len(ancestry.all_of(spend_id)) + 1 < MAX_DEPTH
    }


def choose_readable(coins: Sequence[Coin], aim: Aim, must: Sequence[Coin] = ()) -> Choice | None:
    """The coins to spend, without the heaviest sources until a signer reads them all."""
    sizes = _source_bytes({coin.txid for coin in [*coins, *must]})
    left = list(coins)
    while True:
        choice = choose(candidates(left), aim, candidates(must))
        if choice is None:
            return None
        chosen = [coin for coin in [*must, *left] if coin.pk in choice.coin_ids]
        if sum(sizes.get(coin.txid, 0) for coin in chosen) <= MAX_SOURCE_BYTES:
            return choice
        heaviest = max(
            (coin for coin in chosen if coin in left), key=lambda one: sizes[one.txid], default=None
        )
        if heaviest is None:
            return None
        left.remove(heaviest)


def readable(coins: Sequence[Coin]) -> list[Coin]:
    """The first of them that fit into one spend."""
    sizes, taken, total = _source_bytes({coin.txid for coin in coins}), list[Coin](), 0
    for coin in coins:
        size = sizes.get(coin.txid, 0)
        if len(taken) < MAX_INPUTS and total + size <= MAX_SOURCE_BYTES:
            taken.append(coin)
            total += size
    return taken


def candidates(coins: Iterable[Coin]) -> list[Candidate]:
    return [Candidate(coin.pk, coin.value_sats) for coin in coins]


def inputs_of(coins: Sequence[Coin]) -> tuple[SpendInput, ...]:
    """As a plan names them, in this order."""
    sources = _sources({coin.txid for coin in coins})
    return tuple(
        SpendInput(coin.outpoint, coin.value_sats, coin.watched.place, sources[coin.txid]) for coin in coins
    )


def _sources(txids: Collection[str]) -> dict[str, bytes]:
    found = CoinSource.objects.filter(txid__in=txids).values_list("txid", "raw")
    return {txid: bytes(raw) for txid, raw in found}


def _source_bytes(txids: Collection[str]) -> dict[str, int]:
    found = CoinSource.objects.filter(txid__in=txids)
    return dict(found.annotate(size=Length("raw")).values_list("txid", "size"))
