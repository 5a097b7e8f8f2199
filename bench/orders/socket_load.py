"""A load over websockets: each client keeps some orders on the way and takes the answers as they come.

The same load speaks either language: that of `/ws/v1/`, or that of Binance's websocket API.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from access.signing import sign_request
from bench.order_flow import BUY, SELL, FlowCommand
from bench.orders import binance
from bench.orders.orders import Keys, form

ON_THE_WAY = 100
PATH = "/ws/v1/"


@dataclass(frozen=True, slots=True)
class Language:
    """Where a client connects to, what it sends for an order, and whether the answer says it was placed."""

    path: str
    logs_in: bool
    message: Callable[[int, FlowCommand, Sequence[str]], Mapping[str, Any]]
    is_placed: Callable[[Mapping[str, Any]], bool]


OURS = Language(
    PATH,
    True,
    lambda number, order, _: {"id": number, "op": "order.place", **form(order)},
    lambda answer: bool(answer["ok"]),
)
BINANCE = Language(
    binance.SOCKET_PATH, False, binance.placed, lambda answer: bool(answer.get("status") == 200)
)


async def socket_load(
    port: int,
    orders: Sequence[FlowCommand],
    keys: Keys,
    clients: int,
    seconds: float,
    language: Language = OURS,
) -> list[float]:
    """Seconds from each order's sending to its answer. A client trades for one account: even ones buy."""
    accounts = sorted(int(account) for account in keys)[:clients]
    sides = [[order for order in orders if order.side == side] for side in (BUY, SELL)]
    shares = [
        islice(sides[account % 2], place // 2, None, (clients + 1) // 2)
        for place, account in enumerate(accounts)
    ]
    until = time.perf_counter() + seconds + 1.0
    found = await asyncio.gather(
        *(
            _client(port, share, keys[str(account)], until, language)
            for share, account in zip(shares, accounts, strict=True)
        )
    )
    return [latency for latencies in found for latency in latencies]


async def _client(
    port: int, orders: Iterable[FlowCommand], key: Sequence[str], until: float, language: Language
) -> list[float]:
    url = f"ws://127.0.0.1:{port}{language.path}"

    async def send(number: int, order: FlowCommand) -> None:
        sent[number + 1] = time.perf_counter()
        await socket.send(json.dumps(language.message(number + 1, order, key)))

    async with connect(url, max_size=2**20, compression=None) as socket:
        if language.logs_in:
            await _authenticate(socket, key)
        sent: dict[int, float] = {}
        latencies: list[float] = []
        waiting = enumerate(orders)
        for number, order in islice(waiting, ON_THE_WAY):
            await send(number, order)
        async for frame in socket:
            answer = json.loads(frame)
            if answer.get("id") is None:
                continue
            assert language.is_placed(answer), answer
            latencies.append(time.perf_counter() - sent.pop(answer["id"]))
            following = next(waiting, None) if time.perf_counter() < until else None
            if following is not None:
                await send(*following)
            if not sent:
                break
        return latencies


async def _authenticate(socket: ClientConnection, key: Sequence[str]) -> None:
    headers = sign_request(
        key=key[0],
        secret=key[1],
        method="GET",
        target=PATH,
        timestamp_ms=time.time_ns() // 1_000_000,
        nonce=secrets.token_hex(8),
    )
    message: dict[str, Any] = {"id": 0, "op": "auth", **_named(headers)}
    await socket.send(json.dumps(message))
    async for frame in socket:
        answer = json.loads(frame)
        if answer.get("id") == 0:
            assert answer["ok"], answer
            return


def _named(headers: dict[str, str]) -> dict[str, Any]:
    named = {name.removeprefix("X-").removeprefix("API-").lower(): value for name, value in headers.items()}
    return {**named, "timestamp": int(named["timestamp"])}
