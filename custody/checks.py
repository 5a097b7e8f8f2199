"""What health asks of custody: that the chain is followed, that signers answer, and that nothing waits or is
contested. Nothing is said where custody is off.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from custody.bitcoin.types import Network
from custody.gauges import (
    CHAIN_GAUGES,
    DEPOSIT_GAUGES,
    HOT_GAUGES,
    SIGNER_GAUGES,
    WALLET_GAUGES,
    WITHDRAWAL_GAUGES,
)
from custody.models import ChainBlock, Deposit, Withdrawal
from custody.rules.statuses import DepositStatus, WithdrawalStatus
from custody.rules.withdrawals import OPEN
from custody.selectors import ChainView, chain_view, unexpected_spends
from custody.selectors_reserves import wallet_totals
from custody.selectors_spends import hot_wallet, oldest_unconfirmed, troubled_spends
from custody.selectors_terms import terms_in_force
from custody.selectors_withdrawals import open_stop
from custody.signer_checks import signers
from health.registry import Check, Finding
from health.rules import Status

SILENT_WARN_S, SILENT_FAIL_S = 30, 120
LAG_WARN, LAG_FAIL = 3, 12
OLD_TIP = timedelta(hours=3)  # on a network that people use, a block takes so long once in years
OLD_WITHDRAWAL = timedelta(hours=6)
_COMING = (DepositStatus.SEEN, DepositStatus.CONFIRMED)


def chain() -> list[Finding]:
    if not settings.CUSTODY:
        return []
    view = chain_view()
    if view is None or view.polled_at is None:
        why = "no block was looked at yet" if view is None or not view.unfit else view.unfit
        return [Finding(Status.FAIL, why)]
    silent_s = int((timezone.now() - view.polled_at).total_seconds())
    figures = {"height": view.height, "lag": view.lag, "silent_s": silent_s, "waiting": view.waiting}
    figures["unfit"] = int(bool(view.unfit))
    if view.peers is not None:
        figures["peers"] = view.peers
    tip = ChainBlock.objects.filter(height=view.height).first()
    if tip is not None:
        figures["tip_age_s"] = max(0, int((timezone.now() - tip.time).total_seconds()))
    status, message = _judged(view, silent_s, tip)
    return [Finding(status, message, figures=figures)]


def _judged(view: ChainView, silent_s: int, tip: ChainBlock | None) -> tuple[Status, str]:
    if silent_s > SILENT_FAIL_S or view.lag > LAG_FAIL:
        return Status.FAIL, view.unfit or f"no poll for {silent_s} s, {view.lag} blocks behind"
    if view.unfit or silent_s > SILENT_WARN_S or view.lag > LAG_WARN:
        return Status.WARN, view.unfit or f"no poll for {silent_s} s, {view.lag} blocks behind"
    if view.peers == 0 and view.network != Network.REGTEST:
        return Status.WARN, "the node has no peers"
    if view.network == Network.MAIN and tip is not None and tip.time < timezone.now() - OLD_TIP:
        return Status.WARN, "the newest block is hours old"
    return Status.OK, ""


def hot() -> list[Finding]:
    if not settings.CUSTODY:
        return []
    now, terms = timezone.now(), terms_in_force()
    wallet = hot_wallet(now)
    figures = {
        "sats": wallet.booked_sats,
        "held_sats": wallet.held_sats,
        "waiting_sats": wallet.waiting_sats,
        "missing_sats": wallet.missing_sats,
        "cap_sats": terms.hot_cap_sats,
    }
    if wallet.missing_sats:
        return [Finding(Status.WARN, "withdrawals wait for a refill", figures=figures)]
    if wallet.booked_sats > 2 * terms.hot_cap_sats:
        return [Finding(Status.WARN, "it holds far more than its cap", figures=figures)]
    return [Finding(Status.OK, figures=figures)]


def deposits() -> list[Finding]:
    if not settings.CUSTODY:
        return []
    rows = Deposit.objects.values_list("status").annotate(rows=Count("pk"), oldest=Min("created_at"))
    found = {status: (count, oldest) for status, count, oldest in rows}
    figures = {status.value.lower(): found.get(status, (0, None))[0] for status in DepositStatus}
    coming = [found[status][1] for status in _COMING if status in found]
    figures["oldest_s"] = _age_s(min(coming, default=None))
    lost = len(unexpected_spends())
    if lost:
        message = f"{lost} coins were spent without us"
        return [Finding(Status.FAIL, message, figures={**figures, "unexpected_spends": lost})]
    return [Finding(Status.OK, figures={**figures, "unexpected_spends": 0})]


def withdrawals() -> list[Finding]:
    if not settings.CUSTODY:
        return []
    rows = Withdrawal.objects.filter(status__in=OPEN)
    counts = dict(rows.values_list("status").annotate(count=Count("pk")))
    figures = {status.value.lower(): counts.get(status, 0) for status in OPEN}
    oldest = rows.aggregate(oldest=Min("created_at"))["oldest"]
    figures["oldest_s"] = _age_s(oldest)
    awaited = rows.filter(status=WithdrawalStatus.AWAITING_APPROVAL).aggregate(oldest=Min("created_at"))
    figures["approval_oldest_s"] = _age_s(awaited["oldest"])
    figures["unconfirmed_oldest_s"] = _age_s(oldest_unconfirmed())
    figures["stopped"] = int(open_stop() is not None)
    troubled = troubled_spends()
    figures["troubled_spends"] = len(troubled)
    if figures["stopped"]:
        return [Finding(Status.FAIL, "withdrawals are stopped for everybody", figures=figures)]
    if troubled:
        return [Finding(Status.FAIL, f"spend {troubled[0].pk} needs a person", figures=figures)]
    if figures["oldest_s"] > OLD_WITHDRAWAL.total_seconds():
        return [Finding(Status.WARN, "a withdrawal has waited for hours", figures=figures)]
    return [Finding(Status.OK, figures=figures)]


def _age_s(moment: datetime | None) -> int:
    return 0 if moment is None else int((timezone.now() - moment).total_seconds())


def wallets() -> list[Finding]:
    """Coins in blocks. What vaults have stands with the vaults."""
    if not settings.CUSTODY:
        return []
    return [
        Finding(Status.OK, "", name, {"coins": total.coins, "sats": total.sats}, quiet=True)
        for name, total in wallet_totals(["hot", "cold"]).items()
    ]


CHECKS = (
    Check(
        "custody_chain",
        "The chain of bitcoin is followed",
        chain,
        stops=("deposits", "withdrawals"),
        gauges=CHAIN_GAUGES,
    ),
    Check(
        "custody_signer",
        "Each signer answers",
        signers,
        stops=("withdrawals",),
        label="role",
        gauges=SIGNER_GAUGES,
    ),
    # What lies in the wallets and what others withdraw is nobody's business: health's page is open to all.
    Check("custody_hot", "The hot wallet has what is withdrawn", hot, for_everybody=False, gauges=HOT_GAUGES),
    Check(
        "custody_wallet",
        "The coins of the house's wallets",
        wallets,
        label="wallet",
        for_everybody=False,
        gauges=WALLET_GAUGES,
    ),
    Check("custody_deposits", "No coin of ours is spent by others", deposits, gauges=DEPOSIT_GAUGES),
    Check(
        "custody_withdrawals",
        "Withdrawals go out, uncontested",
        withdrawals,
        stops=("withdrawals",),
        gauges=WITHDRAWAL_GAUGES,
    ),
)
