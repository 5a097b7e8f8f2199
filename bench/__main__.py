"""The first table: the engine alone beside its peer, and the durable path by batch limit."""

import argparse
import os
import platform
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench import durable, peers
from bench.order_flow import SEED, FlowTrade, Totals, generate, save
from bench.peer_environment import NoPeer, peer_python
from config.embedded.temporary import temporary_servers

console = Console(width=100)


def main() -> None:
    options = _options()
    _machine()
    console.print(f"flow: {options.commands} commands, seed {SEED}; {options.runs} runs of each, medians")
    try:
        with tempfile.TemporaryDirectory(prefix="ballast-bench-") as folder:
            flow = Path(folder) / "flow.bin"
            commands, totals, trades = generate(max(options.commands, durable.LONGEST))
            save(flow, commands)
            _durable(flow, totals, options.runs)
            save(flow, commands[: options.commands])
            last = totals[options.commands - 1]
            _engine_alone(flow, trades[: last.trades], last.resting, options.runs)
    except durable.Wrong as error:
        sys.exit(f"WRONG: {error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run.py", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="of each measurement; the median counts")
    parser.add_argument("--commands", type=int, default=200_000, help="for the engine alone")
    return parser.parse_args()


def _machine() -> None:
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    console.print(
        f"{platform.system()} {platform.release()}, {os.cpu_count()} CPUs, {cpu[1] if cpu else 'CPU ?'}"
    )
    console.print(f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")


def _engine_alone(flow: Path, trades: list[FlowTrade], resting: int, runs: int) -> None:
    try:
        peer = peer_python()
    except NoPeer as error:
        console.print(f"no comparison: {error}")
        peer = None
    racers = peers.contenders(peer)
    peers.race(racers, flow, trades, resting, runs)
    table = Table("engine alone, CPU time", "commands/s", "lowest .. highest", "ratio")
    for racer in racers:
        table.add_row(racer.name, *_figures(racer.per_second), f"{racer.median / racers[-1].median:.2f}")
    console.print(table)
    console.print(f"{len(trades)} trades, each identical to the oracle's")


def _durable(flow: Path, totals: Sequence[Totals], runs: int) -> None:
    table = Table("durable, batch limit", "commands/s", "lowest .. highest", "engine CPU", "PostgreSQL CPU")
    with temporary_servers("ballast-bench-") as servers:
        for measured in durable.measure(servers, flow, totals, runs):
            cpu = [f"{measured.median(name):.0f} us" for name in ("engine_us", "postgres_us")]
            table.add_row(str(measured.batch), *_figures(measured.all("per_second")), *cpu)
    console.print(table)
    console.print("wall clock to the committed reply; CPU time for each command, in two processes")
    console.print("every run: trades, volume and open orders as the oracle's; ledger and journal verified")


def _figures(per_second: list[float]) -> tuple[str, str]:
    return f"{median(per_second):,.0f}", f"{min(per_second):,.0f} .. {max(per_second):,.0f}"


if __name__ == "__main__":
    main()
