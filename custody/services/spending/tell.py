"""Tells the network of what is signed, again and again until it is in a block. No answer is no failure.

That it is told is committed before, and the verdict after; the same bytes do no harm twice.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from custody.chains.source import ChainFailure, ChainSource, ChainUnfit, Unfit, Verdict, VerdictKind
from custody.faults import fault_point
from custody.meters import note_telling
from custody.models import ChainPosition, Coin, CoinSource, Spend, SpendCoin, SpendVersion
from custody.rules.statuses import SpendStatus
from custody.rules.terms import Terms
from custody.selectors_withdrawals import open_stop
from custody.services.spending.contest import contest
from custody.services.withdrawal_lock import lock_withdrawals

log = logging.getLogger(__name__)

MAX_TOLD = 50  # in one turn
FAST_RETELLING = timedelta(seconds=20)  # after no answer, or one that is in doubt
FINE = (VerdictKind.ACCEPTED, VerdictKind.KNOWN, VerdictKind.IN_CHAIN)
DOUBTFUL = (VerdictKind.MISSING_INPUTS, VerdictKind.CONFLICT)
UNANSWERED = ""


def tell_network(source: ChainSource, *, terms: Terms, now: datetime) -> int:
    """How many were told. While withdrawals are stopped only what was told before is told again."""
    return sum(_tell(version_id, source, now) for version_id in _due(terms, now))


def _due(terms: Terms, now: datetime) -> list[int]:
    """Of each spend that is in no block one signed version, in the order of the spends: a child's parent is
    told before it. That is the newest, or the one whose change is spent: after a reorg another one would
    take the child's place away."""
    telling = [SpendStatus.BROADCAST, SpendStatus.CONTESTED]
    signed = SpendVersion.objects.filter(spend__status__in=telling).exclude(raw=b"")
    children = SpendCoin.objects.filter(coin__txid=OuterRef("txid"), is_released=False)
    ranked = signed.annotate(has_child=Exists(children)).order_by("spend_id", "-has_child", "-number")
    newest = ranked.distinct("spend_id")
    slow = now - timedelta(seconds=terms.retell_seconds)
    in_doubt = Q(verdict__in=[UNANSWERED, *DOUBTFUL], told_at__lt=now - FAST_RETELLING)
    due = Q(told_at__isnull=True) | Q(told_at__lt=slow) | in_doubt
    mined = SpendCoin.objects.filter(
        spend=OuterRef("spend"), is_released=False, coin__spent_height__isnull=False
    )
    waiting = SpendVersion.objects.filter(due, ~Exists(mined), pk__in=newest.values("pk"))
    if open_stop() is not None:
        waiting = waiting.exclude(tellings=0)
    return list(waiting.order_by("spend_id").values_list("pk", flat=True)[:MAX_TOLD])


def _tell(version_id: int, source: ChainSource, now: datetime) -> bool:
    version = _begin(version_id, now)
    if version is None:
        return False
    fault_point("spend_telling")
    try:
        verdict = source.tell(bytes(version.raw))
        if verdict.kind is VerdictKind.MISSING_INPUTS and _resend_sources(version.spend, source):
            verdict = source.tell(bytes(version.raw))
        is_known = verdict.kind in DOUBTFUL and _is_one_known(version.spend, source)
        if verdict.kind in DOUBTFUL:
            _refuse_one_behind(source)
    except ChainFailure as error:
        log.info("no answer to %s: %s", version, error)
        note_telling(UNANSWERED)
        _keep(version_id, Verdict(VerdictKind.ACCEPTED, str(error)), UNANSWERED)
        return False
    note_telling(verdict.kind)
    fault_point("spend_told")
    _keep(version_id, verdict, verdict.kind)
    _consider(version, verdict, version.verdict, is_known)
    return True


def _begin(version_id: int, now: datetime) -> SpendVersion | None:
    """Commit that it is told; None where a stop came before its first time."""
    with transaction.atomic():
        lock_withdrawals()
        version = SpendVersion.objects.select_related("spend").select_for_update().get(pk=version_id)
        if version.tellings == 0 and open_stop() is not None:
            return None
        SpendVersion.objects.filter(pk=version_id).update(told_at=now, tellings=F("tellings") + 1)
    return version


def _resend_sources(spend: Spend, source: ChainSource) -> bool:
    """Whether a transaction that made a coin of it was let in again: a reorg had lost it, and who made it
    need not tell it twice."""
    lost = Coin.objects.filter(holds__spend=spend, holds__is_released=False, height__isnull=True)
    sources = CoinSource.objects.filter(txid__in=lost.values("txid")).order_by("txid")
    verdicts = [source.tell(bytes(one.raw)).kind for one in sources]  # each, whatever becomes of others
    return any(kind in FINE for kind in verdicts)


def _refuse_one_behind(source: ChainSource) -> None:
    """Coins are missing to one that has not seen their blocks yet: that says nothing. Raises ChainFailure."""
    height = source.check().height
    told = ChainPosition.objects.values_list("height", flat=True).first()
    if told is not None and height < told:
        raise ChainUnfit(Unfit.SYNCING, f"its tip {height} is below {told}, told before")


def _is_one_known(spend: Spend, source: ChainSource) -> bool:
    """Whether the source has another version of it: then its inputs are spent as they should be."""
    return any(source.transaction(txid) is not None for txid in spend.versions.values_list("txid", flat=True))


def _keep(version_id: int, verdict: Verdict, kind: str) -> None:
    SpendVersion.objects.filter(pk=version_id).update(verdict=kind, verdict_detail=verdict.detail[:200])


def _consider(version: SpendVersion, verdict: Verdict, before: str, is_known: bool) -> None:
    """A doubt that is no mistake of a moment, and that no version of ours explains, is a contest."""
    if verdict.kind in FINE or is_known:
        _note(version.spend_id, "")
    elif verdict.kind in DOUBTFUL:
        rival = _rival(version.spend)
        if rival or (before in DOUBTFUL and not _waits_for_parent(version.spend)):
            contest(version.spend_id, rival, f"its coins are gone: {verdict.kind} {verdict.detail} {rival}")
    else:
        log.error("%s is not let in: %s %s", version, verdict.kind, verdict.detail)
        _note(version.spend_id, f"not let in: {verdict.kind} {verdict.detail}")


def _rival(spend: Spend) -> str:
    """A transaction that is none of its versions and spends a coin of it, as far as facts say."""
    held = Coin.objects.filter(holds__spend=spend, holds__is_released=False).exclude(spent_by="")
    own = spend.versions.values_list("txid", flat=True)
    return held.exclude(spent_by__in=list(own)).values_list("spent_by", flat=True).first() or ""


def _waits_for_parent(spend: Spend) -> bool:
    """Whether it spends change of ours that is on its way itself: nodes may have let that go for its fee."""
    unmined = Coin.objects.filter(holds__spend=spend, holds__is_released=False, height__isnull=True)
    parents = SpendVersion.objects.filter(spend__status=SpendStatus.BROADCAST)
    return parents.filter(txid__in=unmined.values("txid")).exists()


def _note(spend_id: int, problem: str) -> None:
    with transaction.atomic():
        rows = Spend.objects.filter(pk=spend_id, status=SpendStatus.BROADCAST).exclude(problem=problem[:300])
        rows.update(problem=problem[:300])
