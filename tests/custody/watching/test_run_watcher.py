"""`run_watcher` in processes of its own: it credits, stands by, may be killed anywhere, and leaves."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from custody.models import ChainPosition
from custody.rules.statuses import DepositStatus
from ledger.rules import Purpose
from tests.custody.support.fake_bitcoind import FakeBitcoind
from tests.custody.support.house import BTC, CustodyHouse, balance, funds, script_of, statuses
from tests.platform.processes import environment
from tests.support.invariants import assert_invariants_hold
from tests.support.represented import represented
from tests.support.waiting import WAIT_S, wait_for

pytestmark = pytest.mark.long

CREDITING = ["fetched", "connected", "told", "sighted", "settled", "credited", "reviewed"]
UNDOING = ["undone", "connected", "told", "settled", "taken_back", "reviewed"]


@contextmanager
def running(node: FakeBitcoind, database_url: str, fault: str = "") -> Iterator[subprocess.Popen[bytes]]:
    own = {
        "DATABASE_URL": database_url,
        "REDIS_URL": settings.REDIS_URL,
        "BALLAST_CUSTODY": "1",
        "BALLAST_BITCOIN_NETWORK": "regtest",
        "BALLAST_CHAIN": node.url,
        "BALLAST_SIGNER_HOT": "http://127.0.0.1:1",  # it is away: what is known is enough
        "BALLAST_SIGNER_HOT_SECRET": "of-a-signer-that-is-away-for-ever",
        "BALLAST_CUSTODY_POLL_SECONDS": "0.1",
        "BALLAST_CUSTODY_FAULT": fault,
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_watcher"],
        cwd=settings.BASE_DIR,
        env=environment(**own),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def await_tip(node: FakeBitcoind) -> None:
    def is_there() -> bool:
        position = ChainPosition.objects.first()
        tip = node.chain.tip.hash
        return position is not None and (position.block_hash, position.reviewed_number) == (
            tip,
            position.facts_number,
        )

    wait_for("the watcher to be at the tip", is_there)


@pytest.mark.faults
def test_one_credits_another_stands_by_and_takes_over(
    house: CustodyHouse, node: FakeBitcoind, database_url: str
) -> None:
    script = script_of("alice")
    with ExitStack() as stack:
        first, second = (stack.enter_context(running(node, database_url)) for _ in range(2))
        await_tip(node)
        node.chain.pay(script, BTC)
        wait_for("a sighting", lambda: statuses() == [DepositStatus.SEEN])
        node.chain.mine()
        wait_for("a credit", lambda: statuses() == [DepositStatus.CREDITED])

        first.kill()
        first.wait()
        node.chain.pay(script, BTC)
        node.chain.mine()
        wait_for("a second credit", lambda: funds("alice") == 2 * BTC)

        second.send_signal(signal.SIGTERM)
        assert second.wait(10) == 0
    assert_invariants_hold()


@pytest.mark.faults
@pytest.mark.parametrize("point", represented(CREDITING, by=["told", "credited"]))
def test_killed_anywhere_it_credits_once(
    house: CustodyHouse, node: FakeBitcoind, database_url: str, point: str
) -> None:
    house.watch()
    house.pay("alice", BTC, 2 * BTC)
    node.chain.mine()

    kill_at(point, node, database_url)
    house.restart()
    house.watch()

    assert (funds("alice"), balance(Purpose.HOT_WALLET)) == (3 * BTC, -3 * BTC)
    assert_invariants_hold()


@pytest.mark.faults
@pytest.mark.parametrize("point", represented(UNDOING, by=["taken_back"]))
def test_killed_anywhere_in_a_reorg_it_takes_back_once(
    house: CustodyHouse, node: FakeBitcoind, database_url: str, point: str
) -> None:
    house.watch()
    house.deposit("alice", BTC, 2 * BTC)
    node.chain.reorg(1, keep=False)

    kill_at(point, node, database_url)
    house.restart()
    house.watch()

    assert statuses() == [DepositStatus.REORGED] * 2
    assert (funds("alice"), balance(Purpose.HOT_WALLET)) == (0, 0)
    assert_invariants_hold()


def kill_at(point: str, node: FakeBitcoind, database_url: str) -> None:
    with running(node, database_url, fault=point) as process:
        assert process.wait(WAIT_S) == -signal.SIGKILL
    assert_invariants_hold()


def test_a_source_that_cannot_be_named_is_told(settings: Settings) -> None:
    settings.CHAIN_URL = "bitcoin://somewhere"
    for command in (["run_watcher"], ["rescan", "--from", "0"]):
        with pytest.raises(CommandError):
            call_command(*command)
