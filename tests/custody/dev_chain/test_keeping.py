"""The chain is kept: after an orderly end, after a kill, and by one process alone."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from custody.bitcoin.wire import double_sha256, shown_hash
from custody.dev_chain.errors import FolderInUse
from custody.dev_chain.node import DevNode
from custody.dev_chain.store import Store, StoredBlock
from tests.support.represented import represented

MINING = """
import sys
from pathlib import Path
from custody.dev_chain.node import DevNode
with DevNode(Path(sys.argv[1])) as node:
    address = node.new_address()
    while True:
        print(node.send(address, 10_000), node.mine()[0], node.height, flush=True)
"""


def test_everything_is_there_again(tmp_path: Path) -> None:
    with DevNode(tmp_path) as node:
        address = node.new_address()
        mined = node.send(address, 1_000_000)
        node.mine(3)
        waits = node.send(address, 2_000_000)
        node.set("fee_rate", "7000")
        tip, balance = node.tip, node.balance()
    with DevNode(tmp_path) as node:
        assert (node.tip, node.height, node.balance()) == (tip, 123, balance)
        assert node.confirmations(mined) == 3
        assert waits in node.pool
        assert node.setting("fee_rate") == "7000"
        node.mine()
        assert node.confirmations(waits) == 1


def test_what_was_declared_invalid_stays_so(tmp_path: Path) -> None:
    with DevNode(tmp_path) as node:
        marked = node.mine(2)[0]
        node.invalidate_block(marked)
        other = node.mine_on(node.tip)
    with DevNode(tmp_path) as node:
        assert node.tip == other
        node.reconsider_block(marked)
        assert node.height == 122


@pytest.mark.parametrize("blocks", represented([1, 7, 20], by=[7]))
def test_a_kill_while_mining_loses_nothing_that_was_told(tmp_path: Path, blocks: int) -> None:
    miner = subprocess.Popen(
        [sys.executable, "-c", MINING, str(tmp_path)],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert miner.stdout is not None
    told = [miner.stdout.readline().split() for _ in range(blocks)]
    os.kill(miner.pid, signal.SIGKILL)
    told += [line.split() for line in miner.stdout.read().splitlines() if len(line.split()) == 3]
    miner.wait()
    with DevNode(tmp_path) as node:
        for txid, block_hash, height in told:
            assert node.hash_at(int(height)) == block_hash
            assert node.confirmations(txid) == node.height - int(height) + 1
        node.mine()
        assert node.height > int(told[-1][2])


def test_a_block_that_the_engine_never_saw_is_given_to_it(tmp_path: Path) -> None:
    """Killed between our write and the engine's."""
    with DevNode(tmp_path) as node:
        raw, below = node.made_block(node.tip), node.tip
    block_hash = shown_hash(double_sha256(raw[:80]))
    store = Store(tmp_path / "chain.sqlite")
    with store.change():
        store.add_block(StoredBlock(block_hash, below, 121, 2_000_000_000, raw))
    store.close()
    with DevNode(tmp_path) as node:
        assert node.tip == block_hash


def test_an_engine_that_is_spoiled_is_made_again(tmp_path: Path) -> None:
    with DevNode(tmp_path) as node:
        tip = node.tip
    for file in tmp_path.glob("kernel-*/chainstate/*"):
        file.write_bytes(b"spoiled")
    with DevNode(tmp_path) as node:
        assert node.tip == tip


def test_the_folder_has_one_owner(tmp_path: Path) -> None:
    with DevNode(tmp_path), pytest.raises(FolderInUse):
        DevNode(tmp_path)
    DevNode(tmp_path).close()


def test_the_miners_secret_is_his_alone(tmp_path: Path) -> None:
    with DevNode(tmp_path) as node:
        assert (tmp_path / "miner.key").stat().st_mode & 0o077 == 0
        assert node.miner.new_address() != node.miner.new_address()
