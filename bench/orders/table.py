"""Table 3: signed orders a second to the durable answer, beside the peer's server under the same load.

Ours: front door, signature, nonce, rate limit, queue, engine, one transaction with all rows. The peer's
server journals with fsync too; it knows no keys, balances or rows. Server and load share the machine.
"""

import json
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import uvloop
from rich.table import Table

from bench.house import (
    TEMPLATE,
    copied_database,
    cpu_seconds,
    environment,
    free_port,
    python,
    running,
    service,
)
from bench.http_load import wait_until_served
from bench.order_flow import generate, save
from bench.orders.orders import CLIENTS, PEER_MARKET
from bench.peer_environment import NoPeer, peer_python
from bench.report import Run, console
from config.embedded.servers import Servers
from config.embedded.temporary import temporary_servers

SECONDS = 4.0
OURS = {
    "rest-1": "REST, 1 client",
    "rest-32": "REST, 32 clients",
    "batch-1": "REST batches of 100, 1 client",
    "batch-8": "REST batches of 100, 8 clients",
    "socket-1": "websocket, 1 client, 100 on the way",
    "socket-32": "websocket, 32 clients, 100 on the way",
    "binance-1": "POST /api/v3/order, 1 client",
    "binance-32": "POST /api/v3/order, 32 clients",
    "binance-socket-1": "order.place, 1 client, 100 on the way",
    "binance-socket-32": "order.place, 32 clients, 100 on the way",
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
    port = free_port()
    with ExitStack() as stack:
        env = stack.enter_context(copied_database(servers))
        limits = {f"BALLAST_RATE_{kind}": "1000000:1000000" for kind in ("KEY", "USER", "IP")}
        boundless = ",".join(f"{name}=100000000" for name in ("weight", "orders_10s", "orders_1d"))
        env = {**env, **limits, "BALLAST_BINANCE_LIMITS": boundless}
        pids = [stack.enter_context(running(service(name, port), env)) for name in ("engine", "web")]
        return _loaded(port, pids, flow, keys, way)


def _peer(run: Run, flow: Path, way: str) -> dict[str, float]:
    try:
        interpreter = peer_python()
    except NoPeer as error:
        console.print(f"no comparison: {error}")
        return {}
    found = []
    for number in range(run.runs):
        port = free_port()
        folder = run.folder / f"{way}-{number}"
        env = {**os.environ, "ME_DATA_DIR": str(folder), "ME_MARKETS": PEER_MARKET, "ME_FSYNC": "1"}
        serve = [str(interpreter), "-m", "matching_engine", "serve", "--port", str(port)]
        with running(serve, env) as pid:
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
