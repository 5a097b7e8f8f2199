"""Who tells when nobody else can: a web process, where tasks do not run or the database is away.

Tasks need beat, the broker and a worker: what is most worth telling is that one of them is gone. Without a
database nothing is kept, so an outage of it is told once by each web process that sees it, or, while Redis is
there, by one of them.
"""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone
from redis.exceptions import RedisError

from health.alerting.channels.configured import channels, house_name
from health.alerting.episodes import fingerprint
from health.alerting.messages import Item
from health.alerting.notifier import run_once
from health.alerting.registry import alerts, runbook_url
from health.alerting.sending import send_at_once
from health.examination import Examiner
from health.models import NotifierTurn
from health.rules import Status
from health.store import open_redis

LATE = timedelta(seconds=60)  # four turns of the task
OUTAGE = "DatabaseAway"
OUTAGE_AFTER = timedelta(seconds=30)
TOLD_BY_ONE_S = 3_600
_TOLD = "health:alerts:outage"

logger = logging.getLogger(__name__)


class StandIn:
    """Of one process; `look` belongs to one thread at a time."""

    def __init__(self, examiner: Examiner) -> None:
        self._examiner = examiner
        self._away_since: datetime | None = None
        self._is_told = False

    def look(self, now: datetime) -> bool:
        """Whether it took a turn, or told of an outage."""
        if self._database_is_away():
            return self._note_outage(now)
        told = self._tell_end(now)
        self._away_since = None
        return self._take_turn(now) or told

    def look_now(self) -> None:
        """In a thread that does nothing else for a while."""
        try:
            self.look(timezone.now())
        except Exception as error:  # noqa: BLE001 (whatever is wrong, it looks again)
            logger.error("alerts could not be looked at: %s", type(error).__name__)  # noqa: TRY400
        finally:
            connection.close()

    def _database_is_away(self) -> bool:
        examined = self._examiner.report().examined
        return any(one.check.name == "database" and one.finding.status is Status.FAIL for one in examined)

    def _take_turn(self, now: datetime) -> bool:
        try:
            turn = NotifierTurn.objects.first()
            if turn is not None and turn.ran_at is not None and now - turn.ran_at < LATE:
                return False
            return run_once(self._examiner, now) is not None
        except DatabaseError as error:
            logger.warning("alerts cannot be looked at: %s", type(error).__name__)
            return False

    def _note_outage(self, now: datetime) -> bool:
        self._away_since = self._away_since or now
        if self._is_told or now - self._away_since < OUTAGE_AFTER:
            return False
        self._is_told = True
        if not _is_first():
            return False
        self._send(_outage("FIRED", self._away_since))
        return True

    def _tell_end(self, now: datetime) -> bool:
        """By whoever told: others' keys have been taken away by then."""
        if not self._is_told or self._away_since is None:
            return False
        self._is_told = False
        if not _was_first():
            return False
        self._send(_outage("RESOLVED", self._away_since, ended_at=now))
        return True

    def _send(self, item: Item) -> None:
        for name, outcome in send_at_once(channels(), house_name(), [item]).items():
            if outcome.error:
                logger.warning("alerts are not taken by %s: %s", name, outcome.error)


def _is_first() -> bool:
    """True too where nobody can say."""
    try:
        with open_redis() as redis:
            return bool(redis.set(_TOLD, b"1", nx=True, ex=TOLD_BY_ONE_S))
    except (RedisError, OSError):
        return True


def _was_first() -> bool:
    try:
        with open_redis() as redis:
            return bool(redis.delete(_TOLD))
    except (RedisError, OSError):
        return True


def _outage(kind: str, began_at: datetime, ended_at: datetime | None = None) -> Item:
    (alert,) = [one for one in alerts() if one.name == OUTAGE]
    return Item(
        kind=kind,
        name=alert.name,
        severity=alert.severity,
        summary=alert.summary,
        stake=alert.stake,
        runbook=runbook_url(alert.name),
        key=fingerprint(alert.name, ())[:32],
        labels=(),
        began_at=began_at,
        ended_at=ended_at,
    )
