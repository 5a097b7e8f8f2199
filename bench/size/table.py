"""Table 5: cost of a command and time to recover, by how many orders rest in the book.

`--resting 1000000` adds a size; filling such a book takes minutes.
"""

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from redis import Redis
from rich.table import Table

from bench.core import race
from bench.house import ROOT, copied_database, cpu_seconds
from bench.order_flow import DISTANCE, TARGET, generate, save
from bench.path import throughput
from bench.report import Run, console
from config.children import spawn
from config.embedded.temporary import temporary_servers
from exchange.queue import alive_key

SIZES = (1_000, 10_000, 100_000)
MEASURED = 20_000  # commands, after the book is full
WIDEST = 20  # times the flow's distances: farther prices would leave the market's band
BATCH = 1_000
_PATIENCE_S = 300


def show(run: Run) -> None:
    columns = ("engine alone", "engine process", "PostgreSQL", "commands/s", "recovery", "of it CPU")
    table = Table("resting orders, CPU a command", *columns)
    for target in (*SIZES, *run.resting):
        table.add_row(*_row(run, target))
    console.print(table)
    console.print("recovery: from the start of the process until it leads")


def _row(run: Run, target: int) -> list[str]:
    flow = run.folder / f"flow-size-{target}.bin"
    prefill = 2 * target
    distance = DISTANCE * min(WIDEST, max(1, target // TARGET))
    commands, totals, trades = generate(prefill + MEASURED, target=target, distance=distance)
    save(flow, commands)
    ours = race.contenders(lambda _: None)[:1]
    race.race(ours, flow, trades, totals[-1].resting, run.runs, prefill)
    with temporary_servers("ballast-bench-") as servers:
        throughput.prepare(servers, flow, totals, prefill)
        with copied_database(servers) as env:
            figures = throughput.measured_run(env, flow, totals, start=prefill, count=MEASURED, batch=BATCH)
        with copied_database(servers) as env:
            seconds, cpu = _recovery(env, Redis.from_url(servers.redis_url))
    return [
        f"{totals[-1].resting:,}",
        f"{1e6 / ours[0].median:.1f} us",
        f"{figures['engine_us']:.0f} us",
        f"{figures['postgres_us']:.0f} us",
        f"{figures['per_second']:,.0f}",
        f"{seconds:.1f} s",
        f"{cpu:.1f} s",
    ]


def _recovery(env: Mapping[str, str], client: Redis) -> tuple[float, float]:
    started_at = time.perf_counter()
    command = [sys.executable, "manage.py", "run_engine", "--shard", "0"]
    engine = spawn(command, log=Path(os.devnull), dies_with=signal.SIGKILL, cwd=ROOT, env=env)
    try:
        while not client.exists(alive_key(0)):
            assert engine.poll() is None, "the engine ended"
            assert time.perf_counter() - started_at < _PATIENCE_S, "the engine does not lead"
            time.sleep(0.01)
        return time.perf_counter() - started_at, cpu_seconds(engine.pid)
    finally:
        engine.terminate()
        engine.wait(30)
