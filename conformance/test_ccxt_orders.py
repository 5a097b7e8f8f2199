"""The life of every type of order that ccxt sends to spot, compared with the house's own account of it."""

from collections.abc import Callable, Iterator
from typing import Any

import ccxt
import pytest
from ccxt.test.exchange.base import test_order as check_order
from ccxt.test.exchange.base import test_trade as check_trade

from conformance import quiet
from conformance.native import Native
from conformance.quiet import PRICE, SYMBOL

Natives = Callable[[str], Native]


@pytest.fixture(autouse=True)
def _quiet(anna: Any, bert: Any) -> Iterator[None]:
    quiet.empty(anna, bert)
    quiet.last_price(anna, bert)
    yield
    quiet.empty(anna, bert)


def agree(order: dict[str, Any], native: Native) -> dict[str, Any]:
    """What ccxt says of an order is what the house says of it."""
    own = native.order(order["id"])
    assert order["symbol"].replace("/", "-") == own["market"]
    assert order["side"].upper() == own["side"]
    assert order["filled"] == pytest.approx(float(own["filled_quantity"]))
    if order["cost"] is not None:
        assert order["cost"] == pytest.approx(float(own["filled_quote"]))
    if own["price"] is not None and order["price"] is not None and order["type"] == "limit":
        assert order["price"] == pytest.approx(float(own["price"]))
    return own


def test_a_limit_order_rests_and_is_canceled(anna: Any, native: Natives) -> None:
    placed = anna.create_order(SYMBOL, "limit", "buy", 0.5, PRICE - 100)
    assert (placed["status"], placed["timeInForce"], placed["postOnly"]) == ("open", "GTC", False)
    assert placed["clientOrderId"].startswith("x-")
    agree(placed, native("anna"))
    assert native("anna").trading("USDB")[1] not in ("0", "0.00000000")
    assert [one["id"] for one in anna.fetch_open_orders(SYMBOL)] == [placed["id"]]
    canceled = anna.cancel_order(placed["id"], SYMBOL)
    assert (canceled["id"], canceled["status"], canceled["filled"]) == (placed["id"], "canceled", 0)
    assert agree(anna.fetch_order(placed["id"], SYMBOL), native("anna"))["status"] == "CANCELED"
    with pytest.raises(ccxt.OrderNotFound, match="-2011"):
        anna.cancel_order(placed["id"], SYMBOL)


def test_a_limit_order_is_filled_in_two_parts(anna: Any, bert: Any, native: Natives) -> None:
    resting = anna.create_order(SYMBOL, "limit", "buy", 0.5, PRICE)
    first = bert.create_order(SYMBOL, "limit", "sell", 0.2, PRICE - 1)
    assert (first["status"], first["filled"], first["average"]) == ("closed", 0.2, PRICE)
    assert len(first["trades"]) == 1
    half = anna.fetch_order(resting["id"], SYMBOL)
    assert (half["status"], half["filled"], half["remaining"]) == ("open", 0.2, 0.3)
    agree(half, native("anna"))
    bert.create_order(SYMBOL, "market", "sell", 0.3)
    whole = anna.fetch_order(resting["id"], SYMBOL)
    assert (whole["status"], whole["filled"], whole["cost"]) == ("closed", 0.5, 0.5 * PRICE)
    assert agree(whole, native("anna"))["status"] == "FILLED"


def test_fills_and_fees_are_those_of_the_ledger(anna: Any, bert: Any, native: Natives) -> None:
    before = anna.fetch_balance()
    bert.create_order(SYMBOL, "limit", "sell", 0.4, PRICE)
    bought = anna.create_order(SYMBOL, "market", "buy", 0.4)
    own = agree(bought, native("anna"))
    after = anna.fetch_balance()
    assert after["ETH"]["total"] - before["ETH"]["total"] == pytest.approx(0.4)
    paid = before["USDB"]["total"] - after["USDB"]["total"]
    assert paid == pytest.approx(float(own["filled_quote"]) + float(own["fee"]), abs=1e-6)
    fees = sum(trade["fee"]["cost"] for trade in bought["trades"])
    assert fees == pytest.approx(float(own["fee"]))
    trades = anna.fetch_order_trades(bought["id"], SYMBOL)
    assert sum(trade["amount"] for trade in trades) == pytest.approx(0.4)
    assert {trade["fee"]["currency"] for trade in trades} == {own["fee_asset"]}
    assert {trade["takerOrMaker"] for trade in trades} == {"taker"}
    assert trades[0]["id"] in {trade["id"] for trade in anna.fetch_my_trades(SYMBOL)}
    for asset in ("ETH", "USDB"):
        free, locked = native("anna").trading(asset)
        assert (after[asset]["free"], after[asset]["used"]) == (float(free), float(locked))


