"""The life of an order of each type in Binance's words, from its placement to its end."""

from decimal import Decimal
from typing import Any

import pytest

from tests.binance.house import SYMBOL, Trader, encode, signed
from tests.binance.payloads import missing

PATH = "/api/v3/order"
SEEN = {"status", "executedQty", "cummulativeQuoteQty", "origQty", "price", "type", "timeInForce", "side"}


def seen(trader: Trader, placed: dict[str, Any]) -> dict[str, Any]:
    answer = trader.get(PATH, symbol=SYMBOL, orderId=placed["orderId"])
    assert answer.status == 200, answer
    assert missing("BinanceOrder", answer.json) == []
    shown: dict[str, Any] = answer.json
    return shown


def at(trader: Trader, side: str, price: str, quantity: str, **changes: Any) -> dict[str, Any]:
    placed: dict[str, Any] = trader.order(side=side, price=price, quantity=quantity, **changes)
    return placed


def market(trader: Trader, side: str, **amount: str) -> dict[str, Any]:
    usual = {"type": "MARKET", "side": side, "price": None, "timeInForce": None, "quantity": None}
    placed: dict[str, Any] = trader.order(**{**usual, **amount})
    return placed


def stop(trader: Trader, kind: str, side: str, trigger: str, **changes: Any) -> dict[str, Any]:
    usual = {"price": None, "timeInForce": None, "newOrderRespType": "RESULT", "quantity": "0.1"}
    placed: dict[str, Any] = trader.order(type=kind, side=side, stopPrice=trigger, **{**usual, **changes})
    return placed


def trade_at(alice: Trader, bob: Trader, price: str) -> None:
    """The last price, from now on."""
    at(bob, "SELL", price, "0.01")
    assert at(alice, "BUY", price, "0.01")["status"] == "FILLED"


def test_a_limit_order_rests_is_seen_and_is_canceled(alice: Trader) -> None:
    placed = at(alice, "BUY", "100.00", "0.1")
    assert missing("BinanceOrder", placed) == []
    assert placed["status"] == "NEW"
    assert placed["fills"] == []
    assert placed["orderListId"] == -1
    assert placed["workingTime"] == placed["transactTime"]
    shown = seen(alice, placed)
    assert {name: shown[name] for name in SEEN} == {name: placed[name] for name in SEEN}
    assert (shown["isWorking"], shown["time"]) == (True, placed["transactTime"])
    assert shown["clientOrderId"] == placed["clientOrderId"]
    assert len(placed["clientOrderId"]) == 22
    canceled = alice.delete(PATH, symbol=SYMBOL, orderId=placed["orderId"]).json
    assert canceled["status"] == "CANCELED"
    assert canceled["origClientOrderId"] == placed["clientOrderId"]
    assert canceled["clientOrderId"] != placed["clientOrderId"]
    assert seen(alice, placed)["status"] == "CANCELED"


def test_a_fill_is_told_with_its_commission_to_both_sides(alice: Trader, bob: Trader) -> None:
    made = at(bob, "SELL", "200.00", "0.30000")
    taken = at(alice, "BUY", "201.00", "0.10000")
    assert (taken["status"], taken["executedQty"], taken["price"]) == ("FILLED", "0.10000000", "201.00000000")
    assert Decimal(taken["cummulativeQuoteQty"]) == 20
    (fill,) = taken["fills"]
    assert (fill["price"], fill["qty"], fill["commissionAsset"]) == ("200.00000000", "0.10000000", "USDB")
    assert Decimal(fill["commission"]) == Decimal("0.01")  # 500 ppm of 20
    shown = seen(bob, made)
    assert (shown["status"], shown["executedQty"]) == ("PARTIALLY_FILLED", "0.10000000")
    (trade,) = bob.get("/api/v3/myTrades", symbol=SYMBOL, orderId=made["orderId"]).json
    assert (trade["id"], trade["isMaker"], trade["isBuyer"]) == (fill["tradeId"], True, False)
    assert alice.person.holding("BTC")["trading_free"] == "0.10000000"
    assert Decimal(alice.person.trading("USDB")[0]) == 100000 - 20 - Decimal("0.01")


@pytest.mark.parametrize(("kind", "names"), [("ACK", set()), ("RESULT", {"status"}), ("FULL", {"fills"})])
def test_the_answer_has_what_was_asked_for(alice: Trader, kind: str, names: set[str]) -> None:
    placed = at(alice, "BUY", "100.00", "0.1", newOrderRespType=kind)
    assert missing("BinanceOrder", placed) == []
    assert ("status" in placed, "fills" in placed) == (kind != "ACK", kind == "FULL")
    assert names <= set(placed)


def test_a_stop_order_is_only_acknowledged_by_itself(alice: Trader, bob: Trader) -> None:
    trade_at(alice, bob, "300.00")
    placed = stop(alice, "STOP_LOSS", "BUY", "310.00", newOrderRespType=None)
    assert set(placed) == {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}


