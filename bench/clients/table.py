"""Table 7: from the commit of a trade to whoever listens: our socket, Binance's stream, ccxt.pro on it.

PostgreSQL says when it committed (`track_commit_timestamp`); the listeners say when they had the trade in
their hands. All listen at once, on the machine that serves them.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import psycopg
import uvloop
from rich.table import Table

from bench.clients.trading import trade
from bench.house import ROOT, TEMPLATE, Wrong, environment, free_port, python, running, service
from bench.http_load import wait_until_served
from bench.orders.orders import Keys
from bench.path.stage import STAGE_COMMANDS
from bench.report import Run, console
from config.embedded.servers import Servers
from config.embedded.temporary import temporary_servers

TRADES = 500
PAUSE_S = 0.02
WAYS = {
    "ours": "/ws/v1/ trades",
    "stream": "Binance stream @trade",
    "ccxt": "ccxt.pro watch_trades",
}
_COMMITS = "SELECT trade_id, extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1e9 FROM exchange_trade"


class _Listener(NamedTuple):
    way: str
    process: "subprocess.Popen[str]"


def show(run: Run) -> None:
    with temporary_servers("ballast-bench-") as servers:
        _note_commits(servers)
        env = environment(servers, TEMPLATE)
        env["BALLAST_BINANCE_LIMITS"] = "weight=100000000,orders_10s=100000000,orders_1d=100000000"
        python(env, "manage.py", "migrate", "--verbosity", "0")
        python(env, "-m", "bench.path.stage")
        keys = json.loads(python(env, "-m", "bench.orders.stage", "2"))
        took_ms = _measured(servers, env, keys, run.runs)
    table = Table("from a trade's commit to who listens", "p50", "p99", "longest", "ratio")
    base = took_ms["ours"][len(took_ms["ours"]) // 2]
    for way, name in WAYS.items():
        times = took_ms[way]
        p50, p99 = (times[len(times) * share // 100] for share in (50, 99))
        shown = [f"{value:.1f} ms" for value in (p50, p99, times[-1])]
        table.add_row(name, *shown, f"{p50 / base:.2f}")
    console.print(table)
    console.print(f"{len(took_ms['ours']):,} trades, one each {PAUSE_S * 1000:.0f} ms; every one was heard")


def _note_commits(servers: Servers) -> None:
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    servers.postgres.stop()
    servers.postgres.start()


def _measured(servers: Servers, env: Mapping[str, str], keys: Keys, runs: int) -> dict[str, list[float]]:
    port = free_port()
    with ExitStack() as stack:
        for name in ("engine", "web"):
            stack.enter_context(running(service(name, port), env))
        uvloop.run(wait_until_served(port))
        with psycopg.connect(servers.database_url, autocommit=True) as connection:
            _await_stage(connection)
            listeners = [stack.enter_context(_listening(way, port, env)) for way in WAYS]
            trade(port, keys, TRADES * runs, PAUSE_S)
            time.sleep(1.0)  # what is still on its way
            committed = {str(trade_id): int(at) for trade_id, at in connection.execute(_COMMITS)}
        return {one.way: _delays(one, committed) for one in listeners}


def _await_stage(connection: "psycopg.Connection[tuple[int]]") -> None:
    """Until the engine has made the market and taken everybody's money."""
    for _ in range(600):
        row = connection.execute("SELECT sequence FROM exchange_shard WHERE number = 0").fetchone()
        if row is not None and row[0] >= STAGE_COMMANDS:
            return
        time.sleep(0.1)
    raise Wrong("the engine did not take the stage")


@contextmanager
def _listening(way: str, port: int, env: Mapping[str, str]) -> Iterator[_Listener]:
    command = [sys.executable, "-m", "bench.clients.watching", way, str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != "ready":
            raise Wrong(f"{WAYS[way]} does not listen")
        yield _Listener(way, process)
    finally:
        process.kill()
        process.wait()


def _delays(listener: _Listener, committed: Mapping[str, int]) -> list[float]:
    """In milliseconds, shortest first. Raises Wrong where a trade was not heard."""
    heard = json.loads(listener.process.communicate(timeout=10)[0])
    if heard.keys() != committed.keys():
        raise Wrong(f"{WAYS[listener.way]} heard {len(heard)} of {len(committed)} trades")
    return sorted((heard[trade_id] - at) / 1e6 for trade_id, at in committed.items())
