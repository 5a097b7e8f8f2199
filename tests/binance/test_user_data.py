"""What an account is told of its orders, fills and money as they change, in Binance's words."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.api.house import House
from tests.binance.api_socket import ApiSocket, Frame, listening, opened, refusal_of
from tests.binance.house import SYMBOL, Trader
from tests.binance.payloads import missing

EXECUTION_REPORT = set("eEscSofqpPFgCxXrilzLnNTtIwmMOZYQV")


@pytest.fixture
def hers(house: House, alice: Trader) -> Iterator[ApiSocket]:
    with listening(house.url, alice) as socket:
        yield socket


@pytest.fixture
def his(house: House, bob: Trader) -> Iterator[ApiSocket]:
    with listening(house.url, bob) as socket:
        yield socket


def told(report: Frame, *names: str) -> list[Any]:
    return [report[name] for name in names]


def same_as_rest(report: Frame, who: Trader) -> None:
    """The last report of an order says what a query of it says."""
    order = who.get("/api/v3/order", symbol=SYMBOL, orderId=report["i"]).json
    pairs = {
        "s": "symbol", "c": "clientOrderId", "S": "side", "o": "type", "f": "timeInForce", "q": "origQty",
        "p": "price", "P": "stopPrice", "F": "icebergQty", "g": "orderListId", "X": "status", "i": "orderId",
        "z": "executedQty", "T": "updateTime", "O": "time", "Z": "cummulativeQuoteQty",
        "Q": "origQuoteOrderQty", "V": "selfTradePreventionMode",
    }  # fmt: skip
    assert {short: report[short] for short in pairs} == {short: order[long] for short, long in pairs.items()}
    assert report.get("W", -1) == order["workingTime"]


def test_a_new_order_has_all_fields(hers: ApiSocket, alice: Trader) -> None:
    placed = alice.order(newClientOrderId="mine")
    report = hers.await_report(i=placed["orderId"])
    assert not EXECUTION_REPORT - report.keys()
    assert missing("BinanceSpotOrderUpdateData", report) == []
    assert told(report, "x", "X", "c", "C", "r", "w", "t", "l", "n", "N", "g") == [
        "NEW", "NEW", "mine", "", "NONE", True, -1, "0.00000000", "0", None, -1,
    ]  # fmt: skip
    assert report["T"] == report["O"] == report["W"] == placed["transactTime"] <= report["E"]
    same_as_rest(report, alice)


def test_events_are_wrapped_with_the_subscription(house: House, alice: Trader) -> None:
    with opened(house.url, alice) as socket:
        number = socket.subscribe()
        assert number == 0
        alice.order()
        socket.await_report(x="NEW")
        assert {frame["subscriptionId"] for frame in socket.events} == {number}
        assert socket.do("session.subscriptions") == [{"subscriptionId": number}]


def test_a_trade_is_told_to_both_with_what_was_filled_by_then(
    hers: ApiSocket, his: ApiSocket, alice: Trader, bob: Trader
) -> None:
    bid = alice.order(quantity="0.3", price="101.00")
    for quantity in ("0.1", "0.2"):
        bob.order(side="SELL", quantity=quantity, price="101.00")
    last = hers.await_report(i=bid["orderId"], X="FILLED")
    first = hers.await_report(i=bid["orderId"], X="PARTIALLY_FILLED")
    assert told(first, "x", "l", "z", "L", "Y", "Z", "m", "w", "M") == [
        "TRADE", "0.10000000", "0.10000000", "101.00000000", "10.10000000", "10.10000000", True, True, True,
    ]  # fmt: skip
    assert told(last, "x", "l", "z", "Z", "m", "w") == [
        "TRADE", "0.20000000", "0.30000000", "30.30000000", True, False,
    ]  # fmt: skip
    assert last["t"] == first["t"] + 1
    assert last["N"] == "USDB"
    same_as_rest(last, alice)
    taken = his.await_report(t=last["t"])
    assert told(taken, "x", "X", "l", "m", "S") == ["TRADE", "FILLED", "0.20000000", False, "SELL"]
    same_as_rest(taken, bob)
    mine = {row["id"]: row for row in alice.get("/api/v3/myTrades", symbol=SYMBOL).json}
    for report in (first, last):
        row = mine[report["t"]]
        assert told(report, "L", "l", "Y", "n", "N", "i") == [
            row["price"], row["qty"], row["quoteQty"], row["commission"], row["commissionAsset"],
            row["orderId"],
        ]  # fmt: skip


def test_a_taker_through_many_orders_is_told_each_fill(his: ApiSocket, alice: Trader, bob: Trader) -> None:
    for price in ("102.00", "101.00", "100.00"):
        alice.order(price=price)
    sold = bob.order(side="SELL", type="MARKET", timeInForce=None, price=None, quantity="0.25")
    his.await_report(i=sold["orderId"], X="FILLED")
    reports = [report for report in his.reports if report["i"] == sold["orderId"]]
    assert [told(report, "x", "X", "z", "L") for report in reports] == [
        ["NEW", "NEW", "0.00000000", "0.00000000"],
        ["TRADE", "PARTIALLY_FILLED", "0.10000000", "102.00000000"],
        ["TRADE", "PARTIALLY_FILLED", "0.20000000", "101.00000000"],
        ["TRADE", "FILLED", "0.25000000", "100.00000000"],
    ]
    assert {report["o"] for report in reports} == {"MARKET"}
    same_as_rest(reports[-1], bob)


def test_a_market_order_by_budget_ends_filled(his: ApiSocket, alice: Trader, bob: Trader) -> None:
    alice.order(quantity="0.5", price="100.00")
    sold = bob.order(
        side="SELL", type="MARKET", timeInForce=None, price=None, quantity=None, quoteOrderQty="30"
    )
    last = his.await_report(i=sold["orderId"], X="FILLED")
    assert told(last, "Q", "Z") == ["30.00000000", "30.00000000"]
    same_as_rest(last, bob)


def test_a_cancel_by_request_names_the_order_that_it_canceled(hers: ApiSocket, alice: Trader) -> None:
    placed = alice.order(newClientOrderId="to-go")
    alice.delete("/api/v3/order", symbol=SYMBOL, orderId=placed["orderId"])
    report = hers.await_report(i=placed["orderId"], x="CANCELED")
    assert told(report, "X", "C", "w", "r") == ["CANCELED", "to-go", False, "NONE"]
    same_as_rest(report, alice)


def test_what_does_not_trade_at_once_expires(hers: ApiSocket, alice: Trader) -> None:
    placed = alice.order(timeInForce="IOC")
    report = hers.await_report(i=placed["orderId"], x="EXPIRED")
    assert told(report, "X", "C", "f", "w") == ["EXPIRED", "", "IOC", False]
    same_as_rest(report, alice)


def test_an_amended_order_is_replaced(hers: ApiSocket, alice: Trader) -> None:
    placed = alice.order(quantity="0.3")
    path = "/api/v3/order/amend/keepPriority"
    assert alice.put(path, symbol=SYMBOL, orderId=placed["orderId"], newQty="0.2").status == 200
    report = hers.await_report(i=placed["orderId"], x="REPLACED")
    assert told(report, "X", "q", "w") == ["NEW", "0.20000000", True]
    same_as_rest(report, alice)


def test_a_stop_is_new_when_it_waits_and_when_it_works(hers: ApiSocket, alice: Trader, bob: Trader) -> None:
    alice.order(price="100.00")
    bob.order(side="SELL", price="100.00")
    stop = alice.order(type="STOP_LOSS_LIMIT", stopPrice="104.00", price="90.00", quantity="0.2")
    waits = hers.await_report(i=stop["orderId"], x="NEW")
    assert told(waits, "X", "w", "P") == ["NEW", False, "104.00000000"]
    assert "W" not in waits
    same_as_rest(waits, alice)
    bob.order(side="SELL", price="104.00")
    alice.order(price="104.00")
    works = hers.await_report(i=stop["orderId"], w=True)
    assert told(works, "x", "X", "z") == ["NEW", "NEW", "0.00000000"]
    assert works["W"] == works["T"]
    same_as_rest(works, alice)


def test_orders_of_one_owner_do_not_trade_and_say_so(hers: ApiSocket, edith: Trader, house: House) -> None:
    with listening(house.url, edith) as socket:
        rests = edith.order(price="100.00", quantity="0.2")
        takes = edith.order(side="SELL", price="100.00", quantity="0.5", selfTradePreventionMode="DECREMENT")
        maker = socket.await_report(i=rests["orderId"], x="TRADE_PREVENTION")
        taker = socket.await_report(i=takes["orderId"], x="TRADE_PREVENTION")
        assert told(maker, "X", "A", "B", "U", "pl", "pL", "pY") == [
            "EXPIRED_IN_MATCH", "0.20000000", "0.20000000", takes["orderId"],
            "0.20000000", "100.00000000", "20.00000000",
        ]  # fmt: skip
        assert told(taker, "X", "A", "U") == ["NEW", "0.20000000", rests["orderId"]]
        same_as_rest(maker, edith)
        same_as_rest(taker, edith)


def test_money_is_told_after_each_change(hers: ApiSocket, alice: Trader) -> None:
    alice.order(price="100.00", quantity="0.5")
    position = hers.await_event(lambda event: event["e"] == "outboundAccountPosition")
    assert missing("BinanceSpotAccountUpdateMsg", position) == []
    (held,) = (row for row in position["B"] if row["a"] == "USDB")
    assert missing("BinanceSpotBalance", held) == []
    (row,) = (row for row in alice.get("/api/v3/account").json["balances"] if row["asset"] == "USDB")
    assert (held["f"], held["l"]) == (row["free"], row["locked"])
    assert Decimal(held["l"]) > 0
    assert position["u"] <= position["E"]


def test_transfers_into_and_out_of_the_trading_wallet_are_told(hers: ApiSocket, alice: Trader) -> None:
    alice.person.fund(USDB="12.5")
    came = hers.await_event(lambda event: event["e"] == "balanceUpdate")
    assert (came["a"], came["d"]) == ("USDB", "12.50000000")
    assert set(came) == {"e", "E", "a", "d", "T"}
    moved = alice.person.move(amount="2", from_wallet="TRADING", to_wallet="FUNDING")
    assert moved.is_success, moved.text
    left = hers.await_event(lambda event: event["e"] == "balanceUpdate" and event["d"].startswith("-"))
    assert left["d"] == "-2.00000000"
    hers.await_event(lambda event: event["e"] == "outboundAccountPosition" and event["u"] >= left["T"])


def test_others_hear_nothing(his: ApiSocket, alice: Trader) -> None:
    alice.order()
    his.do("ping")
    assert his.events == []


def test_one_listens_once_and_until_he_ends_it(hers: ApiSocket, alice: Trader) -> None:
    assert refusal_of(hers.ask_signed("userDataStream.subscribe.signature"))[1] == -2035
    assert hers.do("userDataStream.unsubscribe", subscriptionId=0) == {}
    hers.await_event(lambda event: event["e"] == "eventStreamTerminated")
    alice.order()
    assert hers.do("session.subscriptions") == []
    assert hers.reports == []
    assert refusal_of(hers.ask("userDataStream.unsubscribe", subscriptionId=0))[1] == -2036
    assert hers.subscribe() == 1


def test_one_connection_may_listen_to_two_accounts(hers: ApiSocket, alice: Trader, bob: Trader) -> None:
    answer = hers.answer_to(hers.send("userDataStream.subscribe.signature", bob.signed_members({})))
    assert answer["result"] == {"subscriptionId": 1}
    placed = [alice.order()["orderId"], bob.order(side="SELL", price="200.00")["orderId"]]
    for number, order_id in enumerate(placed):
        hers.await_report(i=order_id)
        (frame,) = (one for one in hers.events if one["event"].get("i") == order_id)
        assert frame["subscriptionId"] == number


def test_a_session_listens_after_its_logon_until_its_logout(house: House, alice: Trader) -> None:
    with opened(house.url, alice) as socket:
        assert refusal_of(socket.ask("userDataStream.subscribe"))[1] == -1102
        socket.log_on()
        assert socket.do("userDataStream.subscribe") == {"subscriptionId": 0}
        placed = alice.order()
        socket.await_report(i=placed["orderId"])
        assert socket.do("session.logout")["userDataStream"] is False
        socket.await_event(lambda event: event["e"] == "eventStreamTerminated")
