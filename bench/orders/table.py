"""Table 3: signed orders a second to the durable answer, beside the peer's server under the same load.

Ours: front door, signature, nonce, rate limit, queue, engine, one transaction with all rows. The peer's
server journals with fsync too; it knows no keys, balances or rows. Server and load share the machine.
"""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import uvloop
from rich.table import Table

from bench.house import ROOT, TEMPLATE, copied_database, cpu_seconds, environment, python
from bench.http_load import wait_until_served
from bench.order_flow import generate, save
from bench.orders.orders import CLIENTS, PEER_MARKET
from bench.peer_environment import NoPeer, peer_python
from bench.report import Run, console
from config.children import spawn
from config.embedded.servers import Servers
from config.embedded.temporary import temporary_servers
from config.processes import SERVICES

SECONDS = 4.0
OURS = {
    "rest-1": "REST, 1 client",
    "rest-32": "REST, 32 clients",
    "batch-1": "REST batches of 100, 1 client",
    "batch-8": "REST batches of 100, 8 clients",
    "socket-1": "websocket, 1 client, 100 on the way",
    "socket-32": "websocket, 32 clients, 100 on the way",
}
PEERS = {
    "peer-1": "matching-engine serve, 1 client",
    "peer-32": "matching-engine serve, 32 clients",
}
_FLOW = 200_000


def show(run: Run) -> None:
    flow = run.folder / "flow-orders.bin"
    save(flow, generate(_FLOW)[0])
    table = Table(
        "signed orders to their durable answer",
        "orders/s",
        "p50 ms",
        "p99 ms",
        "server CPU an order",
        "ratio",
    )
    peer = {way: _peer(run, flow, way) for way in PEERS}
    base = max((one["per_second"] for one in peer.values() if one), default=0.0)
    with temporary_servers("ballast-bench-") as servers:
        keys = _stage(servers)
        for way, name in OURS.items():
            _add(table, name, _median([_ours(servers, flow, keys, way) for _ in range(run.runs)]), base)
    for way, name in PEERS.items():
        _add(table, name, peer[way], base)
    console.print(table)


def _add(table: Table, name: str, figures: Mapping[str, float], base: float) -> None:
    if figures:
        shown = [f"{figures['p50_ms']:.1f}", f"{figures['p99_ms']:.1f}", f"{figures['cpu_us']:.0f} us"]
        ratio = f"{figures['per_second'] / base:.2f}" if base else ""
        table.add_row(name, f"{figures['per_second']:,.0f}", *shown, ratio)


def _median(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: median(run[name] for run in runs) for name in runs[0]}


def _stage(servers: Servers) -> str:
    env = environment(servers, TEMPLATE)
    python(env, "manage.py", "migrate", "--verbosity", "0")
    python(env, "-m", "bench.path.stage")
    return python(env, "-m", "bench.orders.stage", str(2 * CLIENTS))


def _ours(servers: Servers, flow: Path, keys: str, way: str) -> dict[str, float]:
    port = _free_port()
    with ExitStack() as stack:
        env = stack.enter_context(copied_database(servers))
        limits = {f"BALLAST_RATE_{kind}": "1000000:1000000" for kind in ("KEY", "USER", "IP")}
        env = {**env, **limits, "PORT": str(port), "BALLAST_HOST": "127.0.0.1"}
        env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
        commands = {service.name: service.command for service in SERVICES}
        pids = [stack.enter_context(_running(commands[name], env)) for name in ("engine", "web")]
        return _loaded(port, pids, flow, keys, way)


def _peer(run: Run, flow: Path, way: str) -> dict[str, float]:
    try:
        interpreter = peer_python()
    except NoPeer as error:
        console.print(f"no comparison: {error}")
        return {}
    found = []
    for number in range(run.runs):
        port = _free_port()
        folder = run.folder / f"{way}-{number}"
        env = {**os.environ, "ME_DATA_DIR": str(folder), "ME_MARKETS": PEER_MARKET, "ME_FSYNC": "1"}
        with _running(f"{interpreter} -m matching_engine serve --port {port}", env) as pid:
            found.append(_loaded(port, [pid], flow, "{}", way))
    return _median(found)


def _loaded(port: int, pids: list[int], flow: Path, keys: str, way: str) -> dict[str, float]:
    """A short load to warm up, then the one that counts."""
    uvloop.run(wait_until_served(port))
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "BALLAST_DEMO": "1"}
    arguments = ("-m", "bench.orders.client", way, str(port), str(flow), keys)
    python(env, *arguments, "1.0", "0")
    before = sum(map(cpu_seconds, pids))
    figures: dict[str, float] = json.loads(python(env, *arguments, str(SECONDS), str(_FLOW // 2)))
    figures["cpu_us"] = (sum(map(cpu_seconds, pids)) - before) / figures["orders"] * 1e6
    return figures


@contextmanager
def _running(command: str, env: Mapping[str, str]) -> Iterator[int]:
    expanded = command.replace("${BALLAST_HOST:-0.0.0.0}", "127.0.0.1").replace("$PORT", env.get("PORT", ""))
    words = [word for word in shlex.split(expanded) if word != "env" and "BALLAST_PROCESS=" not in word]
    process = spawn(words, log=Path(os.devnull), dies_with=signal.SIGKILL, cwd=ROOT, env=env)
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
