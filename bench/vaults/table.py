"""Table 9: deeds of vaults; and who is liquidatable by a tick, found and entered, beside a look at all."""

import json

from rich.table import Table

from bench.house import TEMPLATE, environment, python
from bench.report import Run, console
from bench.vaults.deeds import show_deeds
from config.embedded.temporary import temporary_servers

VAULTS = 1_000_000


def show(run: Run) -> None:
    with temporary_servers("ballast-bench-") as servers:
        env = environment(servers, TEMPLATE)
        python(env, "manage.py", "migrate", "--verbosity", "0")
        show_deeds(run, servers)
        steps = json.loads(python(env, "-m", "bench.vaults.scan", str(VAULTS), str(run.runs)))
    columns = ("these found in", "to change", "all found in", "each looked at", "ratio", "entered in")
    table = Table(f"a tick over {VAULTS:,} vaults", *columns)
    for one in steps:
        each = f", {one['entered_ms'] * 1e3 / one['entered']:.0f} us each" if one["entered"] else ""
        table.add_row(
            f"makes {one['liquidatable']:,} liquidatable",
            f"{one['liquidatable_ms']:.2f} ms",
            f"{one['found']:,}",
            f"{one['found_ms']:.2f} ms",
            f"{one['full_ms']:,.0f} ms",
            f"1 : {one['full_ms'] / one['found_ms']:,.0f}",
            f"{one['entered_ms']:,.0f} ms{each}",
        )
    console.print(table)
    console.print("to change: to be warned, too; entered with an event, a notice and a broadcast each")
