"""Asks signers for what is planned, and keeps what they sign once it is proven.

That a signer is asked is committed before it is asked; asked again after whatever went wrong it gives the
same signatures.
"""

import logging
import time
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from custody.bitcoin import plans, psbts, transactions
from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.types import KeySource, Purpose, Role, SpendPlan
from custody.faults import fault_point
from custody.meters import SIGNED, UNAVAILABLE, UNPROVEN, note_signer
from custody.models import ChainPosition, Spend, SpendCoin, SpendVersion, Withdrawal
from custody.rules.spends import SpendEvent, next_status
from custody.rules.statuses import SpendStatus, WithdrawalEvent, WithdrawalStatus
from custody.rules.withdrawals import next_status as next_withdrawal_status
from custody.selectors_barred import barred_vaults
from custody.selectors_withdrawals import open_stop
from custody.services.spending.ancestry import SIGNER_REFUSED
from custody.services.spending.drop import drop
from custody.services.spending.outside import Outside
from custody.services.spending.versions import plan_of
from custody.services.withdrawal_lock import lock_withdrawals
from custody.signers.policy import position_of
from custody.signers.signer import SignerRefused, SignerUnavailable

log = logging.getLogger(__name__)

MAX_ASKED = 20  # of each purpose in one turn
PATIENCE_S = 10.0  # with one signer in a turn: whoever hangs, what is signed is told meanwhile
_PURPOSES = {
    Role.HOT: (Purpose.WITHDRAWAL, Purpose.BUMP, Purpose.SWEEP),
    Role.PROTOCOL: (Purpose.VAULT,),
}
Signatures = dict[KeySource, tuple[bytes, ...]]


def ask_signers(outside: Outside, *, now: datetime, patience_s: float = PATIENCE_S) -> int:
    """How many versions were signed in this turn.

    A signer's limits are of one purpose, and so is the row before it: vaults that wait hold up no withdrawal.
    """
    signed = 0
    for purposes in _PURPOSES.values():
        waiting = [one for purpose in purposes for one in _waiting(purpose)]
        until = time.monotonic() + patience_s  # from the first question on: a slow database is no slow signer
        for version_id in waiting:
            if time.monotonic() < until:
                signed += _ask(version_id, outside, now)
    return signed


def _waiting(purpose: Purpose) -> list[int]:
    open_ones = Q(spend__status__in=[SpendStatus.PLANNED, SpendStatus.SIGNING, SpendStatus.BROADCAST])
    ready = ~Q(spend__purpose=Purpose.VAULT) | ~Q(owner_psbt="")
    waiting = SpendVersion.objects.filter(open_ones & ready, spend__purpose=purpose, raw=b"")
    if purpose is Purpose.VAULT:  # here too, so that they fill no row that others wait in
        waiting = waiting.exclude(spend__wallet__in=barred_vaults().values("reference"))
    unrefused = waiting.exclude(verdict=SIGNER_REFUSED).order_by("spend_id", "number")
    return list(unrefused.values_list("pk", flat=True)[:MAX_ASKED])


def _ask(version_id: int, outside: Outside, now: datetime) -> bool:
    version = _begin(version_id, now)
    if version is None:
        return False
    fault_point("spend_asking")
    plan = plan_of(version)
    psbt = version.owner_psbt or psbts.psbt_of(plan)
    try:
        given = outside.signer_for(plan.purpose).sign(plan, psbt)
        raw = proven(plan, psbt, given)
    except SignerUnavailable as error:
        log.info("the signer of %s does not answer: %s", version, error)
        note_signer(_role(plan), UNAVAILABLE)
        return False
    except SignerRefused as error:
        _refused(version_id, str(error), for_good=not error.passes_with_time)
        note_signer(_role(plan), error.reason)
        return False
    except BitcoinError as error:
        _refused(version_id, f"what the signer gave is no signature of it: {error}", for_good=False)
        note_signer(_role(plan), UNPROVEN)
        return False
    note_signer(_role(plan), SIGNED)
    fault_point("spend_signed")
    kept = keep_signed(version_id, raw, now)
    fault_point("spend_kept")
    return kept


