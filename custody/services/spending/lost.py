"""Gives up what was signed and can never confirm: its coins are free, its withdrawals wait for another plan.

Decided by an operator, and only on facts that lie deep in the chain: two transactions could otherwise pay the
same withdrawal. Signers are told by who runs them. Of a vault it is decided by those facts alone.
"""

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from access.services import Origin
from custody.bitcoin.types import Purpose
from custody.errors import InvalidState
from custody.models import Coin, Spend, SpendCoin, SpendVersion, SpentInput
from custody.rules.spends import SpendEvent, next_status
from custody.rules.statuses import SpendStatus, WithdrawalEvent
from custody.services.position import lock_position
from custody.services.spending.ask import withdrawals_of
from custody.services.spending.audit import note
from custody.services.spending.versions import plan_of
from custody.services.withdrawal_steps import step

GONE_FOR_GOOD = "Its coins are gone for good."
LOST_DEPTH = 6  # confirmations of what took a coin away


def give_up_lost(*, spend_id: int, origin: Origin, reason: str) -> Spend:
    """A contested spend. Raises InvalidState where it is not, or where a version of it may yet confirm."""
    with transaction.atomic():
        position = lock_position()
        spend = Spend.objects.select_for_update().get(pk=spend_id)
        dropped = next_status(SpendStatus(spend.status), SpendEvent.GIVE_UP)
        if dropped is None:
            raise InvalidState(status=spend.status)
        versions = list(spend.versions.order_by("number"))
        deep = position.height - LOST_DEPTH + 1
        if not all(_is_lost(one, versions, deep) for one in versions):
            raise InvalidState("It may still confirm.", status=spend.status)
        # From here on it succeeds.
        _release(spend, dropped)
        note(spend_id, origin, "given_up", {"reason": reason, "problem": spend.problem})
    return spend


def end_lost_vault_spends() -> int:
    """Give up the contested spends of vaults that can never confirm: their owners have signed for themselves,
    and each plan has payments of its own, so that no other one could pay them twice."""
    contested = Spend.objects.filter(status=SpendStatus.CONTESTED, purpose=Purpose.VAULT).order_by("pk")
    return sum(_ends(spend_id) for spend_id in contested.values_list("pk", flat=True))


def _ends(spend_id: int) -> bool:
    try:
        give_up_lost(spend_id=spend_id, origin=Origin(), reason=GONE_FOR_GOOD)
    except InvalidState:
        return False  # not yet
    return True


def _release(spend: Spend, dropped: SpendStatus) -> None:
    spend.status = dropped
    spend.save(update_fields=["status", "changed_at"])
    SpendCoin.objects.filter(spend=spend, is_released=False).update(is_released=True)
    # The next plan may come to the very same transaction, where nobody signed it.
    unasked = spend.versions.filter(asked_at=None)
    unasked.update(txid=Concat(Value("dropped:"), Cast("pk", CharField())))
    for withdrawal in withdrawals_of(spend):
        withdrawal.spend, withdrawal.txid, withdrawal.vout = None, "", None
        withdrawal.save(update_fields=["spend", "txid", "vout"])
        step(withdrawal, WithdrawalEvent.LOSE)


def _is_lost(version: SpendVersion, versions: list[SpendVersion], deep: int) -> bool:
    """No signature can exist, or one of its coins is gone for good."""
    if version.asked_at is None:
        return True
    outpoints = {one.outpoint for one in plan_of(version).inputs}
    coins = Coin.objects.filter(txid__in={one.txid for one in outpoints})
    own = {one.txid for one in versions}
    return any(_is_gone(coin, own, deep) for coin in coins if coin.outpoint in outpoints)


def _is_gone(coin: Coin, own: set[str], deep: int) -> bool:
    """Spent by another, never made because a rival of its transaction was mined, or made by what is lost."""
    if coin.spent_height is not None:
        return coin.spent_by not in own and coin.spent_height <= deep
    if coin.height is not None:
        return False
    rivals = SpentInput.objects.filter(txid=coin.txid, rival_height__lte=deep).exclude(rival=F("txid"))
    makers = SpendVersion.objects.filter(txid=coin.txid, spend__status=SpendStatus.DROPPED)
    return rivals.exists() or makers.exists()
