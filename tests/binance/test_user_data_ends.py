"""Ends and changes of orders that nobody asks for in Binance's words are told in them all the same."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from exchange.services.requests import request_cancel_all
from tests.api.house import House
from tests.binance.api_socket import ApiSocket, Frame, listening
from tests.binance.house import SYMBOL, Trader


@pytest.fixture
def hers(house: House, alice: Trader) -> Iterator[ApiSocket]:
    with listening(house.url, alice) as socket:
        yield socket


def ended(socket: ApiSocket, who: Trader, number: int) -> Frame:
    """The report that ends the order, which says what a query says."""

    def fits(event: Frame) -> bool:
        return (
            event["e"] == "executionReport"
            and event["i"] == number
            and not event["w"]
            and event["x"] != "NEW"
        )

    report = socket.await_event(fits)
    order = who.get("/api/v3/order", symbol=SYMBOL, orderId=number).json
    assert [report[name] for name in ("X", "z", "Z", "q", "p", "T")] == [
        order[name]
        for name in ("status", "executedQty", "cummulativeQuoteQty", "origQty", "price", "updateTime")
    ]
    return report


def types(socket: ApiSocket, number: int) -> list[tuple[str, str]]:
    return [(report["x"], report["X"]) for report in socket.reports if report["i"] == number]


def number_of(placed: Any) -> int:
    return int(placed["order"]["order_id"])


def test_an_order_that_was_good_until_a_time_expires(hers: ApiSocket, alice: Trader) -> None:
    until_ms = time.time_ns() // 1_000_000 + 1_500
    number = number_of(alice.person.place(time_in_force="GTD", expires_at_ms=until_ms))
    report = ended(hers, alice, number)
    assert (report["x"], report["X"], report["C"]) == ("EXPIRED", "EXPIRED", "")


def test_a_dead_mans_switch_cancels(hers: ApiSocket, alice: Trader) -> None:
    number = alice.order()["orderId"]
    stop = alice.order(side="BUY", type="STOP_LOSS_LIMIT", stopPrice="900.00", price="900.00")["orderId"]
    alice.person.put("/api/v1/dead-mans-switch", {"timeout_ms": 1_000})
    assert ended(hers, alice, number)["x"] == "CANCELED"
    assert ended(hers, alice, stop)["x"] == "CANCELED"


def test_an_operator_cancels(hers: ApiSocket, alice: Trader) -> None:
    number = alice.order()["orderId"]
    request_cancel_all(shard=0, account=alice.person.user_id, reason="test", requested_by=None)
    assert ended(hers, alice, number)["x"] == "CANCELED"


def test_an_amended_order_that_trades_goes_on_from_what_was_filled(
    hers: ApiSocket, alice: Trader, bob: Trader
) -> None:
    number = alice.order(quantity="0.5", price="100.00")["orderId"]
    bob.order(side="SELL", quantity="0.2", price="100.00")
    bob.order(side="SELL", quantity="0.1", price="101.00")
    alice.person.patch(f"/api/v1/orders/{number}", {"price": "101.00"})
    bob.order(side="SELL", quantity="0.2", price="101.00")
    report = ended(hers, alice, number)
    assert types(hers, number) == [
        ("NEW", "NEW"), ("TRADE", "PARTIALLY_FILLED"), ("REPLACED", "PARTIALLY_FILLED"),
        ("TRADE", "PARTIALLY_FILLED"), ("TRADE", "FILLED"),
    ]  # fmt: skip
    assert (report["z"], report["Z"]) == ("0.50000000", "50.30000000")
