"""Makes what is stuck attractive to miners: replaced with every other output kept (RBF), or where that
cannot be, pulled by a child of its own change (CPFP).
"""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from custody.bitcoin.addresses import read_address
from custody.bitcoin.types import Change, Purpose, SpendPlan
from custody.chains.source import VerdictKind
from custody.faults import fault_point
from custody.models import ChainPosition, Coin, Spend, SpendCoin, SpendVersion
from custody.rules.coins import Choice
from custody.rules.fees import Paid, is_worth_a_bump, rate_of, replacement_fee
from custody.rules.statuses import SpendStatus
from custody.rules.terms import Terms
from custody.selectors_withdrawals import open_stop
from custody.services import wallets
from custody.services.spending.ancestry import SIGNER_REFUSED, Ancestry, read_ancestry
from custody.services.spending.child import pull
from custody.services.spending.coins import choose_readable, inputs_of, lock_spendable
from custody.services.spending.sizing import aim_at
from custody.services.spending.versions import add_version, hold, plan_of
from custody.services.wallet_keys import HOT

RAISE_NUMERATOR, RAISE_DENOMINATOR = 5, 4  # of the rate, where the network did not let a transaction in
TOO_LATE = "It pays too little and cannot be bumped: neither replaced nor pulled by a child."


def bump_stuck(*, rate: int, terms: Terms) -> int:
    """How many were replaced or got a child. Only tips are bumped: a child pays for those it waits for."""
    if open_stop() is not None:
        return 0
    ancestry = read_ancestry()
    unready = ancestry.mined | ancestry.being_replaced
    tips = [one for one in sorted(ancestry.latest) if one not in unready and not ancestry.has_child(one)]
    return sum(_bump(spend_id, rate, terms, ancestry) for spend_id in tips)


def _bump(spend_id: int, rate: int, terms: Terms, ancestry: Ancestry) -> bool:
    with transaction.atomic():
        spend = Spend.objects.select_for_update().get(pk=spend_id)
        version = spend.versions.filter(signed_at__isnull=False).order_by("number").last()
        newest = spend.versions.order_by("number").last()
        if version is None or newest is None or spend.status != SpendStatus.BROADCAST:
            return False
        ancestors = ancestry.paid(spend_id)
        wanted = _wanted(version, ancestors, rate, terms)
        if wanted is None or not _lock_change(spend):
            return False
        is_final = newest.verdict == SIGNER_REFUSED or newest.number >= terms.max_bumps
        if spend.purpose == Purpose.VAULT or is_final:
            plan = None  # its owner would have to sign again, the signer will not, or it was enough
        else:
            plan = _replacement(version, newest.number + 1, wanted, ancestors, terms)
        if plan is not None:
            add_version(spend, plan)
        elif not pull(version, wanted, ancestors, terms):
            Spend.objects.filter(pk=spend_id).update(problem=TOO_LATE)
            return False
        fault_point("spend_bumping")
    fault_point("spend_bumped")
    return True


def _wanted(version: SpendVersion, ancestors: Paid, rate: int, terms: Terms) -> int | None:
    """The rate to bring it to; None where it pays enough or has not waited long enough."""
    paid = Paid(version.fee_sats, version.vbytes) + ancestors
    was_too_low = version.verdict == VerdictKind.FEE_TOO_LOW
    if was_too_low:
        raised = rate_of(paid) * RAISE_NUMERATOR // RAISE_DENOMINATOR + 1
        rate = min(max(rate, raised), terms.max_fee_rate)
    position = ChainPosition.objects.filter(pk=1).first()
    height = position.height if position else 0
    blocks = height - (height if version.signed_height is None else version.signed_height)
    patience = terms.bump_after_blocks
    worth = is_worth_a_bump(paid, rate, blocks=blocks, patience_blocks=patience, was_too_low=was_too_low)
    return rate if worth else None


def _lock_change(spend: Spend) -> bool:
    """Nobody plans with what its versions make while it is replaced. False: somebody has."""
    made = Coin.objects.filter(txid__in=spend.versions.values("txid"))
    ids = list(made.select_for_update().order_by("pk").values_list("pk", flat=True))
    return not SpendCoin.objects.filter(coin__in=ids, is_released=False).exists()


def _replacement(
    version: SpendVersion, number: int, rate: int, ancestors: Paid, terms: Terms
) -> SpendPlan | None:
    """The same payments by the same coins, its change less or gone, and only if need be more coins."""
    plan = plan_of(version)
    old = Paid(version.fee_sats, version.vbytes)
    must = _coins_of(plan)
    free = lock_spendable(HOT, with_change=False)  # BIP-125: no more that is unconfirmed
    scripts = [read_address(one.address, plan.wallet.network) for one in plan.payments]
    target = sum(one.value_sats for one in plan.payments)
    aim = aim_at(plan.wallet, scripts, target, rate, lambda size: replacement_fee(old, size, rate, ancestors))
    choice = choose_readable(free, aim, must)
    if choice is None or choice.fee_sats > terms.max_fee_sats or not (scripts or choice.change_sats):
        return None
    return _changed(plan, number, choice, [*must, *free], version.spend)


def _changed(plan: SpendPlan, number: int, choice: Choice, coins: Sequence[Coin], spend: Spend) -> SpendPlan:
    by_id = {coin.pk: coin for coin in coins}
    already = set(spend.coins.filter(is_released=False).values_list("coin_id", flat=True))
    hold(spend, [coin_id for coin_id in choice.coin_ids if coin_id not in already])
    change = None
    if choice.change_sats:
        place = plan.change.place if plan.change else wallets.change_place().place
        change = Change(place, choice.change_sats)
    inputs = inputs_of([by_id[coin_id] for coin_id in choice.coin_ids])
    return replace(plan, version=number, inputs=inputs, change=change, fee_sats=choice.fee_sats)


def _coins_of(plan: SpendPlan) -> list[Coin]:
    """In the order of its inputs."""
    txids = [one.outpoint.txid for one in plan.inputs]
    found = Coin.objects.select_related("watched").filter(txid__in=txids)
    by_outpoint = {coin.outpoint: coin for coin in found}
    return [by_outpoint[one.outpoint] for one in plan.inputs]