def _begin(version_id: int, now: datetime) -> SpendVersion | None:
    """Commit that it is asked for; None where it must not be."""
    with transaction.atomic():
        lock_withdrawals()  # so that nothing is asked for once a stop is committed
        spend = Spend.objects.select_for_update().get(versions=version_id)
        version = SpendVersion.objects.get(pk=version_id)
        if open_stop() is not None or version.raw or version.verdict == SIGNER_REFUSED:
            return None
        if spend.purpose == Purpose.VAULT and barred_vaults().filter(reference=spend.wallet).exists():
            return None  # what changed since its owner signed holds it, too
        if spend.status == SpendStatus.PLANNED and _lacks_coins(spend):
            drop(spend)  # it is planned anew with others: nobody was asked
            return None
        if spend.status in (SpendStatus.PLANNED, SpendStatus.SIGNING):
            _move(spend, SpendEvent.ASK)
        elif spend.status != SpendStatus.BROADCAST or _has_child(spend):
            return None
        version.asked_at = version.asked_at or now
        version.save(update_fields=["asked_at"])
    return version


def _lacks_coins(spend: Spend) -> bool:
    """Whether a reorg took one of its coins since, so that what is signed could not be told."""
    held = SpendCoin.objects.filter(spend=spend, is_released=False)
    return held.filter(coin__height=None, coin__in_mempool=False).exists()


def _has_child(spend: Spend) -> bool:
    """A replacement would take away what somebody spends already."""
    txids = spend.versions.values("txid")
    return SpendCoin.objects.filter(coin__txid__in=txids, is_released=False).exists()


def proven(plan: SpendPlan, psbt: str, given: tuple[bytes, ...]) -> bytes:
    """The transaction, each of its signatures checked by ourselves. Raises BitcoinError."""
    signed: Signatures = dict(psbts.signatures_in(plan, psbt)) if plan.purpose is Purpose.VAULT else {}
    signed[plan.wallet.keys[position_of(_role(plan))]] = given
    final = plans.finalize(plan, signed)
    plans.check_final(plan, final)
    return transactions.serialize(final)


def _role(plan: SpendPlan) -> Role:
    return Role.PROTOCOL if plan.purpose is Purpose.VAULT else Role.HOT


def keep_signed(version_id: int, raw: bytes, now: datetime) -> bool:
    with transaction.atomic():
        version = SpendVersion.objects.get(pk=version_id)
        spend = Spend.objects.select_for_update().get(pk=version.spend_id)
        position = ChainPosition.objects.filter(pk=1).first()
        kept = SpendVersion.objects.filter(pk=version_id, raw=b"").update(
            raw=raw, signed_at=now, signed_height=position.height if position else None, verdict=""
        )
        if not kept:
            return False
        # A reorg or a rival may have come in between: what the chain says of it stays.
        if next_status(SpendStatus(spend.status), SpendEvent.SIGN) is not None:
            _move(spend, SpendEvent.SIGN)
        if spend.status != SpendStatus.SETTLED:  # another version may be in the chain by now
            name_withdrawals(spend, version.txid)
    return True


def name_withdrawals(spend: Spend, txid: str) -> None:
    """Its withdrawals are on their way by this transaction, in the order of its payments."""
    for number, withdrawal in enumerate(withdrawals_of(spend)):
        on_the_way = next_withdrawal_status(WithdrawalStatus(withdrawal.status), WithdrawalEvent.SIGN)
        withdrawal.status = on_the_way or withdrawal.status
        withdrawal.txid, withdrawal.vout = txid, number
        withdrawal.save(update_fields=["status", "txid", "vout", "changed_at"])


def withdrawals_of(spend: Spend) -> list[Withdrawal]:
    """Under their locks, in the order of the payments."""
    return list(spend.withdrawals.select_for_update().order_by("created_at", "pk"))


def _refused(version_id: int, problem: str, *, for_good: bool) -> None:
    with transaction.atomic():
        version = SpendVersion.objects.get(pk=version_id)
        Spend.objects.filter(pk=version.spend_id).update(problem=problem[:300])
        if for_good:
            SpendVersion.objects.filter(pk=version_id, raw=b"").update(
                verdict=SIGNER_REFUSED, verdict_detail=problem[:200]
            )
    log.error("the signer of spend %s version %s: %s", version.spend_id, version.number, problem)


def _move(spend: Spend, event: SpendEvent) -> None:
    status = next_status(SpendStatus(spend.status), event)
    assert status is not None, f"{event} of a spend that is {spend.status}"
    spend.status = status
    spend.save(update_fields=["status", "changed_at"])
