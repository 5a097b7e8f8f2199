"""Sends what is to be told: a message of all that waits, by each channel at most once a turn, side by side.

Receivers are others' machines: one that fails is left alone ever longer, and keeps nobody waiting.
"""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from django.db import transaction

from health.alerting.channels.shape import MAX_WORD, Channel, Outcome
from health.alerting.messages import Item
from health.alerting.registry import Severity, alerts, runbook_url
from health.models import AlertReceiver, AlertTelling, TellingKind, TellingStatus

BATCH = 200  # tellings in one message; of most of them it says the name alone
BUDGET_S = 10.0
PAUSES_S = (15, 30, 60, 120, 300, 600)
TRIES = 3  # of what a receiver says it will never take
WINDOW = timedelta(minutes=10)
MOST_MESSAGES = 12  # of one channel within the window: then what waits is gathered
MOST_WITH_PAGES = 24  # where somebody is to be woken

logger = logging.getLogger(__name__)
_pool = ThreadPoolExecutor(8, thread_name_prefix="alerts")
_under_way: dict[str, Future[Outcome]] = {}  # of channels that did not end within a turn


def send_due(channels: Sequence[Channel], house: str, now: datetime) -> int:
    """How many messages were taken."""
    begun: list[tuple[Channel, list[AlertTelling]]] = []
    for channel in channels:
        waiting = _waiting(channel.name, now)
        if waiting:
            begun.append((channel, waiting))
            items = [item_of(one) for one in waiting]
            _under_way[channel.name] = _pool.submit(channel.send, house, items)
    wait([_under_way[channel.name] for channel, _ in begun], timeout=BUDGET_S)
    outcomes = [(channel, waiting, _outcome(channel.name)) for channel, waiting in begun]
    for channel, waiting, outcome in outcomes:
        _write_down(channel.name, waiting, outcome, now)
    return sum(outcome.taken > 0 for _, _, outcome in outcomes)


def _waiting(channel: str, now: datetime) -> list[AlertTelling]:
    kept = _under_way.get(channel)
    if kept is not None and not kept.done():
        return []
    receiver = AlertReceiver.objects.filter(channel=channel).first()
    if receiver is not None and receiver.paused_until is not None and receiver.paused_until > now:
        return []
    rows = AlertTelling.objects.filter(channel=channel, status=TellingStatus.WAITING)
    found = list(rows.select_related("episode").order_by("pk")[:BATCH])
    wakes = any(_wakes(one) for one in found)
    return (
        found if found and _sent_lately(channel, now) < (MOST_WITH_PAGES if wakes else MOST_MESSAGES) else []
    )


def _wakes(telling: AlertTelling) -> bool:
    return telling.kind == TellingKind.FIRED and telling.episode.severity == Severity.PAGE


def _sent_lately(channel: str, now: datetime) -> int:
    rows = AlertTelling.objects.filter(channel=channel, sent_at__gt=now - WINDOW)
    return rows.values("sent_at").distinct().count()


def item_of(telling: AlertTelling) -> Item:
    episode = telling.episode
    known = {alert.name: alert for alert in alerts()}.get(episode.name)
    return Item(
        kind=telling.kind,
        name=episode.name,
        severity=episode.severity,
        summary=episode.summary,
        stake=known.stake if known else "",
        runbook=runbook_url(episode.name),
        key=episode.fingerprint[:32],
        labels=tuple(sorted(episode.labels.items())),
        began_at=episode.fired_at or episode.began_at,
        ended_at=episode.resolved_at if telling.kind == TellingKind.RESOLVED else None,
    )


def _outcome(channel: str) -> Outcome:
    """A mistake of ours with one channel leaves the others alone; so does one that hangs."""
    future = _under_way[channel]
    if not future.done():
        return Outcome(0, "TIMEOUT")
    del _under_way[channel]
    mistake = future.exception()
    if mistake is None:
        return future.result()
    logger.error("alerts could not be sent by %s: %s", channel, type(mistake).__name__)
    return Outcome(0, "INTERNAL")


@transaction.atomic
def _write_down(channel: str, waiting: Sequence[AlertTelling], outcome: Outcome, now: datetime) -> None:
    taken, left = waiting[: outcome.taken], waiting[outcome.taken :]
    rows = AlertTelling.objects
    rows.filter(pk__in=[one.pk for one in taken]).update(
        status=TellingStatus.SENT, sent_at=now, last_error=""
    )
    if outcome.error:
        blamed = left[: outcome.blamed] if outcome.blamed else left
        for one in blamed:
            one.attempts += outcome.is_permanent
            one.last_error = outcome.error[:MAX_WORD]
            if one.attempts >= TRIES:
                one.status = TellingStatus.GIVEN_UP
        rows.bulk_update(blamed, ["attempts", "last_error", "status"])
    _note_receiver(channel, outcome, now)


def _note_receiver(channel: str, outcome: Outcome, now: datetime) -> None:
    receiver, _ = AlertReceiver.objects.get_or_create(channel=channel)
    receiver.last_tried_at = now
    receiver.last_error = outcome.error[:MAX_WORD]
    if outcome.error:
        pause_s = max(PAUSES_S[min(receiver.failures, len(PAUSES_S) - 1)], outcome.wait_s)
        receiver.failures += 1
        receiver.failing_since = receiver.failing_since or now
        receiver.paused_until = now + timedelta(seconds=pause_s)
        logger.warning("alerts are not taken by %s: %s", channel, outcome.error)
    else:
        receiver.failures, receiver.failing_since, receiver.paused_until = 0, None, None
        receiver.last_taken_at = now
    receiver.save()


def send_at_once(channels: Sequence[Channel], house: str, items: Sequence[Item]) -> dict[str, Outcome]:
    """Beside all that waits and is kept: for tests by an operator, and while no database is there."""
    futures = {channel.name: _pool.submit(channel.send, house, items) for channel in channels}
    ends = time.monotonic() + BUDGET_S
    found: dict[str, Outcome] = {}
    for name, future in futures.items():
        wait([future], timeout=max(ends - time.monotonic(), 0))
        if not future.done():
            found[name] = Outcome(0, "TIMEOUT")
        else:
            found[name] = Outcome(0, "INTERNAL") if future.exception() else future.result()
    return found
