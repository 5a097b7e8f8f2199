"""Opening, minting and repaying over signed HTTP, and deposits becoming collateral: of table 9."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import uvloop
from rich.table import Table

from bench.house import TEMPLATE, copied_database, environment, free_port, python, running, service
from bench.http_load import wait_until_served
from bench.report import Run, console
from config.embedded.servers import Servers

OWNERS = 32
SECONDS = 4
WARM_SECONDS = 1
SINGLES, MANY = 300, 1_000
DEEDS = {"open": "open a vault", "mint": "mint", "repay": "repay"}
_LIMITS = {f"BALLAST_RATE_{kind}": "1000000:1000000" for kind in ("KEY", "USER", "IP")}


def show_deeds(run: Run, servers: Servers) -> None:
    """On servers whose template is migrated and empty."""
    template = _env(environment(servers, TEMPLATE))
    staged = run.folder / "vault-owners.json"
    staged.write_text(python(template, "-m", "bench.vaults.stage", str(OWNERS)))
    table = Table("vaults, to their durable answer", "deeds/s", "p50 ms", "p99 ms")
    for deed, name in DEEDS.items():
        for clients in (1, OWNERS):
            found = _loaded(servers, staged, deed, clients)
            table.add_row(f"{name}, {clients} client{'s' if clients > 1 else ''}", *_figures(found))
    with copied_database(servers) as env:
        found = json.loads(python(_env(env), "-m", "bench.vaults.crediting", str(SINGLES), str(MANY)))
    table.add_row(f"add: a told deposit becomes collateral; {MANY:,} at once", *_figures(found))
    console.print(table)


def _loaded(servers: Servers, staged: Path, deed: str, clients: int) -> dict[str, float]:
    """A short load to warm up, then the one that counts."""
    port = free_port()
    with ExitStack() as stack:
        env = _env(stack.enter_context(copied_database(servers)))
        stack.enter_context(running(service("web", port), env))
        uvloop.run(wait_until_served(port))
        load = ("-m", "bench.vaults.client", deed, str(port), str(staged), str(clients))
        python(env, *load, str(WARM_SECONDS))
        found: dict[str, float] = json.loads(python(env, *load, str(SECONDS)))
        return found


def _env(env: Mapping[str, str]) -> dict[str, str]:
    return {**env, **_LIMITS, "BALLAST_CUSTODY": "1", "BALLAST_BITCOIN_NETWORK": "regtest"}


def _figures(found: Mapping[str, float]) -> list[str]:
    return [f"{found['per_second']:,.0f}", f"{found['p50_ms']:.1f}", f"{found['p99_ms']:.1f}"]
