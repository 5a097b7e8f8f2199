"""Table 2: the durable path by batch limit, its peer's journal, and its latency under an open load."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rich.table import Table

from bench.house import ROOT, python
from bench.order_flow import TARGET, Totals, generate, save
from bench.path import latency, throughput
from bench.peer_environment import NoPeer, peer_python
from bench.report import Run, console, figures
from config.embedded.servers import Servers
from config.embedded.temporary import temporary_servers


def show(run: Run) -> None:
    flow = run.folder / "flow-path.bin"
    commands, totals, _ = generate(max(throughput.LONGEST, latency.LONGEST))
    save(flow, commands)
    with temporary_servers("ballast-bench-") as servers:
        throughput.prepare(servers, flow, totals)
        table = Table("durable, batch limit", "commands/s", "range", "engine CPU", "PostgreSQL CPU")
        best = 0.0
        for measured in throughput.measure(servers, flow, totals, run.runs):
            cpu = [f"{measured.median(name):.0f} us" for name in ("engine_us", "postgres_us")]
            table.add_row(str(measured.batch), *figures(measured.all("per_second")), *cpu)
            best = max(best, measured.median("per_second"))
        _peer(table, run, flow, best)
        console.print(table)
        console.print(
            "wall clock to the committed reply; every run's trades and open orders are the oracle's"
        )
        _latency(run, flow, servers, totals)


def _peer(table: Table, run: Run, flow: Path, best: float) -> None:
    try:
        interpreter = peer_python()
    except NoPeer as error:
        console.print(f"no comparison: {error}")
        return
    found = [_journaled(run, flow, number, interpreter) for number in range(run.runs)]
    table.add_row("matching-engine, journal with fsync each 512", *figures(found), "", "")
    console.print(f"ours at the largest batch is {best / median(found):.3f} of its journal")


def _journaled(run: Run, flow: Path, number: int, interpreter: Path) -> float:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    arguments = ("-m", "bench.path.peer_journal", str(flow), str(run.folder / f"journal-{number}"))
    printed = python(env, *arguments, "--skip", str(2 * TARGET), interpreter=interpreter)
    return float(json.loads(printed)["per_second"])


def _latency(run: Run, flow: Path, servers: Servers, totals: Sequence[Totals]) -> None:
    names = ("p50_ms", "p99_ms", "p999_ms")
    table = Table("durable, offered a second", "p50 ms", "p99 ms", "p99.9 ms", "answered a second")
    for measured in latency.measure(servers, flow, totals, run.runs):
        shown = [f"{measured.median(name):.1f}" for name in names]
        table.add_row(f"{measured.rate:,}", *shown, f"{measured.median('per_second'):,.0f}")
    console.print(table)
    console.print("from when a command was due to its committed reply; sender and servers share the machine")
