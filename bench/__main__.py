"""`make bench`: every table, or those of `--only`. A table whose peer cannot be had says so and goes on."""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.bots import table as bots
from bench.clients import table as clients
from bench.core import table as core
from bench.fanout import table as fanout
from bench.house import Wrong, machine
from bench.oracle import table as oracle
from bench.order_flow import SEED
from bench.orders import table as orders
from bench.pages import table as pages
from bench.path import table as path
from bench.report import Run, console
from bench.size import table as size
from bench.vaults import table as vaults

TABLES = {
    "core": core.show,
    "path": path.show,
    "orders": orders.show,
    "fanout": fanout.show,
    "size": size.show,
    "oracle": oracle.show,
    "clients": clients.show,
    "bots": bots.show,
    "vaults": vaults.show,
    "pages": pages.show,
}


def main() -> None:
    options = _options()
    for line in machine():
        console.print(line)
    console.print(f"flow of seed {SEED}; {options.runs} runs of each, medians")
    try:
        with tempfile.TemporaryDirectory(prefix="ballast-bench-") as folder:
            for name in options.only:
                TABLES[name](Run(Path(folder), options.runs, options.commands, tuple(options.resting)))
    except Wrong as error:
        sys.exit(f"WRONG: {error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run.py", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="of each measurement; the median counts")
    parser.add_argument("--commands", type=int, default=200_000, help="for the engine alone")
    parser.add_argument("--only", type=_names, default=list(TABLES), help="some of: " + ",".join(TABLES))
    parser.add_argument(
        "--resting", type=int, nargs="*", default=[], help="further sizes of the book for the last table"
    )
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = text.split(",")
    if not set(names) <= set(TABLES):
        raise argparse.ArgumentTypeError(f"choose from {', '.join(TABLES)}")
    return names


if __name__ == "__main__":
    main()
