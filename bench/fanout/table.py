"""Table 4: trades to 500 websocket subscribers, through the hub and through a Channels group."""

import json
import sys
import time
from collections.abc import Mapping
from statistics import median

import psycopg
import uvloop
from rich.table import Table

from bench.fanout.publishing import FIRST
from bench.house import TEMPLATE, environment, free_port, python, running, service
from bench.http_load import wait_until_served
from bench.report import Run, console
from config.embedded.servers import Servers
from config.embedded.temporary import temporary_servers

CLIENTS = 500
MESSAGES = {"hub": 400, "group": 100, "group-pubsub": 100}
NAMES = {
    "hub": "ours, one hub a process",
    "group": "Channels group_send, RedisChannelLayer",
    "group-pubsub": "Channels group_send, RedisPubSubChannelLayer",
}


_AT_REST = """
SELECT (SELECT sequence FROM exchange_shard), count(*)
  FROM exchange_wallettransfer WHERE status = 'PENDING'"""


def show(run: Run) -> None:
    table = Table(f"one trade to {CLIENTS} subscribers", "deliveries/s", "server CPU a delivery", "ratio")
    with temporary_servers("ballast-bench-") as servers:
        env = environment(servers, TEMPLATE)
        python(env, "manage.py", "migrate", "--verbosity", "0")
        python(env, "-m", "bench.path.stage")
        with running([sys.executable, "manage.py", "run_engine", "--shard", "0"], env):
            found = {way: _median([_run(servers, env, way) for _ in range(run.runs)]) for way in NAMES}
    for way, name in NAMES.items():
        ratio = found[way]["per_second"] / found["group"]["per_second"]
        cpu = f"{found[way]['cpu_us']:.0f} us"
        table.add_row(name, f"{found[way]['per_second']:,.0f}", cpu, f"{ratio:.1f}")
    console.print(table)
    console.print("at most 10 messages on the way; the subscribers share the machine with the server")


def _sequence_at_rest(env: Mapping[str, str]) -> int:
    """The shard's last command, once all the staged money has arrived."""
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
        while True:
            row = connection.execute(_AT_REST).fetchone()
            assert row is not None
            if not row[1]:
                return int(row[0])
            time.sleep(0.1)


def _median(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: median(run[name] for run in runs) for name in runs[0]}


def _run(servers: Servers, env: Mapping[str, str], way: str) -> dict[str, float]:
    port = free_port()
    last = _sequence_at_rest(env)
    env = {**env, "BENCH_WAY": way, "BALLAST_SOCKETS_IP": str(2 * CLIENTS), FIRST: str(last + 1)}
    peer = [sys.executable, "-m", "uvicorn", "bench.fanout.groups_app:application", "--port", str(port)]
    command = service("web", port) if way == "hub" else [*peer, "--no-access-log"]
    with running(command, env) as pid:
        uvloop.run(wait_until_served(port))
        numbers = (str(CLIENTS), str(MESSAGES[way]), str(pid))
        arguments = ("-m", "bench.fanout.subscribers", way, str(port), servers.redis_url, *numbers)
        figures: dict[str, float] = json.loads(python(env, *arguments))
        return figures