def test_immediate_or_cancel_leaves_nothing_resting(anna: Any, bert: Any, native: Natives) -> None:
    bert.create_order(SYMBOL, "limit", "sell", 0.1, PRICE)
    taken = anna.create_order(SYMBOL, "limit", "buy", 0.3, PRICE, {"timeInForce": "IOC"})
    assert (taken["filled"], taken["status"]) == (0.1, "expired")
    agree(taken, native("anna"))
    assert anna.fetch_open_orders(SYMBOL) == []


def test_fill_or_kill_does_one_or_the_other(anna: Any, bert: Any, native: Natives) -> None:
    bert.create_order(SYMBOL, "limit", "sell", 0.1, PRICE)
    killed = anna.create_order(SYMBOL, "limit", "buy", 0.3, PRICE, {"timeInForce": "FOK"})
    assert (killed["filled"], killed["status"]) == (0, "expired")
    filled = anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE, {"timeInForce": "FOK"})
    assert (filled["filled"], filled["status"]) == (0.1, "closed")
    agree(filled, native("anna"))


def test_post_only_rests_or_is_refused(anna: Any, bert: Any, native: Natives) -> None:
    bert.create_order(SYMBOL, "limit", "sell", 0.1, PRICE)
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE, {"postOnly": True})
    resting = anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 1, {"postOnly": True})
    assert (resting["status"], resting["postOnly"]) == ("open", True)
    assert agree(resting, native("anna"))["post_only"]


@pytest.mark.parametrize(
    ("mode", "maker", "taker"),
    [
        ("EXPIRE_MAKER", "expired", "open"),
        ("EXPIRE_TAKER", "open", "expired"),
        ("EXPIRE_BOTH", "expired", "expired"),
    ],
)
def test_nobody_trades_with_himself(anna: Any, mode: str, maker: str, taker: str) -> None:
    resting = anna.create_order(SYMBOL, "limit", "sell", 0.1, PRICE)
    params = {"selfTradePreventionMode": mode}
    crossing = anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE, params)
    states = [anna.fetch_order(one["id"], SYMBOL) for one in (resting, crossing)]
    assert [one["filled"] for one in states] == [0, 0]
    assert [_plain(one["status"]) for one in states] == [maker, taker]


def _plain(status: str) -> str:
    """ccxt has no word of its own for EXPIRED_IN_MATCH in every version."""
    return "expired" if status in ("EXPIRED_IN_MATCH", "expired") else status


def test_a_market_order_spends_a_budget(anna: Any, bert: Any, native: Natives) -> None:
    bert.create_order(SYMBOL, "limit", "sell", 1, PRICE)
    before = anna.fetch_balance()["USDB"]["total"]
    bought = anna.create_order(SYMBOL, "market", "buy", None, None, {"cost": 500})
    assert bought["status"] in ("closed", "expired")
    assert 0 < bought["cost"] <= 500
    agree(bought, native("anna"))
    spent = before - anna.fetch_balance()["USDB"]["total"]
    assert 490 < spent <= 500
    again = anna.create_market_buy_order_with_cost(SYMBOL, 300)
    assert 0 < again["cost"] <= 300


STOPS = [
    ("market", "sell", None, {"stopLossPrice": PRICE - 50}, PRICE - 60),
    ("limit", "sell", PRICE - 55, {"stopLossPrice": PRICE - 50}, PRICE - 50),
    ("market", "sell", None, {"takeProfitPrice": PRICE + 50}, PRICE + 60),
    ("limit", "sell", PRICE + 40, {"takeProfitPrice": PRICE + 50}, PRICE + 50),
    ("limit", "buy", PRICE + 60, {"triggerPrice": PRICE + 50}, PRICE + 50),
    ("market", "buy", None, {"triggerPrice": PRICE + 50}, PRICE + 50),
]


@pytest.mark.parametrize(("kind", "side", "price", "params", "reached"), STOPS)
def test_a_stop_waits_and_trades_when_it_is_reached(
    anna: Any,
    bert: Any,
    native: Natives,
    kind: str,
    side: str,
    price: float | None,
    params: dict[str, float],
    reached: float,
) -> None:
    waiting = anna.create_order(SYMBOL, kind, side, 0.1, price, params)
    assert waiting["status"] == "open"
    assert waiting["triggerPrice"] == next(iter(params.values()))
    assert [one["id"] for one in anna.fetch_open_orders(SYMBOL)] == [waiting["id"]]
    bert.create_order(SYMBOL, "limit", "buy", 0.3, reached - 20)
    bert.create_order(SYMBOL, "limit", "sell", 0.3, reached + 8)
    # One trade at the price that triggers, between two others.
    resting = native("mira").send(
        "POST",
        "/api/v1/orders",
        {**_native("SELL", reached), "quantity": "0.01"},
    )
    assert resting.is_success, resting.text
    taken = native("toby").send("POST", "/api/v1/orders", {**_native("BUY", reached), "quantity": "0.01"})
    assert taken.is_success, taken.text
    done = anna.fetch_order(waiting["id"], SYMBOL)
    own = agree(done, native("anna"))
    assert own["triggered_at_ms"] is not None
    assert done["status"] in ("closed", "open")
    if kind == "market":
        assert (done["status"], done["filled"]) == ("closed", 0.1)


