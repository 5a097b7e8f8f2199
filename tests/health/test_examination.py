"""All checks are run side by side: one that hangs or breaks is a finding, and delays no other."""

import threading
import time
from collections.abc import Callable, Sequence

from health.examination import Examiner, Report
from health.registry import Check, Finding
from health.rules import Overall, Status, overall


def fine() -> Sequence[Finding]:
    return [Finding(Status.OK)]


def broken() -> Sequence[Finding]:
    raise RuntimeError("postgresql://user:secret@host")


def found(report: Report) -> dict[str, Status]:
    return {one.name: one.finding.status for one in report.examined}


def examiner(*checks: Check, fresh_s: float = 0.0) -> Examiner:
    return Examiner(checks, limit_s=0.2, fresh_s=fresh_s)


def test_a_check_that_hangs_delays_nobody_and_is_begun_once() -> None:
    held, begun = threading.Event(), []

    def hang() -> Sequence[Finding]:
        begun.append(1)
        held.wait()
        return fine()

    asked = examiner(Check("hangs", "", hang), Check("fine", "", fine))
    for _ in range(3):
        began = time.monotonic()
        report = asked.report()
        assert time.monotonic() - began < 0.5
        assert found(report) == {"hangs": Status.FAIL, "fine": Status.OK}
    assert len(begun) == 1
    held.set()
    deadline = time.monotonic() + 5
    while found(asked.report())["hangs"] is not Status.OK:
        assert time.monotonic() < deadline
    asked.close()


def test_a_check_that_breaks_has_failed_and_says_no_secret() -> None:
    (one,) = examiner(Check("broken", "", broken)).report().examined
    assert one.finding.status is Status.FAIL
    assert one.finding.message == "cannot be asked: RuntimeError"


def test_an_answer_is_kept_for_a_while() -> None:
    runs: list[int] = []

    def counted() -> Sequence[Finding]:
        runs.append(1)
        return fine()

    asked = examiner(Check("counted", "", counted), fresh_s=60)
    assert asked.report() is asked.report()
    assert len(runs) == 1


def test_it_says_since_when_a_status_is_what_it_is() -> None:
    state = [Status.OK]
    asked = examiner(Check("changing", "", lambda: [Finding(state[0])]))

    def since() -> float:
        return asked.report().examined[0].since

    first = since()
    assert since() == first
    state[0] = Status.FAIL
    failed = since()
    assert failed > first
    assert since() == failed


def test_what_fails_stops_what_it_names() -> None:
    asked = examiner(
        Check("a", "", broken, stops=("trading",)),
        Check("b", "", lambda: [Finding(Status.WARN)], stops=("login",)),
    )
    assert asked.report().stopped == {"trading"}


def test_the_house_is_down_where_something_critical_fails() -> None:
    judge: Callable[..., Overall] = lambda *found: overall(found)  # noqa: E731
    assert judge((True, Status.OK), (False, Status.OK)) is Overall.OK
    assert judge((True, Status.WARN)) is Overall.DEGRADED
    assert judge((False, Status.FAIL)) is Overall.DEGRADED
    assert judge((True, Status.FAIL), (False, Status.OK)) is Overall.DOWN
    assert judge() is Overall.OK


def test_what_a_check_has_found_before_stands_for_a_while_when_it_hangs() -> None:
    held = threading.Event()
    held.set()

    def slow() -> Sequence[Finding]:
        held.wait()
        return fine()

    asked = Examiner([Check("slow", "", slow)], limit_s=0.1, fresh_s=0.0, patience_s=1.0)
    assert found(asked.report()) == {"slow": Status.OK}
    held.clear()
    began = time.monotonic()
    assert found(asked.report()) == {"slow": Status.OK}
    while found(asked.report())["slow"] is Status.OK:
        assert time.monotonic() - began < 10
    assert time.monotonic() - began >= 1.0
    held.set()
    asked.close()
