"""Real nodes to try a source on: the development chain over JSON-RPC, and bcoin, independent of Core."""

import os
import secrets
import select
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from custody.chains.json_rpc import Login
from custody.dev_chain.node import DevNode
from custody.dev_chain.server import RpcServer
from tests.custody.chains.grounds import BcoinGround, Ground, NodeGround, spoken_with

BCOIN = Path(__file__).parents[1] / "bcoin"
START_S = 20
SEGWIT_BLOCKS = 450  # bcoin's regtest has no segwit before 432
MATURE_BLOCKS = 140


@contextmanager
def dev_chain(folder: Path) -> Iterator[Ground]:
    login = Login("chain", secrets.token_hex(8))
    with DevNode(folder, premine=0) as node:
        server = RpcServer(("127.0.0.1", 0), node, login.user, login.password)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield spoken_with(NodeGround, f"http://127.0.0.1:{server.port}", login, MATURE_BLOCKS)
        finally:
            server.shutdown()
            server.server_close()
            thread.join(timeout=5)


@contextmanager
def bcoin() -> Iterator[Ground]:
    """Skips where it is not installed: `make test` does that where npm and its registry can be had."""
    program = shutil.which("node")
    if program is None or not (BCOIN / "node_modules" / "bcoin").is_dir():
        pytest.skip("bcoin is not installed: npm or its registry cannot be had")
    login = Login("x", secrets.token_hex(8))
    environment = {"PATH": os.environ["PATH"], "RPC_PASSWORD": login.password}
    with subprocess.Popen(
        [program, "node.js"], cwd=BCOIN, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            yield spoken_with(BcoinGround, f"http://127.0.0.1:{_port(process.stdout)}", login, SEGWIT_BLOCKS)
        finally:
            process.kill()  # it has nothing but memory


def _port(said: IO[bytes]) -> int:
    ready, _, _ = select.select([said], [], [], START_S)
    assert ready, f"bcoin did not start within {START_S} s"
    line = said.readline()
    if not line:
        pytest.skip("bcoin does not run with this Node; what it said is above")
    return int(line)
