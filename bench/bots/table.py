"""Table 8: from a change of an outside book to the committed copy of it in a market of ours."""

import json
import sys
from typing import Any

import uvloop
from rich.table import Table

from bench.house import TEMPLATE, Wrong, environment, free_port, python, running, service
from bench.http_load import wait_until_served
from bench.report import Run, console
from config.embedded.temporary import temporary_servers

UPDATES = 200


def show(run: Run) -> None:
    """Times of all runs together."""
    table = Table("the maker's lag behind its source", "p50", "p99", "longest", "requests", "orders")
    with temporary_servers("ballast-bench-") as servers:
        env = environment(servers, TEMPLATE) | {
            "BALLAST_STATE_DIR": str(run.folder),
            "BALLAST_RATE_KEY": "1000000:1000000",  # updates come without a pause here
        }
        python(env, "manage.py", "release", "--verbosity", "0")
        python(env, "manage.py", "seed_demo")
        port = free_port()
        engine = [sys.executable, "manage.py", "run_engine", "--shard", "0"]
        with running(engine, env), running(service("web", port), env | {"PORT": str(port)}):
            uvloop.run(wait_until_served(port))
            arguments = ("-m", "bench.bots.lag", str(port), str(run.folder), str(UPDATES))
            runs: list[dict[str, Any]] = [
                json.loads(python(env, *arguments).splitlines()[-1]) for _ in range(run.runs)
            ]
    for name in runs[0]:
        times = sorted(lag for one in runs for lag in one[name]["lags_ms"])
        shown = [
            f"{value:.1f} ms" for value in (times[len(times) // 2], times[len(times) * 99 // 100], times[-1])
        ]
        means = [sum(one[name][what] for one in runs) / len(runs) for what in ("requests", "orders")]
        if means[0] > 4:
            raise Wrong(f"{means[0]:.1f} requests an update")
        table.add_row(name, *shown, *(f"{mean:.1f}" for mean in means))
    console.print(table)
    console.print(f"20 prices a side, {UPDATES} updates a run; requests and orders are those of one update")
