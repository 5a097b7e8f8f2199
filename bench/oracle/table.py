"""Table 6: the oracle's aggregate, its updates a second, and its way from last answer to broadcast."""

import json
import sys
from collections.abc import Mapping
from statistics import median

from rich.table import Table

from bench.house import TEMPLATE, Wrong, environment, free_port, python, running
from bench.oracle.aggregating import LACKS, PEER, check, measured, ours, peer
from bench.oracle.listening import Listener
from bench.oracle.quoting import TERMS
from bench.report import Run, console, figures
from config.embedded.servers import Servers
from config.embedded.temporary import temporary_servers

UPDATES = 10_000
ROUNDS = 300


def show(run: Run) -> None:
    _show_aggregate(run)
    with temporary_servers("ballast-bench-") as servers:
        env = environment(servers, TEMPLATE)
        python(env, "manage.py", "migrate", "--verbosity", "0")
        env["BALLAST_ORACLE_SOURCES"] = ",".join(TERMS)  # nobody knows how to ask these, but nobody does
        _show_updates(run, servers, env)
        _show_polls(run, servers, env)


def _show_aggregate(run: Run) -> None:
    check()
    found = {name: [measured(work) for _ in range(run.runs)] for name, work in (("ours", ours), (PEER, peer))}
    table = Table("price of 10 sources, CPU time", "us", "lowest .. highest", "ratio")
    for name, times in found.items():
        ratio = median(times) / median(found[PEER])
        table.add_row(name, f"{median(times):.1f}", f"{min(times):.1f} .. {max(times):.1f}", f"{ratio:.2f}")
    console.print(table)
    console.print(f"the other one has no {LACKS}; it gives the same price to a cent")


def _show_updates(run: Run, servers: Servers, env: Mapping[str, str]) -> None:
    found = [_updates(servers, env) for _ in range(run.runs)]
    table = Table("updates of one of 10 sources", "updates/s", "lowest .. highest", "CPU an update")
    cpu_us = median(one["cpu_us"] for one in found)
    table.add_row(
        "decide, cache, tell; rows in batches",
        *figures([one["per_second"] for one in found]),
        f"{cpu_us:.0f} us",
    )
    console.print(table)
    console.print(f"{UPDATES:,} rounds each, every one accepted, heard by a subscriber and in PostgreSQL")


def _updates(servers: Servers, env: Mapping[str, str]) -> dict[str, float]:
    listener = Listener(servers.redis_url)
    found: dict[str, float] = json.loads(python(env, "-m", "bench.oracle.updates", str(UPDATES)))
    heard = len(listener.end())
    if found["accepted"] != UPDATES or heard != UPDATES:
        raise Wrong(f"of {UPDATES} updates {found['accepted']} were accepted and {heard} heard")
    return found


def _show_polls(run: Run, servers: Servers, env: Mapping[str, str]) -> None:
    port = free_port()
    table = Table("from the slowest answer to the broadcast", "p50", "p99", "longest")
    with running([sys.executable, "-m", "bench.oracle.venue", str(port)], env):
        took_ms = sorted(one for _ in range(run.runs) for one in _polls(servers, env, port))
    p50, p99 = (took_ms[len(took_ms) * share // 100] for share in (50, 99))
    table.add_row("10 sources, one commit a round", f"{p50:.1f} ms", f"{p99:.1f} ms", f"{took_ms[-1]:.1f} ms")
    console.print(table)
    console.print(f"{len(took_ms):,} rounds, each from ten answers over HTTP, heard by a subscriber of Redis")


def _polls(servers: Servers, env: Mapping[str, str], port: int) -> list[float]:
    listener = Listener(servers.redis_url)
    answered = json.loads(python(env, "-m", "bench.oracle.polls", str(port), str(ROUNDS)))
    heard = sorted(listener.end().items())[-ROUNDS:]
    if len(heard) != ROUNDS or len(answered) != ROUNDS:
        raise Wrong(f"of {ROUNDS} rounds {len(heard)} were heard")
    return [
        (heard_ns - answered_ns) / 1e6 for (_, heard_ns), answered_ns in zip(heard, answered, strict=True)
    ]
