"""Every number that spot refuses with, brought about through ccxt, and the exception that its user gets.

The table is what docs/binance.md promises. Numbers of the whole house (limits, an engine that is away) come
after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ccxt
import pytest

from conformance import quiet
from conformance.clients import ccxt_of
from conformance.house import House
from conformance.people import Person
from conformance.quiet import PAIR, PRICE, SYMBOL

SMALL = "ETH/BTC"  # few orders, a price band, lots of 0.01 and prices in steps of 0.0001
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Case:
    """`produce` gets anna's client."""

    number: int
    text: str
    exception: type[Exception]
    produce: Callable[[Any], object]

    def __str__(self) -> str:
        return f"{self.number} {self.text}"


def order(client: Any, **changes: object) -> object:
    """As it goes over the wire, so that ccxt's own checks do not come first."""
    usual = {"symbol": PAIR, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.1"}
    wanted = {**usual, "price": "2000", **changes}
    return client.privatePostOrder({name: value for name, value in wanted.items() if value is not None})


def market(client: Any, **changes: object) -> object:
    return order(client, **{"type": "MARKET", "timeInForce": None, "price": None, **changes})


def small(client: Any, **changes: object) -> object:
    return order(client, **{"symbol": "ETHBTC", "quantity": "1", "price": "0.05", **changes})


def crossing(client: Any) -> object:
    client.create_order(SYMBOL, "limit", "sell", 0.1, PRICE)
    return client.create_order(SYMBOL, "limit", "buy", 0.1, PRICE + 1, {"postOnly": True})


def twice(client: Any) -> object:
    name = f"twice-{client.milliseconds()}"
    for _ in range(2):
        order(client, newClientOrderId=name)
    return None


def too_many(client: Any) -> object:
    for step in range(4):
        small(client, price=f"0.0{40 + step}")
    return None


def late(client: Any, milliseconds: int) -> object:
    client.options["timeDifference"] = milliseconds
    try:
        return client.privateGetAccount()
    finally:
        client.options["timeDifference"] = 0


def replace(client: Any, mode: str, cancel: int | str, **changes: object) -> object:
    wanted = {"symbol": PAIR, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "2000"}
    asked = {**wanted, "quantity": "0.1", "cancelReplaceMode": mode, "cancelOrderId": cancel, **changes}
    return client.privatePostOrderCancelReplace(asked)


def partly_replaced(client: Any) -> object:
    """Its cancel succeeds, its order is refused."""
    resting = client.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 500)
    return replace(client, "STOP_ON_FAILURE", resting["id"], quantity="9000000", price="3000")


CASES = [
    Case(-1013, "Filter failure: LOT_SIZE", ccxt.InvalidOrder, lambda c: small(c, quantity="1.001")),
    Case(-1013, "Filter failure: PRICE_FILTER", ccxt.InvalidOrder, lambda c: small(c, price="0.05001")),
    Case(-1013, "Filter failure: NOTIONAL", ccxt.BadRequest, lambda c: order(c, quantity="0.00100")),
    Case(-1013, "Filter failure: PERCENT_PRICE_BY_SIDE", ccxt.InvalidOrder, lambda c: small(c, price="0.9")),
    Case(-2010, "Filter failure: MAX_NUM_ORDERS", ccxt.InvalidOrder, too_many),
    Case(-1021, "outside of the recvWindow", ccxt.InvalidNonce, lambda c: late(c, 70_000)),
    Case(-1021, "1000ms ahead", ccxt.InvalidNonce, lambda c: late(c, -70_000)),
    Case(-1100, "Illegal characters", ccxt.BadRequest, lambda c: c.publicGetDepth({"symbol": "eth/usdb"})),
    Case(-1100, "Illegal characters", ccxt.BadRequest, lambda c: order(c, quantity="-1")),
    Case(-1101, "Duplicate values", ccxt.BadRequest, lambda c: doubled(c)),
    Case(-1102, "Mandatory parameter 'symbol'", ccxt.BadRequest, lambda c: c.publicGetDepth()),
    Case(
        -1102,
        "'orderId' must be sent",
        ccxt.BadRequest,
        lambda c: c.privateGetOrder({"symbol": PAIR}),
    ),
    Case(-1102, "Mandatory parameter 'price'", ccxt.BadRequest, lambda c: order(c, price=None)),
    Case(-1105, "Parameter 'symbol' was empty", ccxt.BadRequest, lambda c: c.publicGetDepth({"symbol": ""})),
    Case(-1106, "'price' sent when not required", ccxt.BadRequest, lambda c: market(c, price="1")),
    Case(-1106, "'timeInForce' sent when not", ccxt.BadRequest, lambda c: market(c, timeInForce="GTC")),
    Case(-1111, "too much precision", ccxt.BadRequest, lambda c: order(c, quantity="0.12345678901")),
    Case(-1115, "Invalid timeInForce", ccxt.BadRequest, lambda c: order(c, timeInForce="SOON")),
    Case(-1116, "Invalid orderType", ccxt.BadRequest, lambda c: order(c, type="GUESS")),
    Case(-1117, "Invalid side", ccxt.BadRequest, lambda c: order(c, side="BOTH")),
    Case(-1120, "Invalid interval", ccxt.BadRequest, lambda c: candles(c, interval="7m")),
    Case(-1121, "Invalid symbol", ccxt.BadSymbol, lambda c: c.publicGetDepth({"symbol": "XYZUSDB"})),
    Case(-1121, "Invalid symbol", ccxt.BadSymbol, lambda c: order(c, symbol="XYZUSDB")),
    Case(-1125, "This listenKey does not exist", ccxt.AuthenticationError, lambda c: no_listen_key(c)),
    Case(-1127, "More than", ccxt.BadRequest, lambda c: two_days(c)),
    Case(-1130, "Data sent for parameter", ccxt.BadRequest, lambda c: order(c, newOrderRespType="LONG")),
    Case(-1131, "recvWindow must be less", ccxt.BadRequest, lambda c: window(c, 60_001)),
    Case(-2010, "insufficient balance", ccxt.InsufficientFunds, lambda c: order(c, quantity="9000000")),
    Case(-2010, "immediately match and take", ccxt.OrderImmediatelyFillable, crossing),
    Case(-2010, "trigger immediately", ccxt.OrderImmediatelyFillable, lambda c: triggered(c)),
    Case(-2010, "Duplicate order sent", ccxt.InvalidOrder, twice),
    Case(-2011, "Unknown order sent", ccxt.OrderNotFound, lambda c: c.cancel_order("64", SYMBOL)),
    Case(-2011, "Unknown order sent", ccxt.OrderNotFound, lambda c: c.cancel_all_orders("ETH/BTC")),
    Case(-2013, "Order does not exist", ccxt.OrderNotFound, lambda c: c.fetch_order("64", SYMBOL)),
    Case(-2021, "partially failed", ccxt.BadResponse, partly_replaced),
    Case(-2022, "cancel-replace failed", ccxt.BadResponse, lambda c: replace(c, "STOP_ON_FAILURE", 64)),
]


