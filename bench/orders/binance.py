"""The same limit orders as Binance's clients send them: form bodies signed by HMAC, and `order.place`."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from bench.core.alone import SYMBOL
from bench.order_flow import FlowCommand
from bench.orders.orders import Keys, account_of, form

PATH = "/api/v3/order"
SOCKET_PATH = "/ws-api/v3"
_WINDOW_MS = 60_000
_LOAD = secrets.token_hex(4)  # a name is taken for a day, and the warm-up is a load of its own


def parameters(order: FlowCommand) -> dict[str, Any]:
    values = form(order)
    return {
        "symbol": SYMBOL.replace("-", ""),
        "side": values["side"],
        "type": "LIMIT",
        "timeInForce": "GTC",
        "price": values["price"],
        "quantity": values["quantity"],
        "newOrderRespType": "FULL",
        "recvWindow": _WINDOW_MS,
    }


def singles(orders: Iterable[FlowCommand], keys: Keys) -> list[bytes]:
    """Each with a client order id of its own: what is signed twice the same is one request here."""
    return [
        _request(
            {**parameters(order), "newClientOrderId": f"b{_LOAD}-{number}"}, keys[str(account_of(order))]
        )
        for number, order in enumerate(orders)
    ]


def signature(secret: str, text: str) -> str:
    return hmac.digest(secret.encode(), text.encode(), hashlib.sha256).hex()


def posted(values: Mapping[str, Any], key: Sequence[str]) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a signed POST."""
    text = urlencode({**values, "timestamp": time.time_ns() // 1_000_000})
    body = f"{text}&signature={signature(key[1], text)}".encode()
    return body, {"Content-Type": "application/x-www-form-urlencoded", "X-MBX-APIKEY": key[0]}


def _request(values: Mapping[str, Any], key: Sequence[str]) -> bytes:
    body, headers = posted(values, key)
    lines = [f"POST {PATH} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def placed(number: int, order: FlowCommand, key: Sequence[str]) -> dict[str, Any]:
    """The message of the websocket API, signed as its clients sign it: names in their order."""
    values = {
        **parameters(order),
        "newClientOrderId": f"s{_LOAD}-{number}",
        "apiKey": key[0],
        "timestamp": time.time_ns() // 1_000_000,
    }
    text = "&".join(f"{name}={values[name]}" for name in sorted(values))
    return {
        "id": number,
        "method": "order.place",
        "params": {**values, "signature": signature(key[1], text)},
    }
