"""Runs every check, side by side and within a time limit, so that one that hangs delays nobody.

An answer is kept for a second: however often it is asked for, the house is looked at once.
"""

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from health.registry import Check, Finding
from health.rules import Overall, Status, overall

logger = logging.getLogger(__name__)

LIMIT_S = 0.7
FRESH_S = 1.0
PATIENCE_S = (
    2.5  # so long what was found before stands for a check that does not answer: a crowd is no outage
)


@dataclass(frozen=True, slots=True)
class Examined:
    """One finding of one check, and since when (monotonic seconds) its status is what it is."""

    check: Check
    finding: Finding
    since: float

    @property
    def name(self) -> str:
        subject = self.finding.subject
        return f"{self.check.name} {subject}" if subject else self.check.name


@dataclass(frozen=True, slots=True)
class Report:
    examined: Sequence[Examined]
    at: float

    @property
    def overall(self) -> Overall:
        return overall((one.check.critical, one.finding.status) for one in self.examined)

    @property
    def stopped(self) -> set[str]:
        """The capabilities that something failing stops."""
        failing = (one for one in self.examined if one.finding.status is Status.FAIL)
        return {name for one in failing for name in one.check.stops}


class Examiner:
    """Of one process. `report` may be called from any thread."""

    def __init__(
        self,
        checks: Sequence[Check],
        *,
        limit_s: float = LIMIT_S,
        fresh_s: float = FRESH_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._checks = checks
        self._limit_s = limit_s
        self._fresh_s = fresh_s
        self._patience_s = patience_s
        self._before: dict[str, Sequence[Finding]] = {}
        # Each check that asks the database has a connection meanwhile.
        most = min(len(checks), 2 * settings.POOL_CONNECTIONS)
        self._pool = ThreadPoolExecutor(max(1, most), thread_name_prefix="health")
        self._running: dict[str, tuple[Future[Sequence[Finding]], float]] = {}
        self._since: dict[tuple[str, str], tuple[Status, float]] = {}
        self._report: Report | None = None
        self._lock = threading.Lock()

    def report(self) -> Report:
        with self._lock:
            if self._report is None or time.monotonic() - self._report.at > self._fresh_s:
                self._report = self._examine()
            return self._report

    def _examine(self) -> Report:
        for check in self._checks:
            if check.name not in self._running:  # one that still hangs is not begun a second time
                self._running[check.name] = (self._pool.submit(_run, check), time.monotonic())
        wait([future for future, _ in self._running.values()], timeout=self._limit_s)
        found = [(check, finding) for check in self._checks for finding in self._collect(check)]
        now = time.monotonic()
        keys = {(check.name, finding.subject) for check, finding in found}
        self._since = {key: value for key, value in self._since.items() if key in keys}
        return Report(
            [Examined(check, finding, self._note(check, finding, now)) for check, finding in found], now
        )

    def _collect(self, check: Check) -> Sequence[Finding]:
        future, begun = self._running[check.name]
        if not future.done():
            waited_s = time.monotonic() - begun
            if waited_s < self._patience_s and check.name in self._before:
                return self._before[check.name]
            return [Finding(Status.FAIL, f"no answer for {int(waited_s * 1000)} ms")]
        del self._running[check.name]
        found = self._before[check.name] = future.result()
        return found

    def _note(self, check: Check, finding: Finding, now: float) -> float:
        key = (check.name, finding.subject)
        status, since = self._since.get(key, (None, now))
        if status is not finding.status:
            since = now
        self._since[key] = (finding.status, since)
        return since

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _run(check: Check) -> Sequence[Finding]:
    try:
        return check.run()
    except Exception as error:
        logger.debug("the check %s failed", check.name, exc_info=error)
        return [Finding(Status.FAIL, f"cannot be asked: {type(error).__name__}")]
    finally:
        connection.close()  # rarely asked, so a connection per check would be kept for nothing
