"""Takes a transaction that the rows do not know into them, with the coins it spends and whom it pays.

From then on it is a spend like any other: told again, settled from the chain, and paid once.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from access.services import Origin
from custody.bitcoin import plans, transactions
from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.types import CHANGE, Change, Purpose, SpendPlan
from custody.models import Coin, CoinSource, Spend, SpendCoin, SpendVersion, UnexpectedSpend, WatchedScript
from custody.rules.spends import OPEN, SpendEvent, next_status
from custody.rules.statuses import SpendStatus
from custody.services.movements import house_accounts
from custody.services.position import lock_position
from custody.services.restoring.claiming import claim, write_down
from custody.services.restoring.payees import Unresolved
from custody.services.restoring.signed import Signed
from custody.services.restoring.uncounting import uncount_house_coins
from custody.services.spending.ask import name_withdrawals
from custody.services.spending.audit import note
from custody.services.spending.coins import inputs_of
from custody.services.spending.drop import drop
from custody.services.spending.versions import add_version, hold
from custody.services.wallet_keys import HOT
from custody.services.wallets import hot_spec
from custody.services.withdrawal_lock import lock_withdrawals

_FOUND = "It was signed in the life before the restore."


def is_known(txid: str) -> bool:
    return SpendVersion.objects.filter(txid=txid).exists()


@transaction.atomic
def keep_asked(signed: Signed) -> bool:
    """A plan that the rows have, and do not know a signer was asked for, stays. Whether one was found."""
    version = SpendVersion.objects.filter(txid=signed.txid, asked_at=None).first()
    if version is None:
        return False
    spend = Spend.objects.select_for_update().get(pk=version.spend_id)
    SpendVersion.objects.filter(pk=version.pk).update(asked_at=signed.asked_at)
    if spend.status == SpendStatus.PLANNED:
        spend.status = next_status(SpendStatus.PLANNED, SpendEvent.ASK) or spend.status
        spend.save(update_fields=["status", "changed_at"])
    return True


@transaction.atomic
def adopt(signed: Signed, owners: Mapping[str, int]) -> SpendVersion:
    """Raises Unresolved, and nothing has changed."""
    accounts = house_accounts()
    lock_withdrawals()
    position = lock_position()
    coins = _coins(signed)
    plan = _plan(signed, coins)
    spend = _family(signed) or Spend.objects.create(
        purpose=signed.purpose, wallet=HOT, status=SpendStatus.SIGNING
    )
    _hold(spend, coins)
    version = add_version(spend, plan)
    version.asked_at = signed.asked_at
    version.save(update_fields=["asked_at"])
    payments = signed.payments if signed.purpose is Purpose.WITHDRAWAL else ()
    claimed = [claim(spend, payment, number, signed, owners) for number, payment in enumerate(payments)]
    _take_signature(spend, version)
    uncount_house_coins(signed.txid, accounts)
    position.facts_number += 1  # so that what follows from it is looked for
    position.save(update_fields=["facts_number"])
    UnexpectedSpend.objects.filter(txid=signed.txid, ended_at=None).update(
        ended_at=timezone.now(), ended_because=_FOUND
    )
    for one in claimed:
        if one is not None:
            write_down(one, signed.txid)
    note(spend.pk, Origin(), "found_again", {"txid": signed.txid, "name": signed.name})
    return version


def _coins(signed: Signed) -> list[Coin]:
    rows = Coin.objects.select_for_update(of=("self",)).select_related("watched")
    known = {one.outpoint: one for one in rows.filter(txid__in={one.txid for one in signed.outpoints})}
    if not all(outpoint in known for outpoint in signed.outpoints):
        raise Unresolved(f"{signed.txid} spends coins that nobody here has seen yet")
    coins = [known[outpoint] for outpoint in signed.outpoints]
    if any(one.watched.wallet != HOT for one in coins):
        raise Unresolved(f"{signed.txid} spends coins of another wallet")
    return coins


def _plan(signed: Signed, coins: Sequence[Coin]) -> SpendPlan:
    change = None
    if signed.change_sats:
        place = WatchedScript.objects.filter(address=signed.change_address, wallet=HOT, branch=CHANGE).first()
        if place is None:
            raise Unresolved(f"the change of {signed.txid} goes to an address that is none of ours")
        change = Change(place.place, signed.change_sats)
    try:
        plan = SpendPlan(
            spend_id=signed.name,
            version=signed.version,
            purpose=signed.purpose,
            wallet=hot_spec(),
            inputs=inputs_of(coins),
            payments=signed.payments,
            change=change,
            fee_sats=signed.fee_sats,
        )
        plans.check_plan(plan)
        is_same = transactions.txid(plans.unsigned_tx(plan)) == signed.txid
    except (BitcoinError, KeyError) as error:
        raise Unresolved(f"{signed.txid} cannot be made again: {type(error).__name__}") from None
    if not is_same:
        raise Unresolved(f"{signed.txid} is no transaction as this house makes them")
    return plan


def _family(signed: Signed) -> Spend | None:
    """The open spend of which it is another version."""
    rows = SpendVersion.objects.filter(plan__spend_id=signed.name, spend__status__in=OPEN)
    version = rows.select_related("spend").first()
    return Spend.objects.select_for_update().get(pk=version.spend_id) if version else None


def _hold(spend: Spend, coins: Sequence[Coin]) -> None:
    """Plans that nobody was asked for give way; whatever else holds one of them does not."""
    ids = [one.pk for one in coins]
    holds = SpendCoin.objects.filter(coin_id__in=ids, is_released=False).exclude(spend=spend)
    for other in Spend.objects.select_for_update().filter(pk__in=holds.values("spend_id")):
        if other.status != SpendStatus.PLANNED:
            raise Unresolved(f"{other} holds the same coins and is {other.status}")
        drop(other)
    own = set(SpendCoin.objects.filter(spend=spend, is_released=False).values_list("coin_id", flat=True))
    hold(spend, [one for one in ids if one not in own])


def _take_signature(spend: Spend, version: SpendVersion) -> None:
    """Where the chain or the mempool shows it, it needs no signer."""
    source = CoinSource.objects.filter(pk=version.txid).first()
    if source is None:
        return
    version.raw, version.tellings = bytes(source.raw), 1
    version.signed_at = version.told_at = timezone.now()
    version.save(update_fields=["raw", "signed_at", "tellings", "told_at"])
    if spend.status == SpendStatus.SIGNING:
        spend.status = SpendStatus.BROADCAST
        spend.save(update_fields=["status", "changed_at"])
    name_withdrawals(spend, version.txid)
