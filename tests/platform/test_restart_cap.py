"""Who ends again and again is held back and says why, until it has stayed up or somebody has it started."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.children import ChildProcess
from config.supervisor import (
    HELD_SECONDS,
    ORDER_SECONDS,
    RESTARTS_ALLOWED,
    WELL_SECONDS,
    WINDOW_SECONDS,
    Restarted,
    Supervisor,
    stop_all,
)
from tests.platform.bench import Bench, end
from tests.platform.processes import await_end


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    stop_all(bench.children, grace_seconds=0)


def end_and_start(bench: Bench, supervisor: Supervisor, child: ChildProcess) -> None:
    end(child)
    supervisor.run_once()
    bench.clock.seconds += HELD_SECONDS
    supervisor.run_once()
    assert child.poll() is None


def hold_back(bench: Bench) -> tuple[Supervisor, ChildProcess]:
    """It has ended once more than it may, and waits."""
    child = bench.child("sleeper", "sleep 60")
    supervisor = bench.supervise(child)
    for _ in range(RESTARTS_ALLOWED):
        end_and_start(bench, supervisor, child)
    end(child)
    supervisor.run_once()
    return supervisor, child


def is_held(supervisor: Supervisor) -> bool:
    return supervisor.watched[0].held


def test_after_too_many_ends_in_the_window_it_is_tried_rarely(bench: Bench) -> None:
    supervisor, _ = hold_back(bench)
    (watched,) = supervisor.watched
    assert watched.held
    assert watched.reason == "was ended by signal 9"
    assert max(bench.delays()[:-1]) < bench.delays()[-1] == HELD_SECONDS
    bench.clock.seconds += HELD_SECONDS - 1
    assert supervisor.run_once() is False
    bench.clock.seconds += 1
    assert supervisor.run_once() is True
    assert isinstance(bench.told[-1], Restarted)
    assert watched.held


def test_it_is_well_again_once_it_has_stayed_up(bench: Bench) -> None:
    supervisor, child = hold_back(bench)
    bench.clock.seconds += HELD_SECONDS
    supervisor.run_once()
    bench.clock.seconds += WELL_SECONDS - 1
    supervisor.run_once()
    assert is_held(supervisor)
    bench.clock.seconds += 1
    supervisor.run_once()
    assert not is_held(supervisor)
    end(child)
    supervisor.run_once()
    assert bench.delays()[-1] == 0.2


def test_ends_that_are_long_ago_do_not_count(bench: Bench) -> None:
    child = bench.child("sleeper", "sleep 60")
    supervisor = bench.supervise(child)
    for _ in range(RESTARTS_ALLOWED + 2):
        end_and_start(bench, supervisor, child)
        bench.clock.seconds += WINDOW_SECONDS / RESTARTS_ALLOWED
    assert not supervisor.watched[0].held


def test_nothing_counts_while_what_everybody_needs_is_away(bench: Bench) -> None:
    child = bench.child("sleeper", "sleep 60")
    supervisor = bench.supervise(child)
    supervisor.is_counting = False
    for _ in range(RESTARTS_ALLOWED + 2):
        end_and_start(bench, supervisor, child)
    assert not supervisor.watched[0].held


def test_an_order_ends_in_order_and_starts_without_delay(bench: Bench) -> None:
    child = bench.child("sleeper", "sleep 60")
    supervisor = bench.supervise(child)
    first = child.pid
    supervisor.restart(child, "an operator")
    await_end(first)
    supervisor.run_once()
    supervisor.run_once()
    assert bench.delays() == [0.0]
    assert child.poll() is None
    assert child.pid != first
    assert not supervisor.watched[0].ends


def test_an_order_starts_what_was_held_back_and_forgives_it(bench: Bench) -> None:
    supervisor, child = hold_back(bench)
    supervisor.restart(child, "an operator")
    assert supervisor.run_once() is True
    assert child.poll() is None
    assert not supervisor.watched[0].held
    assert not supervisor.watched[0].ends


def test_who_does_not_end_as_told_is_killed(bench: Bench) -> None:
    stubborn = bench.child("stubborn", """sh -c 'trap "" TERM; echo ready; while :; do sleep 60; done'""")
    supervisor = bench.supervise(stubborn)
    while "ready" not in stubborn.log.read_text():
        pass
    first = stubborn.pid
    supervisor.restart(stubborn, "an operator")
    supervisor.run_once()
    assert stubborn.pid == first
    bench.clock.seconds += ORDER_SECONDS
    supervisor.run_once()
    supervisor.run_once()
    supervisor.run_once()
    assert stubborn.pid != first
    assert stubborn.poll() is None


def test_what_hangs_is_killed_with_its_reason(bench: Bench) -> None:
    child = bench.child("sleeper", "sleep 60")
    supervisor = bench.supervise(child)
    supervisor.end_hung(child, "stopped beating")
    supervisor.run_once()
    (watched,) = supervisor.watched
    assert watched.reason == "stopped beating"
    assert len(watched.ends) == 1


@pytest.mark.parametrize(("code", "words"), [("0", "0"), ("3", "3")])
def test_the_reason_says_how_it_ended(bench: Bench, code: str, words: str) -> None:
    child = bench.child("ender", f"sh -c 'exit {code}'")
    supervisor = bench.supervise(child)
    await_end(child.pid)
    supervisor.run_once()
    assert supervisor.watched[0].reason == f"ended with exit code {words}"
