"""Holds rows that came out of a backup against the chain and the signer, until nothing is unexplained.

Withdrawals stay stopped meanwhile. It may be run again and again: what is done stays done.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from access.exclusive import alone
from access.services import Origin, record_audit
from custody.bitcoin import psbts
from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.types import Role
from custody.chains.source import ChainFailure, ChainSource
from custody.models import Coin, Restoration, SpendVersion
from custody.services.exclusive import Job
from custody.services.position import Overtaken, read_position
from custody.services.restoring.adopting import adopt, is_known, keep_asked
from custody.services.restoring.payees import Unresolved
from custody.services.restoring.places import skipped_scripts, watch_skipped
from custody.services.restoring.signed import NoJournal, Signed, signed_since
from custody.services.restoring.strangers import as_signed, strangers
from custody.services.spending.ask import keep_signed, proven
from custody.services.spending.outside import Outside
from custody.services.spending.versions import plan_of
from custody.services.watching.rescan import rescan
from custody.services.watching.watcher import Watcher
from custody.signers.signer import SignerRefused, SignerUnavailable

log = logging.getLogger(__name__)

BEFORE = 6  # blocks below where the backup knew the chain to be: a reorg may have come since
ROUNDS = 5  # of spends in a row that spend each other's change
_TURNS = 10_000
_PATIENCE_S = 30.0


class NothingRestored(Exception):
    """There is no restore that waits to be reconciled."""


@dataclass(slots=True)
class Report:
    """`problems` are for people; there are none where withdrawals may go on."""

    blocks: int = 0
    places: int = 0
    found_again: list[str] = field(default_factory=list)
    signed_since: int = 0
    skipped_coins: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Terms:
    """`owners`: whose an address is, where rows do not say. `by_chain`: what the signer does not know, or
    cannot say, is taken for ours where it pays what waits."""

    owners: Mapping[str, int] = field(default_factory=dict)
    by_chain: bool = False


def open_restoration() -> Restoration | None:
    waiting = Restoration.objects.filter(reconciled_at=None, stop__ended_at=None)
    return waiting.select_related("stop").order_by("-pk").first()


def reconcile(outside: Outside, terms: Terms, *, now: datetime) -> Report:
    """Raises NothingRestored, and Overtaken where a turn of spending never ends."""
    restoration = open_restoration()
    if restoration is None:
        raise NothingRestored
    with _no_turn_of_spending():
        report = Report(places=watch_skipped(restoration))
        _look(outside, restoration, terms, report)
    _keep(restoration, report, now)
    return report


@contextmanager
def _no_turn_of_spending() -> Iterator[None]:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        with alone(Job.PAYING) as is_mine:
            if is_mine:
                yield
                return
        time.sleep(0.1)
    raise Overtaken


def _look(outside: Outside, restoration: Restoration, terms: Terms, report: Report) -> None:
    source = outside.source
    try:
        _follow(source)
        report.blocks = rescan(source, restoration.height - BEFORE)
        _follow(source)
        signed = _signed(outside, restoration, terms, report)
        for _ in range(ROUNDS):
            if not _adopt_all(signed, outside, terms, report):
                break
            _follow(source)
        _explain_strangers(restoration, signed, terms, report)
        _follow(source)
        if read_position().reviewed_number < read_position().facts_number:
            report.problems.append("what follows from the chain is not all done yet: run it again")
    except ChainFailure as error:
        report.problems.append(f"the chain source: {error}")
    report.skipped_coins = _skipped_coins(restoration)


def _follow(source: ChainSource) -> None:
    """To its tip, with all that follows from it. Raises ChainFailure."""
    watcher = Watcher(source)
    for _ in range(_TURNS):
        if not watcher.run_once():
            break
    state, position = source.check(), read_position()
    if position.height < state.height:
        raise ChainFailure(position.unfit or f"followed to {position.height} of {state.height}")


def _signed(outside: Outside, restoration: Restoration, terms: Terms, report: Report) -> list[Signed] | None:
    """None where nobody can say."""
    try:
        found = signed_since(outside.signers.get(Role.HOT), restoration.snapshot_at)
    except SignerUnavailable as error:
        report.problems.append(f"the hot signer does not say what it signed: {error}")
        return None
    except NoJournal:
        if not terms.by_chain:
            report.problems.append("the hot signer keeps no journal that can be asked: see --by-chain")
        return None
    report.signed_since = len(found)
    return found


def _adopt_all(signed: list[Signed] | None, outside: Outside, terms: Terms, report: Report) -> bool:
    """Whether something was found that others may wait for. The last round says what is not resolved."""
    report.problems = [one for one in report.problems if not one.startswith(_UNRESOLVED)]
    moved = False
    for one in signed or ():
        try:
            if not is_known(one.txid):
                adopt(one, terms.owners)
                report.found_again.append(one.txid)
                moved = True
            else:
                keep_asked(one)
        except Unresolved as error:
            report.problems.append(f"{_UNRESOLVED}{error}")
            continue
        _bring_back(one, outside)
    return moved


_UNRESOLVED = "signed, and not resolved: "


def _bring_back(one: Signed, outside: Outside) -> None:
    """Its signer gives the same signatures again, and the network is told again: nothing new is paid."""
    version = SpendVersion.objects.filter(txid=one.txid, raw=b"").first()
    if version is None or version.spend.status not in ("SIGNING", "BROADCAST"):
        return
    plan = plan_of(version)
    psbt = psbts.psbt_of(plan)
    try:
        raw = proven(plan, psbt, outside.signer_for(plan.purpose).sign(plan, psbt))
        keep_signed(version.pk, raw, one.asked_at)
        outside.source.tell(raw)
        SpendVersion.objects.filter(pk=version.pk).update(tellings=1, told_at=one.asked_at)
    except (SignerUnavailable, SignerRefused, BitcoinError, ChainFailure) as error:
        log.warning("%s could not be brought back: %s", one.txid, error)


def _explain_strangers(
    restoration: Restoration, signed: list[Signed] | None, terms: Terms, report: Report
) -> None:
    """Coins of the hot wallet that the chain shows as spent, and no row says by what."""
    known = {one.txid for one in signed or ()}
    for txid in strangers(max(restoration.height - BEFORE, 0)):
        if txid in known:
            continue  # told above
        if not terms.by_chain:
            report.problems.append(f"coins were spent by {txid}, which no signer of ours says it has signed")
            continue
        try:
            adopt(as_signed(txid), terms.owners)
            report.found_again.append(txid)
        except Unresolved as error:
            report.problems.append(f"{_UNRESOLVED}{error}")


def _skipped_coins(restoration: Restoration) -> int:
    """Coins at places that were given out after the snapshot: whose they are people have to say."""
    found = 0
    for wallet, branch, first, after in skipped_scripts(restoration):
        at = Coin.objects.filter(watched__wallet=wallet, watched__branch=branch, watched__trail="REFILL")
        found += at.filter(watched__index__gte=first, watched__index__lt=after).count()
    return found


@transaction.atomic
def _keep(restoration: Restoration, report: Report, now: datetime) -> None:
    content: dict[str, Any] = asdict(report)
    restoration.report = content
    restoration.reconciled_at = None if report.problems else now
    restoration.save(update_fields=["report", "reconciled_at"])
    record_audit(
        origin=Origin(),
        action="custody.reconciled" if not report.problems else "custody.not_reconciled",
        subject=f"custody:stop:{restoration.stop_id}",
        after=content | {"found_again": report.found_again[:100], "problems": report.problems[:100]},
    )
