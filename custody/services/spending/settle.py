"""Settles spends that are deep enough in the chain and takes that back after a reorg. The watcher calls it
each time facts changed, before it reviews deposits.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from custody.bitcoin import plans
from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.transactions import parse_tx
from custody.bitcoin.types import Network, Purpose, SpendPlan, Tx
from custody.faults import fault_point
from custody.models import ChainPosition, Coin, CoinSource, Spend, SpendCoin, SpendVersion, Withdrawal
from custody.rules.confirmations import required
from custody.rules.spends import Decision, HeldCoin, Settle, Unsettle, Version, decide
from custody.rules.statuses import SpendStatus, WithdrawalEvent, WithdrawalStatus
from custody.rules.withdrawals import next_status
from custody.services.spending.ask import withdrawals_of
from custody.services.spending.contest import contest
from custody.services.spending.postings import IN_THE_LEDGER, house_accounts, post, post_back
from custody.services.spending.versions import plan_of
from ledger.rules import Purpose as Account

SPARE_DEPTH = 6  # blocks below which coins of the versions that lost are let go
# Where a coin of a settled spend is looked for that another transaction spends now: a deeper reorg that
# spends it otherwise in one go is not noticed here. One that only takes the block away is, at any depth.
REVIEWED_DEPTH = 2_016


def review(position: ChainPosition) -> int:
    """How many spends changed. First what is undone, children before parents; then what is settled."""
    undone = [_review_one(spend_id, position) for spend_id in _undone_ids(position.height)]
    moved = [_review_one(spend_id, position) for spend_id in _spent_ids()]
    return sum(undone) + sum(moved) + release_spare(position.height)


def _undone_ids(height: int) -> list[int]:
    """Settled spends with a coin that something else spends now, or nothing: newest first."""
    found = _elsewhere(height).filter(is_released=False)
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
    spare = _elsewhere(height).filter(Exists(won), is_released=False)
    return SpendCoin.objects.filter(pk__in=list(spare.values_list("pk", flat=True))).update(is_released=True)


def _spent_ids() -> list[int]:
    """Open spends of which somebody spends a coin, oldest first: a child after the parent it waits for."""
    waiting = [SpendStatus.PLANNED, SpendStatus.SIGNING, SpendStatus.BROADCAST, SpendStatus.CONTESTED]
    found = SpendCoin.objects.filter(spend__status__in=waiting, is_released=False).exclude(coin__spent_by="")
    return sorted(set(found.values_list("spend_id", flat=True)))


def _review_one(spend_id: int, position: ChainPosition) -> bool:
    rival = ""
    with transaction.atomic():
        accounts = house_accounts()
        current = ChainPosition.objects.select_for_update().get(pk=position.pk)
        spend = Spend.objects.select_for_update().get(pk=spend_id)
        versions = {one.number: one for one in spend.versions.order_by("number")}
        match _decision(spend, list(versions.values()), current):
            case Settle(version=number, txid=txid):
                done = _settle(spend, versions[number], txid, accounts)
            case Unsettle():
                done = _unsettle(spend, versions, accounts)
            case other:
                done, rival = False, other.rival if other else ""
        fault_point("spend_settling")
    fault_point("spend_settled")
    if rival:
        return contest(spend_id, rival, f"its coins are spent by {rival}, which is none of ours")
    return done


def _decision(spend: Spend, versions: list[SpendVersion], position: ChainPosition) -> Decision:
    held = list(_held(spend).select_for_update(of=("self",)))
    is_ours = spend.purpose in IN_THE_LEDGER
    facts = [
        HeldCoin(coin.pk, coin.spent_by, coin.spent_height, coin.is_booked or not is_ours) for coin in held
    ]
    strangers = {coin.spent_by for coin in held} - {"", *(one.txid for one in versions)}
    seen = {txid: tx for txid in strangers if (tx := _seen(txid)) is not None}
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


def does_the_same(planned: Tx, seen: Tx) -> bool:
    """The same coins to the same scripts with the same values, in order."""
    inputs = [one.outpoint for one in planned.inputs]
    return inputs == [one.outpoint for one in seen.inputs] and planned.outputs == seen.outputs


def _seen(txid: str) -> Tx | None:
    source = CoinSource.objects.filter(pk=txid).first()
    try:
        return parse_tx(bytes(source.raw)) if source else None
    except BitcoinError:
        return None


def _settle(spend: Spend, version: SpendVersion, txid: str, accounts: Mapping[Account, int]) -> bool:
    plan = plan_of(version)
    made = _made_by(txid, plan)
    if made is None:
        return False
    withdrawals = withdrawals_of(spend)
    spend.status, spend.problem = SpendStatus.SETTLED, ""
    spend.settlements += 1
    spend.settled_txid, spend.settled_fee_sats = txid, plan.fee_sats
    spend.save()
    for number, one in enumerate(withdrawals):
        one.settlements, one.txid, one.vout = spend.settlements, txid, number
        _move(one, WithdrawalEvent.SETTLE)
    if spend.purpose in IN_THE_LEDGER:
        post(spend, withdrawals, _swept_sats(plan), accounts)
        _book(plan, made, are_made=True)
    return True


def _unsettle(spend: Spend, versions: Mapping[int, SpendVersion], accounts: Mapping[Account, int]) -> bool:
    """Back to what is told again. It waits for a child that spends its change to be undone first."""
    plan = next(plan_of(one) for one in versions.values() if _made(one, spend.settled_txid))
    made = _made_by(spend.settled_txid, plan)
    is_ours = spend.purpose in IN_THE_LEDGER
    if made is None or (is_ours and not all(coin.is_booked for coin in made)):
        return False
    withdrawals = withdrawals_of(spend)
    if is_ours:
        post_back(spend, withdrawals, _swept_sats(plan), accounts)
        _book(plan, made, are_made=False)
    for one in withdrawals:
        _move(one, WithdrawalEvent.UNSETTLE)
    spend.status, spend.settled_txid, spend.settled_fee_sats = SpendStatus.BROADCAST, "", 0
    spend.save()
    # So that the network hears of it at once: its mempool may have lost it with the block.
    spend.versions.update(told_at=None)
    return True


def _made(version: SpendVersion, txid: str) -> bool:
    if version.txid == txid:
        return True
    seen = _seen(txid)
    return seen is not None and does_the_same(plans.unsigned_tx(plan_of(version)), seen)


def _made_by(txid: str, plan: SpendPlan) -> list[Coin] | None:
    """The outputs that are the house's again, under their locks; None while the watcher has not told them."""
    paid = len(plan.payments)
    vouts = list(range(paid)) if plan.purpose is Purpose.SWEEP else []
    if plan.change is not None:
        vouts.append(paid)
    made = list(Coin.objects.select_for_update().filter(txid=txid, vout__in=vouts).order_by("pk"))
    return made if len(made) == len(vouts) else None


def _swept_sats(plan: SpendPlan) -> int:
    return sum(one.value_sats for one in plan.payments) if plan.purpose is Purpose.SWEEP else 0


def _book(plan: SpendPlan, made: Sequence[Coin], *, are_made: bool) -> None:
    spent = Q()
    for one in plan.inputs:
        spent |= Q(txid=one.outpoint.txid, vout=one.outpoint.vout)
    Coin.objects.filter(spent).update(is_booked=not are_made)
    Coin.objects.filter(pk__in=[coin.pk for coin in made]).update(is_booked=are_made)


def _move(withdrawal: Withdrawal, event: WithdrawalEvent) -> None:
    status = next_status(WithdrawalStatus(withdrawal.status), event)
    assert status is not None, f"{event} of a withdrawal that is {withdrawal.status}"
    withdrawal.status = status
    withdrawal.save(update_fields=["status", "settlements", "txid", "vout", "changed_at"])
