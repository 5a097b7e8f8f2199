"""Worker, watcher and co-signer as processes that are killed with -9 at each step: all happens once."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from custody.bitcoin.types import Role
from custody.dev_chain.calls_transactions import FEE_RATE
from custody.models import Spend, SpendVersion, Withdrawal
from custody.rules.terms import Terms
from custody.services.spending.outside import Outside
from ledger.models import Transfer
from ledger.rules import Purpose
from tests.custody.support.cosigners import SECRET, Cosigner
from tests.custody.support.house import balance
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    latest,
    only_spend,
    withdrawal_statuses,
)
from tests.custody.withdrawals.scene import Customer, later
from tests.platform.processes import environment
from tests.support.represented import represented
from tests.support.waiting import wait_for

pytestmark = pytest.mark.faults

PAY = "from custody.tasks import pay; pay()"
REVIEW = (
    "from custody.services.spending.settle import review;"
    "from custody.services.position import read_position; review(read_position())"
)
STEPS = [
    "spend_planning",
    "spend_planned",
    "spend_asking",
    "spend_signed",
    "spend_kept",
    "spend_telling",
    "spend_told",
]
SETTLING = ["spend_settling", "spend_settled"]
BUMPING = ["spend_bumping", "spend_bumped"]
IN_THE_COSIGNER = ["admitted", "signed", "kept", "answering"]


@dataclass
class Workshop:
    """The house with a co-signer in a process, and processes that do one thing for it."""

    house: PayingHouse
    cosigner: Cosigner
    env: dict[str, str]

    def run(self, code: str, fault: str = "") -> int:
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
            cwd=settings.BASE_DIR,
            env={**self.env, "BALLAST_CUSTODY_FAULT": fault},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        wait_for("PostgreSQL to end its session", _holds_no_lock)
        return done.returncode

    def finish(self) -> None:
        """A turn of another worker, and what follows in the chain."""
        self.house.turn()
        self.house.watch()
        self.house.mine()


def _holds_no_lock() -> bool:
    """PostgreSQL sees a little later that a client was killed; until then its turn counts as under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE locktype = 'advisory' AND datname = current_database() AND pid <> pg_backend_pid())"
        )
        row = cursor.fetchone()
    return bool(row and row[0])


@pytest.fixture
def workshop(house: PayingHouse, database_url: str, tmp_path: Path) -> Iterator[Workshop]:
    cosigner = Cosigner(tmp_path, "hot", "hot").start()
    house.outside = Outside(house.source, {Role.HOT: cosigner.signer(Role.HOT)})
    env = environment(
        DATABASE_URL=database_url,
        REDIS_URL=settings.REDIS_URL,
        BALLAST_CUSTODY="1",
        BALLAST_BITCOIN_NETWORK="regtest",
        BALLAST_CHAIN=house.url,
        BALLAST_SIGNER_HOT=cosigner.url,
        BALLAST_SIGNER_HOT_SECRET=SECRET,
    )
    yield Workshop(house, cosigner, env)
    cosigner.kill()


def assert_paid_once() -> None:
    assert withdrawal_statuses() == ["CONFIRMED"] * Withdrawal.objects.count()
    assert set(Withdrawal.objects.values_list("settlements", flat=True)) == {1}
    assert Spend.objects.filter(status="SETTLED").count() == 1
    settled = Transfer.objects.filter(code="withdrawal_settled")
    assert settled.count() == Withdrawal.objects.count()
    assert balance(Purpose.WITHDRAWALS) == 0
    assert_all_is_true()


@pytest.mark.parametrize("step", represented(STEPS, by=["spend_signed", "spend_told"]))
def test_a_worker_is_killed(workshop: Workshop, alice: Customer, bob: Customer, step: str) -> None:
    alice.ask(BTC)
    bob.ask(BTC // 2, now=later(1))
    assert workshop.run(PAY, f"{step}:1") == -signal.SIGKILL

    workshop.house.turn(minutes=2)
    workshop.finish()

    assert_paid_once()


@pytest.mark.parametrize("step", represented(SETTLING, by=["spend_settled"]))
def test_who_settles_is_killed(workshop: Workshop, alice: Customer, step: str) -> None:
    alice.ask(BTC)
    workshop.house.pay()
    workshop.house.node.mine()
    while workshop.house.watcher._follow():  # the facts are told, and nothing follows from them yet
        pass
    assert workshop.run(REVIEW, f"{step}:1") == -signal.SIGKILL
    workshop.house.watch()
    assert_paid_once()


@pytest.mark.parametrize("step", represented(BUMPING, by=["spend_bumped"]))
def test_a_worker_that_bumps_is_killed(workshop: Workshop, alice: Customer, step: str) -> None:
    workshop.house.node.set(FEE_RATE, "2000")
    alice.ask(BTC)
    workshop.house.pay()
    workshop.house.mine_empty(Terms().bump_after_blocks)
    workshop.house.node.set(FEE_RATE, "20000")
    assert workshop.run(PAY, f"{step}:1") == -signal.SIGKILL

    workshop.house.turn(minutes=2)

    assert latest(only_spend()).number == 1
    assert SpendVersion.objects.count() == 2
    workshop.finish()
    assert_paid_once()


@pytest.mark.parametrize("step", represented(IN_THE_COSIGNER, by=["kept"]))
def test_the_cosigner_is_killed(workshop: Workshop, alice: Customer, step: str) -> None:
    alice.ask(BTC)
    workshop.cosigner.kill()
    workshop.cosigner.start(f"{step}:1")
    assert workshop.run(PAY) == 0
    workshop.cosigner.await_end()
    assert withdrawal_statuses() == ["SIGNING"]

    workshop.cosigner.start()
    workshop.house.turn(minutes=1)
    workshop.finish()

    assert_paid_once()


def test_two_workers_at_once_plan_and_tell_once(workshop: Workshop, alice: Customer) -> None:
    for number in range(4):
        alice.ask(BTC // 4, now=later(number))
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PAY]
    workers = [subprocess.Popen(command, cwd=settings.BASE_DIR, env=workshop.env) for _ in range(2)]
    assert [one.wait(120) for one in workers] == [0, 0]
    assert Spend.objects.count() == 1
    assert latest(only_spend()).tellings == 1
    workshop.finish()
    assert_paid_once()
