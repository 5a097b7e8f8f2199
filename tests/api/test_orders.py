"""Placing orders of every kind: what is answered, what is held, what is charged."""

import pytest

from tests.api.house import FREE_MARKET, SMALL_MARKET
from tests.api.people import MakeTrader, Trader, field_of, order, refusal


def test_a_limit_order_rests_and_holds_its_price_its_fee_and_one_atom(alice: Trader) -> None:
    placed = alice.place(price="100.00", quantity="0.1", client_order_id="mine")
    order = placed["order"]
    assert placed["fills"] == []
    assert (order["status"], order["time_in_force"], order["client_order_id"]) == ("NEW", "GTC", "mine")
    assert (order["quantity"], order["remaining_quantity"]) == ("0.10000", "0.10000")
    assert alice.order(order["order_id"]) == order
    assert alice.trading("USDB") == ("99989.99499999", "10.00500001")


def test_an_order_that_matches_says_its_fills_and_fees(alice: Trader, bob: Trader) -> None:
    offer = bob.place(side="SELL", price="100.00", quantity="0.3")["order"]
    placed = alice.place(price="101.00", quantity="0.1")
    order, (fill,) = placed["order"], placed["fills"]
    assert (order["status"], order["close_reason"], order["remaining_quantity"]) == (
        "FILLED",
        "FILLED",
        "0.00000",
    )
    assert (order["filled_quote"], order["fee"], order["fee_asset"]) == ("10.00000000", "0.00500000", "USDB")
    assert (fill["price"], fill["quantity"], fill["quote_amount"]) == ("100.00", "0.10000", "10.00000000")
    assert (fill["role"], fill["side"], fill["order_id"]) == ("TAKER", "BUY", order["order_id"])
    assert alice.trading("USDB") == ("99989.99500000", "0.00000000")  # at the maker's price, nothing locked
    assert alice.trading("BTC") == ("0.10000000", "0.00000000")

    made = bob.get(f"/api/v1/orders/{offer['order_id']}")
    assert (made["order"]["status"], made["order"]["filled_quantity"]) == ("PARTIALLY_FILLED", "0.10000")
    assert [(fill["role"], fill["side"], fill["fee"]) for fill in made["fills"]] == [
        ("MAKER", "SELL", "0.00200000")
    ]
    assert bob.trading("USDB") == ("9.99800000", "0.00000000")
    assert bob.trading("BTC") == ("9.70000000", "0.20000000")


def test_a_better_price_than_asked_for_is_the_buyers(trader: MakeTrader) -> None:
    alice, bob = trader("alice", USDB="300"), trader("bob", DOT="1")
    market = {"market": FREE_MARKET}
    bob.place(**market, side="SELL", price="30", quantity="0.80723030")
    bob.place(**market, side="SELL", price="55", quantity="0.19276970")
    placed = alice.place(**market, price="55", quantity="1")
    assert [(fill["price"], fill["quantity"]) for fill in placed["fills"]] == [
        ("30", "0.80723030"),
        ("55", "0.19276970"),
    ]
    assert placed["order"]["filled_quote"] == "34.81924250"
    assert alice.trading("USDB") == ("265.18075750", "0.00000000")
    assert bob.trading("USDB") == ("34.81924250", "0.00000000")