def test_what_an_ioc_order_leaves_expires(alice: Trader, bob: Trader) -> None:
    at(bob, "SELL", "200.00", "0.1")
    placed = at(alice, "BUY", "200.00", "0.3", timeInForce="IOC")
    assert (placed["status"], placed["executedQty"], placed["timeInForce"]) == (
        "EXPIRED",
        "0.10000000",
        "IOC",
    )
    assert seen(alice, placed)["status"] == "EXPIRED"


def test_a_fok_order_is_filled_in_full(alice: Trader, bob: Trader) -> None:
    at(bob, "SELL", "200.00", "0.3")
    assert at(alice, "BUY", "200.00", "0.3", timeInForce="FOK")["status"] == "FILLED"


def test_a_fok_order_that_cannot_be_filled_is_an_order_that_has_expired(alice: Trader, bob: Trader) -> None:
    at(bob, "SELL", "200.00", "0.1")
    placed = at(alice, "BUY", "200.00", "0.3", timeInForce="FOK", newClientOrderId="all-or-nothing")
    assert (placed["status"], placed["executedQty"], placed["fills"]) == ("EXPIRED", "0.00000000", [])
    assert seen(alice, placed)["status"] == "EXPIRED"
    by_name = alice.get(PATH, symbol=SYMBOL, origClientOrderId="all-or-nothing").json
    assert by_name["orderId"] == placed["orderId"]
    assert alice.delete(PATH, symbol=SYMBOL, orderId=placed["orderId"]).refusal[1] == -2011


def test_a_limit_maker_rests_or_is_refused(alice: Trader, bob: Trader) -> None:
    at(bob, "SELL", "200.00", "0.1")
    maker = {"type": "LIMIT_MAKER", "timeInForce": None, "newOrderRespType": "RESULT"}
    placed = at(alice, "BUY", "199.00", "0.1", **maker)
    assert (placed["status"], placed["type"], placed["timeInForce"]) == ("NEW", "LIMIT_MAKER", "GTC")
    refused = alice.try_order(price="200.00", **maker)
    assert refused.refusal == (400, -2010, "Order would immediately match and take.")


def test_a_market_order_by_quantity_takes_the_best_prices(alice: Trader, bob: Trader) -> None:
    at(bob, "SELL", "200.00", "0.1")
    at(bob, "SELL", "210.00", "0.1")
    placed = market(alice, "BUY", quantity="0.15")
    assert (placed["status"], placed["type"], placed["timeInForce"]) == ("FILLED", "MARKET", "GTC")
    assert [(fill["price"], fill["qty"]) for fill in placed["fills"]] == [
        ("200.00000000", "0.10000000"),
        ("210.00000000", "0.05000000"),
    ]
    assert Decimal(placed["cummulativeQuoteQty"]) == Decimal("30.5")
    assert Decimal(placed["price"]) == 0


def test_a_market_order_by_cost_spends_no_more_fee_included(alice: Trader, bob: Trader) -> None:
    at(bob, "SELL", "200.00", "1")
    placed = market(alice, "BUY", quoteOrderQty="50")
    assert placed["status"] == "FILLED"
    assert Decimal(placed["origQuoteOrderQty"]) == 50
    assert placed["origQty"] == placed["executedQty"] == "0.24987000"
    spent = 100000 - Decimal(alice.person.trading("USDB")[0])
    fees = sum(Decimal(fill["commission"]) for fill in placed["fills"])
    assert spent == Decimal(placed["cummulativeQuoteQty"]) + fees <= 50
    assert seen(alice, placed)["origQuoteOrderQty"] == placed["origQuoteOrderQty"]


def test_a_market_order_without_a_book_expires(alice: Trader) -> None:
    placed = market(alice, "BUY", quantity="0.1")
    assert (placed["status"], placed["executedQty"]) == ("EXPIRED", "0.00000000")


@pytest.mark.parametrize(
    ("kind", "trigger", "other"),
    [("STOP_LOSS", "310.00000000", "310.00"), ("TAKE_PROFIT", "290.00000000", "290.00")],
)
def test_a_triggered_market_order_waits_and_then_takes(
    alice: Trader, bob: Trader, kind: str, trigger: str, other: str
) -> None:
    trade_at(alice, bob, "300.00")
    placed = stop(alice, kind, "BUY", trigger)
    assert (placed["status"], placed["workingTime"], placed["stopPrice"]) == ("NEW", -1, trigger)
    shown = seen(alice, placed)
    assert (shown["isWorking"], shown["type"], shown["stopPrice"]) == (False, kind, trigger)
    at(bob, "SELL", other, "0.11")
    at(alice, "BUY", other, "0.01")
    shown = seen(alice, placed)
    assert (shown["status"], shown["executedQty"], shown["isWorking"]) == ("FILLED", "0.10000000", True)
    assert shown["workingTime"] > 0


