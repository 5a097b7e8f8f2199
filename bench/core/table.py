"""Table 1: the engine alone beside its peer, with a usual and with a deep book."""

from rich.table import Table

from bench.core import race
from bench.order_flow import DISTANCE, TARGET, generate, save
from bench.report import Run, console, figures

DEEP = 200_000  # orders resting
DEEP_DISTANCE = 40 * DISTANCE
DEEP_MEASURED = 200_000  # commands, after the book is full


def show(run: Run) -> None:
    racers = race.contenders(console.print)
    table = Table("engine alone, CPU time", "resting", "commands/s", "lowest .. highest", "ratio")
    for target, distance, skip, count in (
        (TARGET, DISTANCE, 0, run.commands),
        (DEEP, DEEP_DISTANCE, 2 * DEEP, 2 * DEEP + DEEP_MEASURED),
    ):
        flow = run.folder / f"flow-{target}.bin"
        commands, totals, trades = generate(count, target=target, distance=distance)
        save(flow, commands)
        race.race(racers, flow, trades, totals[-1].resting, run.runs, skip)
        for racer in racers:
            ratio = f"{racer.median / racers[-1].median:.2f}"
            table.add_row(racer.name, f"{totals[-1].resting:,}", *figures(racer.per_second), ratio)
        console.print(f"{len(trades):,} trades, each identical to the oracle's")
    console.print(table)
