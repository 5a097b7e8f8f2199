"""Several who follow the chain, or act for one vault, at the same moment; and who dies in the middle."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection

from access.errors import DomainError
from tests.platform.processes import environment
from tests.vaults.collateral.scene import BTC, HOME, Life, assert_all_is_true, new_key
from vaults.models import CollateralWithdrawal, VaultCoin
from vaults.services import collateral
from vaults.services.coins import follow

pytestmark = pytest.mark.long

FOLLOW = "from vaults.tasks import follow_coins; follow_coins()"


def at_once(deeds: Sequence[Callable[[], object]]) -> list[object]:
    """What each gave, or the refusal that it met."""
    ready = threading.Barrier(len(deeds))

    def act(deed: Callable[[], object]) -> object:
        ready.wait()
        try:
            return deed()
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(act, deeds))


def test_two_followers_credit_once(life: Life) -> None:
    for _ in range(8):
        life.send(BTC)
    life.house.node.mine()
    life.house.watch()
    at_once([lambda: follow(life.now)] * 4)
    follow(life.now)
    assert life.vault.collateral_sats == 8 * BTC
    assert set(VaultCoin.objects.values_list("credits", flat=True)) == {1}
    assert life.events().count("COLLATERAL_ADDED") == 1
    assert_all_is_true()


def test_of_many_who_take_all_one_does(life: Life) -> None:
    life.deposit(BTC)
    asks = [collateral.Take(life.owner_id, life.vault_id, new_key(), BTC * 9 // 10, HOME) for _ in range(6)]
    answers = at_once([lambda ask=ask: collateral.withdraw(ask, life.now) for ask in asks])  # type: ignore[misc]
    assert sum(isinstance(one, CollateralWithdrawal) for one in answers) == 1, answers
    assert {one for one in answers if isinstance(one, str)} == {"INSUFFICIENT_COLLATERAL"}
    assert_all_is_true()


def test_one_key_at_once_is_one_withdrawal(life: Life) -> None:
    for _ in range(3):
        life.send(BTC)
    life.mine()
    ask = collateral.Take(life.owner_id, life.vault_id, new_key(), BTC // 2, HOME)
    answers = at_once([lambda: collateral.withdraw(ask, life.now)] * 4)
    assert len({one.pk for one in answers if isinstance(one, CollateralWithdrawal)}) == 1
    assert CollateralWithdrawal.objects.count() == 1


def test_signing_and_canceling_at_once_is_one_of_them(life: Life) -> None:
    life.deposit(2 * BTC)
    row = life.take(BTC // 2)
    text = life.wallet.signed(row.psbt)
    answers = at_once([lambda: life.sign(row, text), lambda: life.cancel(row), lambda: follow(life.now)])
    assert answers.count("INVALID_STATE") == 1
    row.refresh_from_db()
    assert row.status in ("SIGNED", "CANCELED")
    assert_all_is_true()


def run(life: Life, database_url: str, fault: str) -> int:
    """One turn of a worker that dies at this point."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", FOLLOW],
        cwd=settings.BASE_DIR,
        env=environment(
            DATABASE_URL=database_url,
            REDIS_URL=settings.REDIS_URL,
            BALLAST_CUSTODY="1",
            BALLAST_BITCOIN_NETWORK="regtest",
            BALLAST_CHAIN=life.house.url,
            BALLAST_VAULT_FAULT=fault,
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


@pytest.mark.faults
@pytest.mark.parametrize("step", ["coins_following", "coins_followed"])
def test_who_credits_is_killed(life: Life, database_url: str, step: str) -> None:
    life.send(BTC)
    life.send(BTC)
    life.house.node.mine()
    life.house.watch()
    assert run(life, database_url, f"{step}:1") == -signal.SIGKILL
    assert_all_is_true()
    assert run(life, database_url, "") == 0
    assert (life.vault.status, life.vault.collateral_sats) == ("ACTIVE", 2 * BTC)
    assert life.events() == ["OPENED", "COLLATERAL_ADDED"]
    assert_all_is_true()


@pytest.mark.faults
@pytest.mark.parametrize("step", ["following", "followed"])
def test_who_follows_a_withdrawal_to_its_block_is_killed(life: Life, database_url: str, step: str) -> None:
    life.deposit(2 * BTC)
    row = life.take(BTC)
    life.sign(row)
    life.house.turn()
    assert run(life, database_url, f"spends_{step}:1") == -signal.SIGKILL
    assert_all_is_true()
    assert run(life, database_url, "") == 0
    assert life.statuses() == ["BROADCAST"]

    life.house.mine()
    assert run(life, database_url, f"coins_{step}:1") == -signal.SIGKILL
    assert_all_is_true()
    assert run(life, database_url, "") == 0
    assert life.statuses() == ["CONFIRMED"]
    assert life.events().count("WITHDRAWAL_CONFIRMED") == 1
    assert life.vault.collateral_sats == BTC - row.fee_sats
    assert_all_is_true()