@pytest.mark.parametrize(
    ("kind", "trigger"), [("STOP_LOSS_LIMIT", "290.00"), ("TAKE_PROFIT_LIMIT", "310.00")]
)
def test_a_triggered_limit_order_waits_and_then_rests(
    alice: Trader, bob: Trader, kind: str, trigger: str
) -> None:
    trade_at(alice, bob, "300.00")
    placed = stop(bob, kind, "SELL", trigger, price="320.00", timeInForce="GTC")
    assert (placed["type"], placed["price"], placed["status"]) == (kind, "320.00000000", "NEW")
    trade_at(alice, bob, trigger)
    shown = seen(bob, placed)
    assert (shown["status"], shown["isWorking"]) == ("NEW", True)
    assert at(alice, "BUY", "320.00", "0.1")["status"] == "FILLED"
    assert seen(bob, placed)["status"] == "FILLED"


def test_a_stop_whose_trigger_is_reached_already_is_refused(alice: Trader, bob: Trader) -> None:
    trade_at(alice, bob, "300.00")
    refused = alice.try_order(type="STOP_LOSS", side="BUY", stopPrice="299.00", price=None, timeInForce=None)
    assert refused.refusal == (400, -2010, "Order would trigger immediately.")


def test_whom_self_trade_prevention_stops_is_as_the_symbol_says(edith: Trader) -> None:
    (symbol,) = edith.get("/api/v3/exchangeInfo", symbol=SYMBOL).json["symbols"]
    placed = at(edith, "BUY", "100.00", "0.1")
    assert placed["selfTradePreventionMode"] == symbol["defaultSelfTradePreventionMode"]


def test_an_order_that_meets_its_owners_is_kept_from_trading(edith: Trader) -> None:
    resting = at(edith, "SELL", "200.00", "0.1")
    taker = at(edith, "BUY", "200.00", "0.3", selfTradePreventionMode="EXPIRE_TAKER")
    assert (taker["status"], taker["selfTradePreventionMode"]) == ("EXPIRED_IN_MATCH", "EXPIRE_TAKER")
    decremented = at(edith, "BUY", "200.00", "0.3", selfTradePreventionMode="DECREMENT")
    assert (decremented["status"], decremented["preventedQuantity"]) == ("NEW", "0.10000000")
    shown = seen(edith, resting)
    assert (shown["status"], shown["executedQty"]) == ("EXPIRED_IN_MATCH", "0.00000000")


def test_the_same_signed_request_is_carried_out_once(alice: Trader) -> None:
    usual = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
    params = alice.stamped({**usual, "quantity": "0.1", "price": "100.00"})
    text = signed(alice.secret, encode(params))
    first, second = (alice.send_text("POST", PATH, text) for _ in range(2))
    assert first.status == second.status == 200
    assert first.json == second.json
    assert len(alice.get("/api/v3/openOrders", symbol=SYMBOL).json) == 1


def test_a_client_order_id_is_taken_once(alice: Trader) -> None:
    at(alice, "BUY", "100.00", "0.1", newClientOrderId="mine")
    for changes in ({}, {"price": "101.00"}):
        again = alice.try_order(newClientOrderId="mine", **changes)
        assert again.refusal == (400, -2010, "Duplicate order sent.")
    assert len(alice.get("/api/v3/openOrders", symbol=SYMBOL).json) == 1


def test_a_client_order_id_may_have_every_character_that_binance_allows(alice: Trader) -> None:
    name = "web_.A:/z9-" + "x" * 25
    placed = at(alice, "BUY", "100.00", "0.1", newClientOrderId=name)
    assert placed["clientOrderId"] == name
    assert alice.get(PATH, symbol=SYMBOL, origClientOrderId=name).json["orderId"] == placed["orderId"]
    assert alice.delete(PATH, symbol=SYMBOL, origClientOrderId=name).json["origClientOrderId"] == name


def test_clients_unknown_parameters_do_no_harm(alice: Trader) -> None:
    placed = at(alice, "BUY", "100", "0.10000000", reduceOnly="false", strategyId=7, positionSide="LONG")
    assert (placed["price"], placed["origQty"]) == ("100.00000000", "0.10000000")


def test_an_order_is_tested_without_being_placed(alice: Trader) -> None:
    usual = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.1"}
    path = "/api/v3/order/test"
    assert alice.post(path, **usual, price="100").json == {}
    rates = alice.post(path, **usual, price="100", computeCommissionRates=True).json
    assert rates["standardCommissionForOrder"] == {"maker": "0.00020000", "taker": "0.00050000"}
    refused = alice.post(path, **usual, price="100.001")
    assert refused.refusal == (400, -1013, "Filter failure: PRICE_FILTER")
    small = {**usual, "quantity": "0.00001"}
    assert alice.post(path, **small, price="100").refusal == (400, -1013, "Filter failure: NOTIONAL")
    assert alice.post(path, **{**usual, "timeInForce": "FOK"}, price="100").status == 200
    assert alice.get("/api/v3/allOrders", symbol=SYMBOL).json == []
