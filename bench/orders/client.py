"""The load of one way, in a process of its own: `-m bench.orders.client WAY PORT FLOW KEYS SECONDS SKIP`.

Prints orders a second of wall clock time and the latency of their answers as JSON. Requests are signed before
the clock starts. SKIP says how many orders an earlier load has sent.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import uvloop

from bench.http_load import load
from bench.order_flow import FlowCommand
from bench.order_flow import load as load_flow
from bench.orders import binance
from bench.orders.orders import BATCH, CLIENTS, Keys, batches, limit_orders, peers, shares, singles
from bench.orders.socket_load import BINANCE, OURS, Language, socket_load

MOST = 40_000  # orders signed for one load


def http(
    requests: Callable[[Sequence[FlowCommand], Keys], list[bytes]], clients: int
) -> Callable[[int, Sequence[FlowCommand], Keys, float], list[float]]:
    def run(port: int, orders: Sequence[FlowCommand], keys: Keys, seconds: float) -> list[float]:
        return uvloop.run(load(port, shares(requests(orders, keys), clients), seconds))

    return run


def sockets(
    clients: int, language: Language = OURS
) -> Callable[[int, Sequence[FlowCommand], Keys, float], list[float]]:
    def run(port: int, orders: Sequence[FlowCommand], keys: Keys, seconds: float) -> list[float]:
        return uvloop.run(socket_load(port, orders, keys, clients, seconds, language))

    return run


WAYS = {
    "rest-1": http(singles, 1),
    "rest-32": http(singles, CLIENTS),
    "batch-1": http(batches, 1),
    "batch-8": http(batches, 8),
    "socket-1": sockets(1),
    "socket-32": sockets(CLIENTS),
    "binance-1": http(binance.singles, 1),
    "binance-32": http(binance.singles, CLIENTS),
    "binance-socket-1": sockets(1, BINANCE),
    "binance-socket-32": sockets(CLIENTS, BINANCE),
    "peer-1": http(lambda orders, _: peers(orders), 1),
    "peer-32": http(lambda orders, _: peers(orders), CLIENTS),
}


def main() -> None:
    way, port, flow, keys, seconds, skip = sys.argv[1:]
    wanted = limit_orders(islice(load_flow(Path(flow)), int(skip), int(skip) + 2 * MOST))[:MOST]
    started_at = time.perf_counter()
    latencies = sorted(WAYS[way](int(port), wanted, json.loads(keys), float(seconds)))
    assert time.perf_counter() - started_at < 55, "signing took so long that the signatures are too old"
    orders = len(latencies) * (BATCH if way.startswith("batch") else 1)
    result = {
        "orders": orders,
        "per_second": orders / float(seconds),
        "p50_ms": latencies[len(latencies) // 2] * 1e3,
        "p99_ms": latencies[len(latencies) * 99 // 100] * 1e3,
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