def _native(side: str, price: float) -> dict[str, Any]:
    return {"market": "ETH-USDB", "side": side, "type": "LIMIT", "price": f"{price:.2f}"}


def test_a_stop_that_is_reached_already_is_refused(anna: Any) -> None:
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        anna.create_order(SYMBOL, "market", "sell", 0.1, None, {"stopLossPrice": PRICE + 50})


def test_a_waiting_stop_is_canceled(anna: Any, native: Natives) -> None:
    waiting = anna.create_order(SYMBOL, "limit", "sell", 0.1, PRICE - 60, {"stopLossPrice": PRICE - 50})
    assert anna.cancel_order(waiting["id"], SYMBOL, {"trigger": True})["status"] == "canceled"
    assert native("anna").order(waiting["id"])["status"] == "CANCELED"


def test_a_client_order_id_finds_and_cancels_it(anna: Any) -> None:
    name = f"mine-{anna.milliseconds()}"
    placed = anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 100, {"clientOrderId": name})
    assert placed["clientOrderId"] == name
    found = anna.fetch_order(None, SYMBOL, {"clientOrderId": name})
    assert found["id"] == placed["id"]
    with pytest.raises(ccxt.InvalidOrder, match="Duplicate order sent"):
        anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 100, {"clientOrderId": name})
    assert anna.cancel_order(None, SYMBOL, {"clientOrderId": name})["id"] == placed["id"]


def test_an_edited_order_is_another_one(anna: Any, native: Natives) -> None:
    first = anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 100)
    second = anna.edit_order(first["id"], SYMBOL, "limit", "buy", 0.2, PRICE - 90)
    assert second["id"] != first["id"]
    assert (second["amount"], second["price"], second["status"]) == (0.2, PRICE - 90, "open")
    assert native("anna").order(first["id"])["status"] == "CANCELED"
    assert native("anna").order(second["id"])["status"] == "NEW"


def test_all_orders_are_canceled_at_once(anna: Any) -> None:
    for away in (100, 110, 120):
        anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - away)
    assert len(anna.cancel_all_orders(SYMBOL)) == 3
    assert anna.fetch_open_orders(SYMBOL) == []
    assert anna.fetch_balance()["USDB"]["used"] == 0


def test_orders_of_the_past_are_listed(anna: Any, bert: Any) -> None:
    bert.create_order(SYMBOL, "limit", "sell", 0.1, PRICE)
    filled = anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE)
    gone = anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 100)
    anna.cancel_order(gone["id"], SYMBOL)
    left = anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 100)
    listed = {one["id"]: one["status"] for one in anna.fetch_orders(SYMBOL)}
    assert [listed[one["id"]] for one in (filled, gone, left)] == ["closed", "canceled", "open"]
    assert filled["id"] in {one["id"] for one in anna.fetch_closed_orders(SYMBOL)}
    assert gone["id"] in {one["id"] for one in anna.fetch_canceled_orders(SYMBOL)}
    assert {one["id"] for one in anna.fetch_open_orders(SYMBOL)} == {left["id"]}
    assert len(anna.fetch_orders(SYMBOL, limit=2)) == 2
    unknown = {"status": "ccxt's own check does not know its own word `expired`"}
    for one in anna.fetch_orders(SYMBOL):
        check_order(anna, unknown, "fetchOrders", one, SYMBOL, anna.milliseconds())
    for one in anna.fetch_my_trades(SYMBOL):
        check_trade(anna, {}, "fetchMyTrades", one, SYMBOL, anna.milliseconds(), False)


def test_an_order_that_is_only_tried_leaves_nothing(anna: Any) -> None:
    anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 100, {"test": True})
    assert anna.fetch_open_orders(SYMBOL) == []


def test_parameters_of_other_markets_are_ignored(anna: Any) -> None:
    placed = anna.create_order(SYMBOL, "limit", "sell", 0.1, PRICE + 100, {"reduceOnly": True})
    assert placed["status"] == "open"


def test_a_trailing_stop_is_refused_in_words(anna: Any) -> None:
    with pytest.raises((ccxt.BadRequest, ccxt.InvalidOrder)):
        anna.create_order(SYMBOL, "market", "sell", 0.1, None, {"trailingPercent": 1})
