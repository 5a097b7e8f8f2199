"""Deposits that become collateral: `python -m bench.vaults.crediting SINGLES MANY`, JSON out.

From what the watcher tells to the committed collateral: one by one, and many that one block brings.
"""

import json
import sys
import time
from datetime import UTC, datetime

import django

django.setup()

from bench.house import Wrong  # noqa: E402  (models need django.setup first)
from bench.vaults.stage import pay  # noqa: E402
from vaults.models import Vault  # noqa: E402
from vaults.services.coins import follow  # noqa: E402

SATS = 1_000_000


def main(singles: int, many: int) -> None:
    vaults = list(Vault.objects.order_by("created_at"))
    before = _collateral()
    latencies = []
    for number in range(singles):
        pay(vaults[number % len(vaults)], SATS)
        began = time.perf_counter()
        follow(datetime.now(UTC))
        latencies.append(time.perf_counter() - began)
    for number in range(many):
        pay(vaults[number % len(vaults)], SATS)
    began = time.perf_counter()
    while follow(datetime.now(UTC)):
        pass
    took = time.perf_counter() - began
    if _collateral() - before != (singles + many) * SATS:
        raise Wrong("not every deposit was credited")
    latencies.sort()
    result = {
        "per_second": many / took,
        "p50_ms": latencies[len(latencies) // 2] * 1e3,
        "p99_ms": latencies[len(latencies) * 99 // 100] * 1e3,
    }
    json.dump(result, sys.stdout)


def _collateral() -> int:
    return sum(Vault.objects.values_list("collateral_sats", flat=True))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
