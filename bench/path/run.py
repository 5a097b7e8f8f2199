"""One measured run of the durable path: `python -m bench.path.run FLOW --start N --count N --batch N`.

Starts the engine as a process of its own, sends commands as fast as their committed replies allow, and prints
commands per second of wall clock time as JSON, with what is stored afterwards. Expects a database in which
`bench.path.stage` and the flow's commands before --start are done.
"""

import argparse
import json
import os
import signal
import sys
import time
from itertools import islice
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  (models need django.setup first)
from django.db import connection  # noqa: E402
from django.db.models import Sum  # noqa: E402
from redis import Redis  # noqa: E402

from bench.core.alone import engine_commands  # noqa: E402
from bench.house import cpu_seconds  # noqa: E402
from bench.order_flow import load  # noqa: E402
from bench.path.closed_load import press  # noqa: E402
from bench.path.open_load import offer  # noqa: E402
from bench.path.stage import STAGE_COMMANDS  # noqa: E402
from bench.path.wire import Wire  # noqa: E402
from config.children import spawn  # noqa: E402
from exchange.connections import engine_connection  # noqa: E402
from exchange.engine.order_state import OPEN_STATUSES  # noqa: E402
from exchange.models import Order, Trade, WalletTransfer  # noqa: E402
from exchange.queue import alive_key  # noqa: E402
from exchange.rules import TransferStatus  # noqa: E402
from exchange.verification import verify_journal  # noqa: E402
from ledger.selectors import identity_violations  # noqa: E402

_ENGINE_LOG = "BENCH_ENGINE_LOG"


def send(wire: Wire, count: int, rate: int) -> dict[str, float]:
    """Commands per second to the last committed reply; with a rate, how long each reply took."""
    started_at = time.perf_counter()
    if rate:
        latencies = sorted(offer(wire, count, rate))
        places = {"p50_ms": 500, "p99_ms": 990, "p999_ms": 999}
        figures = {name: latencies[len(latencies) * place // 1000] * 1e3 for name, place in places.items()}
    else:
        press(wire, count)
        figures = {}
    return {**figures, "per_second": count / (time.perf_counter() - started_at)}


def _backend_pid() -> int:
    """The PostgreSQL process that serves the engine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'ballast engine'"
            " AND datname = current_database()"
        )
        return int(cursor.fetchall()[0][0])


def _is_money_on_its_way() -> bool:
    return WalletTransfer.objects.filter(status=TransferStatus.PENDING).exists()


def stored_totals() -> list[int]:
    """As `order_flow.Totals`."""
    volume = Trade.objects.aggregate(volume=Sum("quantity_lots"))["volume"] or 0
    return [Trade.objects.count(), volume, Order.objects.filter(status__in=sorted(OPEN_STATUSES)).count()]


def problems() -> list[str]:
    """What verify_ledger and verify_journal would complain about."""
    with engine_connection() as own:
        return [*map(str, identity_violations()), *verify_journal(own, 0).problems]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("flow", type=Path)
    for name in ("--start", "--count", "--batch", "--rate"):
        parser.add_argument(name, type=int, required=name != "--rate", default=0)
    options = parser.parse_args()
    client = Redis.from_url(settings.REDIS_URL)
    engine = spawn(
        [sys.executable, "manage.py", "run_engine", "--batch", str(options.batch)],
        log=Path(os.environ.get(_ENGINE_LOG, os.devnull)),
        dies_with=signal.SIGKILL,
        cwd=settings.BASE_DIR,
    )
    try:
        while not client.exists(alive_key(0)) or _is_money_on_its_way():
            assert engine.poll() is None, "the engine ended"
            time.sleep(0.02)
        flow = islice(load(options.flow), options.start + options.count)
        commands = engine_commands(flow, STAGE_COMMANDS + 1)[options.start :]
        wire = Wire(client, commands)
        processes = {"engine_us": engine.pid, "postgres_us": _backend_pid()}
        before = {name: cpu_seconds(pid) for name, pid in processes.items()}
        figures = send(wire, len(commands), options.rate)
        for name, pid in processes.items():
            figures[name] = (cpu_seconds(pid) - before[name]) / len(commands) * 1e6
    finally:
        engine.terminate()
        engine.wait(30)
    json.dump({"figures": figures, "totals": stored_totals(), "problems": problems()}, sys.stdout)


if __name__ == "__main__":
    main()
