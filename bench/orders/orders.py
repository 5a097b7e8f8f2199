"""The limit orders of the flow as requests: ours signed, the peer's plain, the same in the same order."""

import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from access.signing import sign_request
from bench.core.alone import SYMBOL
from bench.order_flow import LIMIT, SELL, FlowCommand

CLIENTS = 32
BATCH = 100
PEER_MARKET = f"{SYMBOL}:0.01:0.00001"
Keys = Mapping[str, Sequence[str]]  # by account number: the key's public id and its secret


def limit_orders(flow: Iterable[FlowCommand]) -> list[FlowCommand]:
    """Without cancels and market orders: what can be sent by many clients in any order."""
    return [command for command in flow if command.operation == LIMIT]


def account_of(order: FlowCommand) -> int:
    """Each of the clients buys with one account and sells with another."""
    return 2 + 2 * (order.account % CLIENTS) + order.side


def form(order: FlowCommand) -> dict[str, Any]:
    return {
        "market": SYMBOL,
        "side": "SELL" if order.side == SELL else "BUY",
        "type": "LIMIT",
        "price": f"{order.price // 100}.{order.price % 100:02d}",
        "quantity": f"0.{order.quantity:05d}",
    }


def singles(orders: Iterable[FlowCommand], keys: Keys) -> list[bytes]:
    return [_signed("/api/v1/orders", form(order), keys[str(account_of(order))]) for order in orders]


def batches(orders: Iterable[FlowCommand], keys: Keys) -> list[bytes]:
    """Each batch is of one account, which takes the next orders of its side."""
    return [
        _signed("/api/v1/orders/batch", {"orders": [form(order) for order in batch]}, keys[str(account)])
        for account, batch in by_account(orders)
    ]


def by_account(orders: Iterable[FlowCommand]) -> Iterator[tuple[int, list[FlowCommand]]]:
    waiting: dict[int, list[FlowCommand]] = {}
    for order in orders:
        account = account_of(order)
        batch = waiting.setdefault(account, [])
        batch.append(order)
        if len(batch) == BATCH:
            yield account, waiting.pop(account)


def peers(orders: Iterable[FlowCommand]) -> list[bytes]:
    requests = []
    for order in orders:
        body = form(order)
        plain = {
            "account": account_of(order),
            "side": body["side"].lower(),
            "type": "limit",
            "price": body["price"],
            "quantity": body["quantity"],
        }
        requests.append(_request(f"/markets/{SYMBOL}/orders", json.dumps(plain).encode(), {}))
    return requests


def _signed(path: str, content: object, key: Sequence[str]) -> bytes:
    body = json.dumps(content, separators=(",", ":")).encode()
    headers = sign_request(
        key=key[0],
        secret=key[1],
        method="POST",
        target=path,
        body=body,
        timestamp_ms=time.time_ns() // 1_000_000,
        nonce=secrets.token_hex(8),
        window_ms=60_000,
    )
    return _request(path, body, headers)


def _request(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def shares(requests: Iterable[bytes], clients: int) -> list[Iterator[bytes]]:
    """The requests dealt out to so many clients."""
    everything = list(requests)
    return [islice(everything, number, None, clients) for number in range(clients)]