def test_the_rest_of_a_gtc_order_stays_in_the_book(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", quantity="0.1")
    order = alice.place(quantity="0.25")["order"]
    assert (order["status"], order["filled_quantity"], order["remaining_quantity"]) == (
        "PARTIALLY_FILLED",
        "0.10000",
        "0.15000",
    )


def test_the_rest_of_an_ioc_order_expires(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", quantity="0.1")
    order = alice.place(quantity="0.25", time_in_force="IOC")["order"]
    assert (order["status"], order["close_reason"], order["filled_quantity"]) == (
        "EXPIRED",
        "UNFILLED_REMAINDER",
        "0.10000",
    )
    assert alice.trading("USDB")[1] == "0.00000000"


def test_an_ioc_order_that_meets_nobody_expires_at_once(alice: Trader) -> None:
    placed = alice.place(time_in_force="IOC")
    assert (placed["order"]["status"], placed["fills"]) == ("EXPIRED", [])
    assert alice.trading("USDB") == ("100000.00000000", "0.00000000")


def test_a_fok_order_is_filled_whole_or_refused(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", quantity="0.1")
    assert refusal(alice.try_order(quantity="0.2", time_in_force="FOK")) == (422, "FOK_UNFILLED")
    assert alice.place(quantity="0.1", time_in_force="FOK")["order"]["status"] == "FILLED"


def test_a_post_only_order_that_would_match_is_refused(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", price="100.00")
    assert refusal(alice.try_order(price="100.00", post_only=True)) == (422, "POST_ONLY_WOULD_CROSS")
    order = alice.place(price="99.99", post_only=True)["order"]
    assert (order["status"], order["post_only"]) == ("NEW", True)


def test_a_market_order_by_quantity_takes_the_best_prices(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", price="100.00", quantity="0.1")
    bob.place(side="SELL", price="101.00", quantity="0.1")
    placed = alice.place(type="MARKET", price=None, quantity="0.15")
    assert [(fill["price"], fill["quantity"]) for fill in placed["fills"]] == [
        ("100.00", "0.10000"),
        ("101.00", "0.05000"),
    ]
    order = placed["order"]
    assert (order["status"], order["time_in_force"], order["price"], order["filled_quote"]) == (
        "FILLED",
        "IOC",
        None,
        "15.05000000",
    )


def test_a_market_order_by_budget_spends_no_more_fee_included(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", price="100.00", quantity="1")
    order = alice.place(type="MARKET", price=None, quantity=None, quote_budget="10")["order"]
    # floor(10 / (100 * 0.00001 * 1.0005)) lots
    assert (order["filled_quantity"], order["filled_quote"]) == ("0.09995", "9.99500000")
    assert (order["fee"], order["quote_budget"]) == ("0.00499750", "10.00000000")
    assert (order["close_reason"], order["quantity"]) == ("BUDGET_SPENT", None)
    assert alice.trading("USDB") == ("99990.00000250", "0.00000000")


def test_a_market_order_by_both_ends_at_the_smaller(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", price="100.00", quantity="1")
    both = {"type": "MARKET", "price": None}
    by_quantity = alice.place(**both, quantity="0.05", quote_budget="10")["order"]
    assert (by_quantity["status"], by_quantity["filled_quantity"]) == ("FILLED", "0.05000")
    by_budget = alice.place(**both, quantity="0.5", quote_budget="10")["order"]
    assert (by_budget["close_reason"], by_budget["filled_quantity"]) == ("BUDGET_SPENT", "0.09995")


def test_a_market_sell_by_budget_sells_until_it_has_raised_it(alice: Trader, bob: Trader) -> None:
    alice.place(price="100.00", quantity="1")
    order = bob.place(side="SELL", type="MARKET", price=None, quantity=None, quote_budget="10")["order"]
    assert (order["filled_quantity"], order["filled_quote"]) == ("0.10000", "10.00000000")
    assert bob.trading("BTC") == ("9.90000000", "0.00000000")


def test_a_market_order_in_an_empty_book_expires(alice: Trader) -> None:
    placed = alice.place(type="MARKET", price=None, quantity="0.1")
    assert (placed["order"]["status"], placed["order"]["close_reason"]) == ("EXPIRED", "NO_LIQUIDITY")


@pytest.mark.parametrize(
    ("mode", "taker", "maker"),
    [
        ("EXPIRE_TAKER", "EXPIRED", "NEW"),
        ("EXPIRE_MAKER", "NEW", "EXPIRED"),
        ("EXPIRE_BOTH", "EXPIRED", "EXPIRED"),
        ("DECREMENT", "NEW", "EXPIRED"),
    ],
)
def test_nobody_trades_with_himself(trader: MakeTrader, mode: str, taker: str, maker: str) -> None:
    dora = trader("dora", USDB="1000", BTC="10")
    resting = dora.place(side="SELL", quantity="2")["order"]
    placed = dora.place(quantity="6", self_trade_prevention=mode)
    assert placed["fills"] == []
    assert placed["order"]["status"] == taker
    seen = dora.order(resting["order_id"])
    assert seen["status"] == maker
    if maker == "EXPIRED":
        assert seen["close_reason"] == "SELF_TRADE"
    if mode == "DECREMENT":
        assert (placed["order"]["prevented_quantity"], placed["order"]["remaining_quantity"]) == (
            "2.00000",
            "4.00000",
        )


def test_the_order_that_was_answered_is_the_order_that_is_stored(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", quantity="0.1")
    for terms in ({"quantity": "0.3"}, {"time_in_force": "IOC"}, {"type": "MARKET", "price": None}):
        placed = alice.place(**terms)
        assert alice.get(f"/api/v1/orders/{placed['order']['order_id']}") == placed


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"price": "100.001"}, 422, "TICK_SIZE", "price"),
        ({"quantity": "0.000001"}, 422, "LOT_SIZE", "quantity"),
        ({"quantity": "0.00001"}, 422, "MIN_NOTIONAL", "quantity"),
        ({"price": "1000000"}, 422, "INSUFFICIENT_FUNDS", ""),
        ({"side": "SELL"}, 422, "INSUFFICIENT_FUNDS", ""),
        ({"price": None}, 400, "INVALID_ORDER", "price"),
        ({"quantity": None}, 400, "INVALID_ORDER", "quantity"),
        ({"quote_budget": "10"}, 400, "INVALID_ORDER", "quote_budget"),
        ({"type": "MARKET"}, 400, "INVALID_ORDER", "price"),
        ({"type": "MARKET", "price": None, "quantity": None}, 400, "INVALID_ORDER", "quantity"),
        ({"type": "MARKET", "price": None, "post_only": True}, 400, "INVALID_ORDER", "post_only"),
        ({"post_only": True, "time_in_force": "IOC"}, 400, "INVALID_ORDER", "post_only"),
        ({"type": "MARKET", "price": None, "time_in_force": "GTC"}, 400, "INVALID_ORDER", "time_in_force"),
        ({"price": "0"}, 400, "OUT_OF_RANGE", "price"),
        ({"quantity": "0.00"}, 400, "OUT_OF_RANGE", "quantity"),
        ({"price": "999999999999999999", "quantity": "900000000000000000"}, 400, "OUT_OF_RANGE", "quantity"),
        ({"price": "90000000000000000", "quantity": "90000000000000"}, 400, "OUT_OF_RANGE", ""),
    ],
)
def test_an_order_that_breaks_a_rule_is_refused_and_says_where(
    alice: Trader, changes: dict[str, object], status: int, code: str, field: str
) -> None:
    answer = alice.try_order(**changes)
    assert refusal(answer) == (status, code)
    assert field_of(answer) == field
    assert alice.get("/api/v1/orders")["orders"] == []
    assert alice.trading("USDB") == ("100000.00000000", "0.00000000")


@pytest.mark.parametrize(
    ("changes", "limit", "value"),
    [
        ({"price": "100.001"}, "tick_size", "0.01"),
        ({"quantity": "0.000001"}, "lot_size", "0.00001"),
        ({"quantity": "0.00001"}, "min_notional", "1.00000000"),
    ],
)
def test_the_limit_that_an_order_breaks_is_told(
    mallory: Trader, changes: dict[str, str], limit: str, value: str
) -> None:
    assert mallory.try_order(**changes).json()["error"][limit] == value


def test_an_order_worth_too_much_is_refused(trader: MakeTrader) -> None:
    erin = trader("erin", BTC="10")
    answer = erin.try_order(market=SMALL_MARKET, price="0.1", quantity="11")
    assert refusal(answer) == (422, "MAX_NOTIONAL")
    assert answer.json()["error"]["max_notional"] == "1.00000000"


def test_open_orders_are_counted(trader: MakeTrader) -> None:
    erin = trader("erin", BTC="10")
    small = {"market": SMALL_MARKET, "price": "0.1", "quantity": "1"}
    placed = [erin.place(**small)["order"]["order_id"] for _ in range(3)]
    assert refusal(erin.try_order(**small)) == (422, "TOO_MANY_OPEN_ORDERS")
    assert erin.place(**small, time_in_force="IOC")["order"]["status"] == "EXPIRED"
    erin.delete(f"/api/v1/orders/{placed[0]}")
    assert erin.place(**small)["order"]["status"] == "NEW"


def test_an_unknown_market_is_no_market(alice: Trader) -> None:
    answer = alice.try_order(market="XXX-YYY")
    assert refusal(answer) == (404, "MARKET_NOT_FOUND")
    assert field_of(answer) == "market"


def test_a_request_that_the_engine_reads_too_late_leaves_no_order(alice: Trader) -> None:
    answer = alice.send(
        "POST",
        "/api/v1/orders",
        {"market": "BTC-USDB", "side": "BUY", "type": "LIMIT", "price": "100", "quantity": "1"},
        age_ms=300,
        window_ms=200,
    )
    assert refusal(answer) == (401, "TIMESTAMP")
    assert alice.get("/api/v1/orders")["orders"] == []


def test_an_empty_receive_window_is_the_usual_one(alice: Trader) -> None:
    answer = alice.send("POST", "/api/v1/orders", order(), headers={"X-RECV-WINDOW": ""})
    assert answer.status_code == 200
