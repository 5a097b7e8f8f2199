"""A load over websockets: each client keeps some orders on the way and takes the answers as they come."""

import asyncio
import json
import secrets
import time
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from access.signing import sign_request
from bench.order_flow import BUY, SELL, FlowCommand
from bench.orders.orders import Keys, form

ON_THE_WAY = 100
PATH = "/ws/v1/"


async def socket_load(
    port: int, orders: Sequence[FlowCommand], keys: Keys, clients: int, seconds: float
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
            _client(port, share, keys[str(account)], until)
            for share, account in zip(shares, accounts, strict=True)
        )
    )
    return [latency for latencies in found for latency in latencies]


async def _client(port: int, orders: Iterable[FlowCommand], key: Sequence[str], until: float) -> list[float]:
    async with connect(f"ws://127.0.0.1:{port}{PATH}", max_size=2**20, compression=None) as socket:
        await _authenticate(socket, key)
        sent: dict[int, float] = {}
        latencies: list[float] = []
        waiting = enumerate(orders)
        for number, order in islice(waiting, ON_THE_WAY):
            await _send(socket, number, order, sent)
        async for frame in socket:
            answer = json.loads(frame)
            if answer.get("id") is None:
                continue
            assert answer["ok"], answer
            latencies.append(time.perf_counter() - sent.pop(answer["id"]))
            following = next(waiting, None) if time.perf_counter() < until else None
            if following is not None:
                await _send(socket, *following, sent)
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


async def _send(socket: ClientConnection, number: int, order: FlowCommand, sent: dict[int, float]) -> None:
    content = {"id": number + 1, "op": "order.place", **form(order)}
    sent[number + 1] = time.perf_counter()
    await socket.send(json.dumps(content))