def doubled(client: Any) -> object:
    """A name twice: what a URL given by hand can have."""
    return client.fetch(f"{client.urls['api']['public']}/depth?symbol={PAIR}&symbol={PAIR}")


def candles(client: Any, **changes: object) -> object:
    return client.publicGetKlines({"symbol": PAIR, "interval": "1m", **changes})


def no_listen_key(client: Any) -> object:
    return client.publicPutUserDataStream({"listenKey": "n" * 64})


def two_days(client: Any) -> object:
    now = client.milliseconds()
    return client.privateGetAllOrders({"symbol": PAIR, "startTime": now - 2 * DAY_MS, "endTime": now})


def window(client: Any, milliseconds: int) -> object:
    return client.privateGetAccount({"recvWindow": milliseconds})


def triggered(client: Any) -> object:
    return client.create_order(SYMBOL, "market", "sell", 0.1, None, {"stopLossPrice": PRICE + 500})


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_number_arrives_as_its_exception(case: Case, anna: Any, bert: Any) -> None:
    quiet.empty(anna, bert)
    if "trigger" in case.text:
        quiet.last_price(anna, bert)
    with pytest.raises(case.exception) as raised:
        case.produce(anna)
    quiet.empty(anna, bert)
    for one in anna.fetch_open_orders(SMALL):
        anna.cancel_order(one["id"], SMALL)
    assert type(raised.value) is case.exception
    assert case.text in str(raised.value)
    # Where ccxt knows a message by heart it raises without the number.
    assert '"code"' not in str(raised.value) or f'"code":{case.number},' in str(raised.value)


def test_a_name_that_is_no_keys_name(house: House) -> None:
    client = ccxt_of(house.url, Person("nobody", 0, "not a key!", "secret"))
    with pytest.raises(ccxt.AuthenticationError, match="-2014"):
        client.privateGetAccount()


def test_a_key_that_nobody_has(house: House, people: dict[str, Person]) -> None:
    key = people["anna"].key
    unknown = key[:-4] + ("aaaa" if key[-4:] != "aaaa" else "bbbb")
    client = ccxt_of(house.url, Person("nobody", 0, unknown, "secret"))
    with pytest.raises(ccxt.AuthenticationError, match="-2015"):
        client.privateGetAccount()


def test_a_wrong_signature(house: House, people: dict[str, Person]) -> None:
    client = ccxt_of(house.url, Person("anna", 0, people["anna"].key, "not her secret"))
    with pytest.raises(ccxt.AuthenticationError, match="-1022"):
        client.privateGetAccount()


def test_a_key_that_may_only_read(house: House, people: dict[str, Person]) -> None:
    client = ccxt_of(house.url, people["rita"])
    with pytest.raises(ccxt.AuthenticationError, match="-2015"):
        order(client)


def test_no_key_at_all(nobody: Any) -> None:
    with pytest.raises(ccxt.AuthenticationError):
        nobody.fetch_balance()
