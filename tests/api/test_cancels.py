"""Taking orders out of the book: one, all of a market, all."""

import pytest

from tests.api.house import MARKET, SMALL_MARKET
from tests.api.people import MakeTrader, Trader, refusal


def test_an_order_is_canceled_by_its_id_and_its_money_is_free_again(alice: Trader) -> None:
    order = alice.place()["order"]
    canceled = alice.delete(f"/api/v1/orders/{order['order_id']}")["order"]
    assert (canceled["status"], canceled["close_reason"]) == ("CANCELED", "USER")
    assert alice.order(order["order_id"]) == canceled
    assert alice.trading("USDB") == ("100000.00000000", "0.00000000")


def test_an_order_is_canceled_by_the_id_that_its_owner_chose(alice: Trader) -> None:
    alice.place(client_order_id="first_Bid-1")
    canceled = alice.delete("/api/v1/orders/by-client-id/first_Bid-1")["order"]
    assert (canceled["status"], canceled["client_order_id"]) == ("CANCELED", "first_Bid-1")


def test_what_was_filled_stays_filled_when_the_rest_is_canceled(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", quantity="0.04")
    order = alice.place(quantity="0.1")["order"]
    canceled = alice.delete(f"/api/v1/orders/{order['order_id']}")["order"]
    assert (canceled["status"], canceled["filled_quantity"]) == ("CANCELED", "0.04000")
    assert alice.trading("BTC")[0] == "0.04000000"


def test_an_order_is_canceled_once(alice: Trader) -> None:
    path = f"/api/v1/orders/{alice.place()['order']['order_id']}"
    alice.delete(path)
    assert refusal(alice.send("DELETE", path)) == (404, "ORDER_NOT_FOUND")


def test_a_filled_order_cannot_be_canceled(alice: Trader, bob: Trader) -> None:
    path = f"/api/v1/orders/{bob.place(side='SELL')['order']['order_id']}"
    alice.place()
    assert refusal(bob.send("DELETE", path)) == (404, "ORDER_NOT_FOUND")
    assert bob.get(path)["order"]["status"] == "FILLED"


def test_all_orders_of_one_market_are_canceled_and_no_others(trader: MakeTrader) -> None:
    erin = trader("erin", BTC="10", USDB="1000")
    bids = [erin.place()["order"]["order_id"] for _ in range(3)]
    other = erin.place(market=SMALL_MARKET, price="0.1", quantity="1")["order"]["order_id"]
    assert sorted(erin.delete(f"/api/v1/orders?market={MARKET}")["canceled_order_ids"]) == sorted(bids)
    assert erin.order(other)["status"] == "NEW"


def test_all_orders_of_all_markets_are_canceled_and_nobody_elses(trader: MakeTrader, bob: Trader) -> None:
    erin = trader("erin", BTC="10", USDB="1000")
    mine = [
        erin.place()["order"]["order_id"],
        erin.place(market=SMALL_MARKET, price="0.1", quantity="1")["order"]["order_id"],
    ]
    his = bob.place(side="SELL", price="200")["order"]["order_id"]
    assert sorted(erin.delete("/api/v1/orders")["canceled_order_ids"]) == sorted(mine)
    assert bob.order(his)["status"] == "NEW"
    assert erin.delete("/api/v1/orders") == {"canceled_order_ids": []}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_somebody_elses_order_is_as_absent_as_one_that_never_was(
    alice: Trader, carol: Trader, method: str
) -> None:
    order = alice.place(client_order_id="hers")["order"]
    absent = int(order["order_id"]) + 64 * 10**6
    for theirs, none in [(order["order_id"], absent), ("by-client-id/hers", "by-client-id/none")]:
        answers = [carol.send(method, f"/api/v1/orders/{name}").json()["error"] for name in (theirs, none)]
        assert [answer.pop("code") for answer in answers] == ["ORDER_NOT_FOUND"] * 2
        for answer in answers:
            del answer["request_id"]
        assert answers[0] == answers[1]
    assert alice.order(order["order_id"])["status"] == "NEW"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("0", 404, "ORDER_NOT_FOUND"),
        ("abc", 404, "ORDER_NOT_FOUND"),
        ("-1", 404, "ORDER_NOT_FOUND"),
        ("1.5", 404, "ORDER_NOT_FOUND"),
        ("%D9%A1", 404, "ORDER_NOT_FOUND"),  # an Arabic-Indic one
        ("63", 404, "ORDER_NOT_FOUND"),  # of a shard that does not exist
        ("9223372036854775807", 404, "ORDER_NOT_FOUND"),
        ("9223372036854775808", 400, "OUT_OF_RANGE"),
        ("18446744073709551616", 400, "OUT_OF_RANGE"),
        ("9" * 5000, 400, "OUT_OF_RANGE"),
        ("by-client-id/" + "x" * 37, 400, "INVALID_CLIENT_ORDER_ID"),
        ("by-client-id/a%20b", 404, "NOT_FOUND"),  # no path has blanks
        ("by-client-id/a.b", 400, "INVALID_CLIENT_ORDER_ID"),
        ("by-client-id/%C3%A9", 400, "INVALID_CLIENT_ORDER_ID"),
    ],
)
def test_an_id_that_no_order_can_have_is_refused(
    carol: Trader, method: str, name: str, status: int, code: str
) -> None:
    assert refusal(carol.send(method, f"/api/v1/orders/{name}")) == (status, code)


def test_another_user_may_choose_the_same_id(alice: Trader, bob: Trader) -> None:
    hers = alice.place(client_order_id="same")["order"]
    his = bob.place(side="SELL", price="200", client_order_id="same")["order"]
    assert alice.get("/api/v1/orders/by-client-id/same")["order"]["order_id"] == hers["order_id"]
    assert bob.get("/api/v1/orders/by-client-id/same")["order"]["order_id"] == his["order_id"]
