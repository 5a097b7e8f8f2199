"""`manage.py replay_market` as a person runs it: real processes, real queue, real database."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest
from django.conf import settings

from exchange.connections import engine_connection
from exchange.models import Market, Order
from exchange.verification import verify_journal
from ledger.selectors import identity_violations
from tests.exchange.recordings import ENDING, MATCHES, STREAM, match, write_recording

pytestmark = pytest.mark.long


class Replay(Protocol):
    def __call__(self, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def replay(database_url: str, redis: object) -> Replay:
    """No engine leads the shard, so the command brings its own."""
    env = {**os.environ, "DATABASE_URL": database_url, "BALLAST_DEMO": "1"}

    def run(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "replay_market", str(folder)],
            cwd=settings.BASE_DIR,
            env={**env, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )

    return run


def test_a_recording_is_reproduced_again_and_again_in_a_market_of_its_own(
    replay: Replay, tmp_path: Path
) -> None:
    recording = write_recording(tmp_path)
    for run in (1, 2):
        done = replay(recording)
        assert done.returncode == 0, done.stdout + done.stderr
        lines = done.stdout.splitlines()
        assert f"{MATCHES} of {MATCHES} matches identical" in lines
        assert "the final book equals the recorded one: 6 orders at 5 prices" in lines
        assert f"REPLAY{run}B-REPLAY{run}Q: 6 opening orders" in done.stdout
        assert "orders per second" in done.stdout
    assert Market.objects.count() == 2
    assert set(Order.objects.values_list("account__username", flat=True)) == {
        f"replay-{run}-{side}" for run in (1, 2) for side in ("buyer", "seller")
    }
    assert identity_violations() == []
    with engine_connection() as connection:
        assert verify_journal(connection, 0).problems == []


def test_a_falsified_match_is_reported(replay: Replay, tmp_path: Path) -> None:
    stream = [
        match("b2", "s1", "100.00", "0.3") if message == match("b2", "s1", "100.00", "0.2") else message
        for message in STREAM
    ]
    done = replay(write_recording(tmp_path, stream=stream))
    assert done.returncode == 1
    assert f"{MATCHES - 1} of {MATCHES} matches identical" in done.stdout
    assert "match 2: recorded b2 s1 10000 30000000, ours b2 s1 10000 20000000" in done.stdout
    assert "the final book equals the recorded one" in done.stdout


def test_two_orders_that_changed_places_in_a_queue_are_reported(replay: Replay, tmp_path: Path) -> None:
    first, earlier, later = ENDING["bids"]
    done = replay(write_recording(tmp_path, ending={**ENDING, "bids": [first, later, earlier]}))
    assert done.returncode == 1
    assert f"{MATCHES} of {MATCHES} matches identical" in done.stdout
    assert "the final book differs from the recorded one at 1 prices" in done.stdout
    assert "BUY at 9950 ticks: place 1 recorded l2 with 25000000 lots, ours l1" in done.stdout


def test_an_order_that_we_refuse_is_reported(replay: Replay, tmp_path: Path) -> None:
    nothing = {"type": "received", "order_id": "m9", "side": "sell", "order_type": "market"}
    done = replay(write_recording(tmp_path, stream=[*STREAM, nothing]))
    assert done.returncode == 1
    assert "1 commands refused" in done.stdout
    assert "INVALID_ORDER: 1" in done.stdout


def test_without_demo_mode_no_money_is_invented(replay: Replay, tmp_path: Path) -> None:
    done = replay(write_recording(tmp_path), BALLAST_DEMO="0")
    assert done.returncode == 1
    assert "demo mode only" in done.stderr


def test_servers_that_were_named_and_do_not_answer_are_not_replaced(replay: Replay, tmp_path: Path) -> None:
    nowhere = {"REDIS_URL": f"unix://{tmp_path}/nothing.sock"}
    done = replay(write_recording(tmp_path), **nowhere)
    assert done.returncode == 1
    assert "No answer from the servers" in done.stderr


def test_a_folder_without_a_recording_is_named(replay: Replay, tmp_path: Path) -> None:
    done = replay(tmp_path)
    assert done.returncode == 1
    assert "cannot read the recording" in done.stderr
