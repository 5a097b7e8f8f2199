"""Makes trades at a pace: a sell that rests and a buy that takes it, through `POST /api/v3/order`."""

import http.client
import json
import time
from collections.abc import Sequence

from bench.core.alone import SYMBOL
from bench.orders.binance import PATH, posted
from bench.orders.orders import Keys

PRICE = "60000.00"
QUANTITY = "0.00100"


def trade(port: int, keys: Keys, number: int, pause_s: float) -> None:
    """`number` trades, one after the other. Raises AssertionError for an order that was refused."""
    seller, buyer = keys["3"], keys["2"]  # odd accounts have bitcoin, even ones dollars
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for step in range(number):
        began = time.perf_counter()
        _send(connection, "SELL", f"w{step}", seller)
        assert _send(connection, "BUY", f"w{step}", buyer) == "FILLED"
        time.sleep(max(0.0, pause_s - (time.perf_counter() - began)))
    connection.close()


def _send(connection: http.client.HTTPConnection, side: str, name: str, key: Sequence[str]) -> str:
    values = {
        "symbol": SYMBOL.replace("-", ""),
        "side": side,
        "type": "LIMIT",
        "timeInForce": "GTC",
        "price": PRICE,
        "quantity": QUANTITY,
        "newClientOrderId": name,
    }
    body, headers = posted(values, key)
    connection.request("POST", PATH, body=body, headers=headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    assert answer.status == 200, content
    return str(content["status"])
