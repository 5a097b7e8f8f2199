"""What vaults ask of the chain: coins that pay them and what became of each, and spends of their coins.

Facts only, as the watcher told them; what a coin counts for is decided by who asks. Answers come in pages.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from custody.bitcoin import plans
from custody.bitcoin.encoding import plan_from_json
from custody.bitcoin.types import Network, Purpose, SpendPlan
from custody.models import ChainPosition, Coin, Spend, SpendCoin, SpendVersion, SpentInput
from custody.rules.confirmations import young_from
from custody.rules.statuses import SpendStatus, Trail
from custody.selectors import young_sats
from custody.selectors_spends import does_the_same, seen_tx

PAGE = 500

Cursor = tuple[int, int]
BEGINNING: Cursor = (0, 0)


@dataclass(frozen=True, slots=True)
class FactsPosition:
    """`facts_number` grows with each change of what is told: while it stays no coin has changed."""

    network: Network
    height: int
    facts_number: int


@dataclass(frozen=True, slots=True)
class VaultCoinFacts:
    """An output that pays a vault's address, on branch RECEIVE or CHANGE.

    `height` None: in no block. `rival_height`: a transaction in a block spends what its own does;
    `rival_sighted`: one in the mempool. `spent_by` is "" while nothing spends it, `spent_height` None while
    what does is in no block; `spend_id` then says which spend of ours that is, None: a stranger's.
    """

    coin_id: int
    reference: str
    owner_id: int
    branch: int
    txid: str
    vout: int
    value_sats: int
    is_coinbase: bool
    height: int | None
    in_mempool: bool
    rival_height: int | None
    rival_sighted: bool
    spent_by: str
    spent_height: int | None
    spend_id: int | None
    told_number: int

    @property
    def cursor(self) -> Cursor:
        return self.told_number, self.coin_id


@dataclass(frozen=True, slots=True)
class VaultSpendFacts:
    """`txid` is the settled transaction's, before that the planned one's, "" of one that was dropped.

    `change_vout` is the output that goes back into the vault; None where there is none. `was_told`: the
    network has heard of it.
    """

    spend_id: int
    reference: str
    status: SpendStatus
    txid: str
    fee_sats: int
    change_vout: int | None
    was_told: bool
    problem: str


def facts_position() -> FactsPosition | None:
    """None before the first turn of the watcher."""
    position = ChainPosition.objects.first()
    if position is None:
        return None
    return FactsPosition(Network(position.network), position.height, position.facts_number)


def vault_coins_since(cursor: Cursor, *, limit: int = PAGE) -> list[VaultCoinFacts]:
    """Those told after `cursor`, in the order of their telling: the last one's cursor is where to go on.

    Nothing before a cursor is ever told anew without coming after it again.
    """
    number, coin_id = cursor
    later = Q(told_number__gt=number) | Q(told_number=number, pk__gt=coin_id)
    # The second condition alone is one range of the index, which has vaults' coins alone.
    rows = _vault_coins().filter(later, told_number__gte=max(number, 1)).order_by("told_number", "pk")
    return _facts_of(list(rows[: min(limit, PAGE)]))


def vault_coins(coin_ids: Collection[int]) -> list[VaultCoinFacts]:
    """Of these, at most PAGE of them, by id."""
    assert len(coin_ids) <= PAGE, "ask for a page"
    return _facts_of(list(_vault_coins().filter(pk__in=coin_ids).order_by("pk")))


def vault_coin_at(txid: str, vout: int) -> VaultCoinFacts | None:
    """None where this output pays no vault, or was never told."""
    return next(iter(_facts_of(list(_vault_coins().filter(txid=txid, vout=vout)))), None)


def is_told_after(cursor: Cursor, reference: str, besides: Collection[int] = ()) -> bool:
    """Whether a coin of this vault in a block or in the mempool, but `besides`, was told after `cursor`."""
    number, coin_id = cursor
    later = Q(told_number__gt=number) | Q(told_number=number, pk__gt=coin_id)
    there = Q(height__isnull=False) | Q(in_mempool=True)
    rows = _vault_coins().filter(later, there, told_number__gte=max(number, 1))
    return rows.filter(watched__wallet=reference).exclude(pk__in=besides).exists()


def young_vault_sats(owners: Collection[int]) -> dict[int, int]:
    """By owner: what lies in blocks with too few confirmations to be out of danger, in his vaults and at his
    deposit address together. Change of our own spends is as old as what was spent."""
    position = ChainPosition.objects.first()
    if position is None or not owners:
        return {}
    made_here = SpendVersion.objects.filter(txid=OuterRef("txid"), spend__purpose=Purpose.VAULT)
    young = Coin.objects.filter(~Exists(made_here), height__gte=young_from(position.height))
    vaults = young.filter(watched__trail=Trail.VAULT, watched__owner_id__in=owners)
    found = dict(vaults.values_list("watched__owner_id").annotate(sats=Sum("value_sats")))
    for owner_id, sats in young_sats(set(owners), position.height).items():
        found[owner_id] = found.get(owner_id, 0) + sats
    return found


def spenders_among(txids: Collection[str]) -> set[str]:
    """Those of these transactions that spend a coin of a vault."""
    rows = Coin.objects.filter(watched__trail=Trail.VAULT, spent_by__in=txids)
    return set(rows.values_list("spent_by", flat=True))


def spends_of_vaults(spend_ids: Collection[int]) -> dict[int, VaultSpendFacts]:
    """By id, at most PAGE of them."""
    assert len(spend_ids) <= PAGE, "ask for a page"
    rows = Spend.objects.filter(pk__in=spend_ids, purpose=Purpose.VAULT)
    return {one.spend_id: one for one in _spends(list(rows))}


def _vault_coins() -> QuerySet[Coin]:
    return Coin.objects.filter(watched__trail=Trail.VAULT).select_related("watched")


def _facts_of(coins: Sequence[Coin]) -> list[VaultCoinFacts]:
    rivals = _rivals({coin.txid for coin in coins if coin.height is None})
    spends = _own_spends([coin for coin in coins if coin.spent_by])
    return [_facts(coin, rivals.get(coin.txid, []), spends.get(coin.pk)) for coin in coins]


def _facts(coin: Coin, rivals: Sequence[int | None], spend_id: int | None) -> VaultCoinFacts:
    mined = [height for height in rivals if height is not None]
    owner_id = coin.watched.owner_id
    assert owner_id is not None, "a vault has an owner"
    return VaultCoinFacts(
        coin_id=coin.pk,
        reference=coin.watched.wallet,
        owner_id=owner_id,
        branch=coin.watched.branch,
        txid=coin.txid,
        vout=coin.vout,
        value_sats=coin.value_sats,
        is_coinbase=coin.is_coinbase,
        height=coin.height,
        in_mempool=coin.in_mempool,
        rival_height=min(mined, default=None),
        rival_sighted=len(mined) < len(rivals),
        spent_by=coin.spent_by,
        spent_height=coin.spent_height,
        spend_id=spend_id,
        told_number=coin.told_number,
    )


def _rivals(txids: Collection[str]) -> dict[str, list[int | None]]:
    """By transaction in no block: where each of its rivals is."""
    found: dict[str, list[int | None]] = {}
    rows = SpentInput.objects.filter(~Q(rival=""), txid__in=txids)
    for txid, height in rows.values_list("txid", "rival_height"):
        found.setdefault(txid, []).append(height)
    return found


def _own_spends(coins: Sequence[Coin]) -> dict[int, int]:
    """By coin: the spend of ours that spends it, by its own transaction or by one that does the same."""
    txids = {coin.spent_by for coin in coins}
    versions = SpendVersion.objects.filter(txid__in=txids).values_list("txid", "spend_id")
    settled = Spend.objects.filter(settled_txid__in=txids, status=SpendStatus.SETTLED, purpose=Purpose.VAULT)
    by_txid = {**dict(settled.values_list("settled_txid", "pk")), **dict(versions)}
    found = {coin.pk: by_txid[coin.spent_by] for coin in coins if coin.spent_by in by_txid}
    return {**found, **_alike([coin for coin in coins if coin.pk not in found])}


def _alike(coins: Sequence[Coin]) -> dict[int, int]:
    """Of coins that a stranger seems to spend, those where it does what the spend that holds them would."""
    held = SpendCoin.objects.filter(coin__in=[coin.pk for coin in coins], is_released=False)
    holders = dict(held.filter(spend__purpose=Purpose.VAULT).values_list("coin_id", "spend_id"))
    versions = SpendVersion.objects.filter(spend__in=set(holders.values()), number=0)
    planned = {one.spend_id: plans.unsigned_tx(plan_from_json(one.plan)) for one in versions}
    found = {}
    for coin in coins:
        spend_id = holders.get(coin.pk)
        seen = seen_tx(coin.spent_by) if spend_id in planned else None
        if spend_id is not None and seen is not None and does_the_same(planned[spend_id], seen):
            found[coin.pk] = spend_id
    return found


def _spends(rows: Sequence[Spend]) -> list[VaultSpendFacts]:
    spends = {spend.pk: spend for spend in rows}
    versions = SpendVersion.objects.filter(spend__in=list(spends), number=0).order_by("spend_id")
    return [_spend_facts(spends[one.spend_id], one) for one in versions]


def _spend_facts(spend: Spend, version: SpendVersion) -> VaultSpendFacts:
    plan: SpendPlan = plan_from_json(version.plan)
    is_dropped = spend.status == SpendStatus.DROPPED
    return VaultSpendFacts(
        spend_id=spend.pk,
        reference=spend.wallet,
        status=SpendStatus(spend.status),
        txid=spend.settled_txid or ("" if is_dropped else version.txid),
        fee_sats=version.fee_sats,
        change_vout=len(plan.payments) if plan.change else None,
        was_told=version.tellings > 0,
        problem=spend.problem,
    )
