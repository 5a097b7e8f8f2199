"""The supervisor restarts what ends, ever later while it keeps ending, and leaves nothing behind."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.children import open_log, put_aside, tail
from config.supervisor import Ended, Restarted, next_delay, stop_all
from tests.platform.bench import Bench, end
from tests.platform.processes import await_end, python, read_line


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    stop_all(bench.children, grace_seconds=0)


def test_nothing_happens_while_all_run(bench: Bench) -> None:
    supervisor = bench.supervise(bench.child("sleeper", "sleep 60"))
    assert supervisor.run_once() is False
    assert bench.told == []


def test_a_child_that_ended_starts_again_after_the_delay(bench: Bench) -> None:
    sleeper, other = bench.child("sleeper", "sleep 60"), bench.child("other", "sleep 60")
    supervisor = bench.supervise(sleeper, other)
    first_pid, other_pid = sleeper.pid, other.pid
    end(sleeper)

    assert supervisor.run_once() is True
    assert bench.told == [Ended(sleeper, -signal.SIGKILL, 0.2)]
    assert supervisor.run_once() is False
    bench.clock.seconds += 0.2
    assert supervisor.run_once() is True

    assert bench.told[1:] == [Restarted(sleeper, 1)]
    assert sleeper.poll() is None
    assert sleeper.pid != first_pid
    assert other.pid == other_pid


def test_delays_grow_while_it_keeps_ending(bench: Bench) -> None:
    child = bench.child("broken", "false")
    supervisor = bench.supervise(child)
    for _ in range(5):
        await_end(child.pid)
        supervisor.run_once()
        bench.clock.seconds += 5
        supervisor.run_once()
    assert bench.delays() == [0.2, 0.4, 0.8, 1.6, 3.2]
    assert next_delay(3.2, up_seconds=0) == next_delay(5.0, up_seconds=0) == 5.0


def test_a_child_that_was_up_for_a_while_starts_at_the_first_delay_again() -> None:
    assert next_delay(3.2, up_seconds=9.9) == 5.0
    assert next_delay(3.2, up_seconds=10.0) == 0.2
    assert next_delay(0, up_seconds=0) == 0.2


def test_a_child_that_cannot_start_does_not_end_the_others(bench: Bench) -> None:
    sleeper, unlucky = bench.child("sleeper", "sleep 60"), bench.child("unlucky", "sleep 60")
    supervisor = bench.supervise(unlucky, sleeper)
    end(unlucky)
    end(sleeper)
    supervisor.run_once()
    unlucky.log = bench.folder / "missing" / "unlucky.log"
    bench.clock.seconds += 0.2
    supervisor.run_once()

    failed = bench.told[2]
    assert isinstance(failed, Ended)
    assert failed.exit_code is None
    assert "No such file" in failed.reason
    assert bench.told[3] == Restarted(sleeper, 1)


def test_stopping_asks_first_and_then_kills(bench: Bench) -> None:
    gentle = bench.child("gentle", "sleep 60")
    stubborn = bench.child("stubborn", """sh -c 'trap "" TERM; echo ready; while :; do sleep 60; done'""")
    bench.supervise(gentle, stubborn)
    while "ready" not in tail(stubborn.log):
        os.sched_yield()
    stop_all([gentle, stubborn], grace_seconds=0.2)
    assert gentle.poll() == -signal.SIGTERM
    assert stubborn.poll() == -signal.SIGKILL


def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from config.children import ChildProcess
child = ChildProcess("a", "sleep 60", log=Path(sys.argv[1]), env=dict(os.environ), cwd=Path("/"))
child.start()
print(child.pid, flush=True)
signal.pause()
"""
    with python(script, tmp_path / "a.log") as supervisor:
        pid = int(read_line(supervisor))
        supervisor.kill()
        await_end(pid)


def test_a_long_log_is_put_aside_at_a_start(bench: Bench) -> None:
    child = bench.child("chatty", "echo hello")
    child.log.write_bytes(b"x" * 10_000_001)
    child.start()
    await_end(child.pid)
    assert child.log.read_text() == "hello\n"
    assert (bench.folder / "chatty.log.1").stat().st_size == 10_000_001


def test_a_log_that_grows_too_long_is_put_aside_while_it_is_written(bench: Bench) -> None:
    child = bench.child("chatty", "sh -c 'echo before; read _ < go; echo after'")
    os.mkfifo(bench.folder / "go")
    bench.supervise(child)
    while "before" not in tail(child.log):
        os.sched_yield()
    with child.log.open("ab") as log:
        log.write(b"x" * 10_000_000)
    put_aside(child.log)
    (bench.folder / "go").write_text("\n")
    await_end(child.pid)
    assert child.log.read_text() == "after\n"
    assert (bench.folder / "chatty.log.1").stat().st_size == 10_000_000 + len("before\n")


def test_a_log_is_for_its_owner_only(bench: Bench) -> None:
    child = bench.child("chatty", "echo hello")
    child.log.write_text("from before\n")
    child.log.chmod(0o644)
    child.start()
    await_end(child.pid)
    assert child.log.stat().st_mode & 0o777 == 0o600
    assert child.log.read_text() == "from before\nhello\n"


def test_a_device_as_log_keeps_its_mode() -> None:
    master, terminal = os.openpty()
    os.fchmod(terminal, 0o620)
    open_log(Path(os.ttyname(terminal))).close()
    assert os.fstat(terminal).st_mode & 0o777 == 0o620
    os.close(master)
    os.close(terminal)
