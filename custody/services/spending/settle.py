"""Settles spends that are deep enough in the chain and takes that back after a reorg. The watcher calls it
each time facts changed, before it reviews deposits.
"""

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from custody.bitcoin import plans
from custody.bitcoin.types import Network, Tx
from custody.faults import fault_point
from custody.meters import note_withdrawals
from custody.models import (
    ChainPosition,
    Coin,
    Spend,
    SpendCoin,
    SpendVersion,
)
from custody.rules.confirmations import required
from custody.rules.spends import Contest, Decision, HeldCoin, Settle, Unsettle, Version, Wait, decide
from custody.rules.statuses import SpendStatus, WithdrawalEvent
from custody.selectors_spends import does_the_same, seen_tx
from custody.services.spending.booking import book, unbook
from custody.services.spending.contest import contest
from custody.services.spending.postings import IN_THE_LEDGER, house_accounts
from custody.services.spending.versions import plan_of

SPARE_DEPTH = 6  # blocks below which coins of the versions that lost are let go
# Where a coin of a settled spend is looked for that another transaction spends now: a deeper reorg that
# spends it otherwise in one go is not noticed here. One that only takes the block away is, at any depth.
REVIEWED_DEPTH = 2_016


def review(position: ChainPosition) -> bool:
    """First what is undone, children before parents; then what is settled, parents first. False where
    something waits for coins to be booked, or for a child to be undone: call it again."""
    undone = [_review_one(spend_id, position.pk) for spend_id in _undone_ids(position.height)]
    moved = [_review_one(spend_id, position.pk) for spend_id in _spent_ids()]
    release_spare(position.height)
    return all(undone) and all(moved)


def _undone_ids(height: int) -> list[int]:
    """Settled spends with a coin that something else spends now, or nothing: newest first."""
    # What is settled is not booked: most of the wallet need not be looked at.
    found = _elsewhere(height).filter(is_released=False, coin__is_booked=False)
    return sorted(set(found.values_list("spend_id", flat=True)), reverse=True)


def _elsewhere(height: int) -> QuerySet[SpendCoin]:
    """Coins of settled spends that the settled transaction does not spend, or no longer."""
    recent = Q(coin__spent_height__isnull=True) | Q(coin__spent_height__gt=height - REVIEWED_DEPTH)
    changed = ~Q(coin__spent_by=F("spend__settled_txid")) | Q(coin__spent_height__isnull=True)
    return SpendCoin.objects.filter(recent, changed, spend__status=SpendStatus.SETTLED)


def release_spare(height: int) -> int:
    """Let coins go that only versions would have spent that lost long ago."""
    won = SpendCoin.objects.filter(
        spend=OuterRef("spend"),
        coin__spent_by=OuterRef("spend__settled_txid"),
        coin__spent_height__lte=height - SPARE_DEPTH,
    )
    candidates = list(_elsewhere(height).filter(is_released=False).values_list("pk", flat=True))
    if not candidates:
        return 0
    spare = SpendCoin.objects.filter(Exists(won), pk__in=candidates)
    return SpendCoin.objects.filter(pk__in=list(spare.values_list("pk", flat=True))).update(is_released=True)


def _spent_ids() -> list[int]:
    """Open spends of which somebody spends a coin, oldest first: a child after the parent it waits for."""
    waiting = [SpendStatus.PLANNED, SpendStatus.SIGNING, SpendStatus.BROADCAST, SpendStatus.CONTESTED]
    found = SpendCoin.objects.filter(spend__status__in=waiting, is_released=False).exclude(coin__spent_by="")
    return sorted(set(found.values_list("spend_id", flat=True)))


def _review_one(spend_id: int, position_id: int) -> bool:
    """Whether nothing is left to do on these facts."""
    with transaction.atomic():
        accounts = house_accounts()
        position = ChainPosition.objects.select_for_update().get(pk=position_id)
        spend = Spend.objects.select_for_update().get(pk=spend_id)
        versions = {one.number: one for one in spend.versions.order_by("number")}
        decision = _decision(spend, list(versions.values()), position)
        is_done = True
        match decision:
            case Settle(version=number, txid=txid):
                is_done = book(spend, versions[number], txid, accounts)
            case Unsettle():
                is_done = unbook(spend, versions, accounts)
            case Wait():
                is_done = False
        fault_point("spend_settling")
    fault_point("spend_settled")
    if is_done:
        _count(decision, spend)
    if isinstance(decision, Contest):
        problem = f"its coins are spent by {decision.rival}, which is none of ours"
        contest(spend_id, decision.rival, problem)
    return is_done


def _count(decision: Decision, spend: Spend) -> None:
    if isinstance(decision, Settle | Unsettle):
        event = WithdrawalEvent.SETTLE if isinstance(decision, Settle) else WithdrawalEvent.UNSETTLE
        note_withdrawals(event, spend.withdrawals.count())


def _decision(spend: Spend, versions: list[SpendVersion], position: ChainPosition) -> Decision:
    held = list(_held(spend).select_for_update(of=("self",)))
    is_ours = spend.purpose in IN_THE_LEDGER
    facts = [
        HeldCoin(coin.pk, coin.spent_by, coin.spent_height, coin.is_booked or not is_ours) for coin in held
    ]
    strangers = {coin.spent_by for coin in held} - {"", *(one.txid for one in versions)}
    seen = {txid: tx for txid in strangers if (tx := seen_tx(txid)) is not None}
    return decide(
        SpendStatus(spend.status),
        spend.settled_txid,
        facts,
        [_version(one, held, seen) for one in versions],
        height=position.height,
        confirmations_needed=required(_value_sats(versions[0]), Network(position.network)),
    )


def _held(spend: Spend) -> QuerySet[Coin]:
    return Coin.objects.filter(holds__spend=spend, holds__is_released=False).order_by("pk")


def _value_sats(version: SpendVersion) -> int:
    return sum(one.value_sats for one in plan_of(version).payments)


def _version(row: SpendVersion, held: list[Coin], seen: dict[str, Tx]) -> Version:
    """With every transaction in the chain that does what it does, whatever its txid."""
    planned = plans.unsigned_tx(plan_of(row))
    spent = {one.outpoint for one in planned.inputs}
    alike = {txid for txid, tx in seen.items() if does_the_same(planned, tx)}
    ids = frozenset(coin.pk for coin in held if coin.outpoint in spent)
    return Version(row.number, frozenset({row.txid} | alike), ids)
