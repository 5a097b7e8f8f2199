"""The chain as a process of the table, and the command that talks to it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from redis import Redis

from config.children import ChildProcess, tail
from config.running import tell_others
from tests.platform.processes import environment, free_port, service
from tests.support.waiting import wait_for

pytestmark = pytest.mark.faults


class ChainHouse:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = environment(
            BALLAST_STATE_DIR=str(folder),
            BALLAST_DEV_CHAIN="1",
            BALLAST_BITCOIN_NETWORK="regtest",
            BALLAST_DEV_CHAIN_BIND=f"127.0.0.1:{free_port()}",
            BALLAST_DEV_CHAIN_PASSWORD="secret",
            REDIS_URL=settings.REDIS_URL,
        )

    def started(self, name: str = "chain") -> ChildProcess:
        process = service("chain", self.folder, self.env, name)
        process.start()
        return process

    def chain(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Of another terminal: it knows the state folder alone."""
        names = ("DATABASE_URL", "REDIS_URL", "BALLAST_DEMO")
        bare = {name: value for name, value in os.environ.items() if name not in names}
        bare["BALLAST_STATE_DIR"] = str(self.folder)
        command = [sys.executable, "manage.py", "chain", *words]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=bare, capture_output=True, text=True)

    def said(self, *words: str) -> str:
        done = self.chain(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def house(tmp_path: Path) -> ChainHouse:
    house = ChainHouse(tmp_path)
    tell_others(tmp_path, house.env)
    return house


def listens(process: ChildProcess) -> bool:
    assert process.poll() is None, tail(process.log, 30)
    return "listening on" in tail(process.log, 5)


@pytest.mark.long
def test_the_command_mines_pays_and_looks(house: ChainHouse) -> None:
    process = house.started()
    try:
        wait_for("the chain", lambda: listens(process))
        address = house.said("new-address")
        txid = house.said("send", address, "0.12345678")
        assert house.said("tx", txid).startswith("0 confirmations, waiting")
        assert house.said("mine", "2", "--to", address) == "mined 2, height 122"
        shown = house.said("tx", txid)
        assert shown.startswith("2 confirmations, in block ")
        assert f"0.12345678 BTC to {address}" in shown
        status = house.said("status").split()
        assert status[:2] == ["height", "122"]
        assert "Invalid address" in house.chain("send", "nobody", "1").stderr
        assert "no amount" in house.chain("send", address, "1.123456789").stderr
    finally:
        process.terminate()
        wait_for("the end", lambda: process.poll() is not None)
    assert process.poll() == 0
    assert "`make up` runs one" in house.chain("status").stderr


def test_it_beats_survives_a_kill_and_has_the_folder_alone(house: ChainHouse, redis: Redis) -> None:
    process = house.started()
    try:
        wait_for("the chain", lambda: listens(process))
        wait_for("its beat", lambda: any(b"chain" in key for key in redis.keys("health:*")))
        house.said("mine", "5")
        second = house.started("second")
        wait_for("the second to end", lambda: second.poll() is not None)
        assert "belongs to a chain that is running already" in tail(second.log, 5)
        os.kill(process.pid, signal.SIGKILL)
        wait_for("the kill", lambda: process.poll() is not None)
        process.log.unlink()
        process = house.started()
        wait_for("the chain again", lambda: listens(process))
        assert "height   125" in house.said("status")
    finally:
        process.kill()


def test_it_does_not_start_without_a_secret(house: ChainHouse) -> None:
    house.env["BALLAST_DEV_CHAIN_PASSWORD"] = ""
    process = house.started()
    wait_for("the end", lambda: process.poll() is not None)
    assert "BALLAST_DEV_CHAIN_PASSWORD is not set" in tail(process.log, 5)
