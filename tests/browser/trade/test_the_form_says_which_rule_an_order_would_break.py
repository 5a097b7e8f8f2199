"""What is written is read strictly, snapped to the market's steps with the reason, and judged."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.trade.reckoning import codes, reckon

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,5", "Write it with a point, and without thousands separators."),
        ("-1", "It must be more than nothing."),
        ("1e3", "Write a decimal number, such as 0.25."),
        ("abc", "Write a decimal number, such as 0.25."),
        ("0x10", "Write a decimal number, such as 0.25."),
        ("٣", "Write a decimal number, such as 0.25."),
        (".", "Write a decimal number, such as 0.25."),
        ("9" * 40, "Write a decimal number, such as 0.25."),
    ],
)
def test_it_reads_plain_decimals_alone(modules: Page, text: str, words: str) -> None:
    problems = reckon(modules, {"price": "60000", "size": text})["problems"]

    assert problems == [{"field": "quantity", "code": "INVALID_NUMBER", "message": words}]


@pytest.mark.parametrize("text", ["0.1", ".1", " 0.10 "])
def test_it_reads_what_people_write(modules: Page, text: str) -> None:
    answer = reckon(modules, {"price": "60000", "size": text})

    assert answer["problems"] == []
    assert answer["body"]["quantity"] == "0.10000"


def test_a_buy_is_never_put_to_a_higher_tick(modules: Page) -> None:
    answer = reckon(modules, {"price": "60000.19", "size": "0.1"})

    assert answer["ticket"]["price"] == "6000010"
    assert answer["snaps"] == [
        {"field": "price", "text": "60000.10", "message": "Set to the market's tick of 0.10."}
    ]


def test_a_sale_is_never_put_to_a_lower_tick(modules: Page) -> None:
    answer = reckon(modules, {"side": "SELL", "price": "60000.111", "size": "0.1"})

    assert answer["ticket"]["price"] == "6000020"


def test_a_size_is_cut_to_the_lot(modules: Page) -> None:
    answer = reckon(modules, {"price": "60000", "size": "0.12345678"})

    assert answer["ticket"]["lots"] == "12340"
    assert answer["snaps"][0]["message"] == "Cut to the market's lot of 0.00010."


def test_a_size_in_quote_buys_what_it_pays_for_with_the_fee(modules: Page) -> None:
    answer = reckon(modules, {"price": "60000", "size": "600", "unit": "quote"})

    assert answer["ticket"]["lots"] == "990"
    assert int(answer["found"]["needed"]) <= 600_0000_0000


RULES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {}, "MISSING"),
    ({"price": "60000"}, {}, "MISSING"),
    ({"price": "60000", "size": "0.00001"}, {}, "LOT_SIZE"),
    ({"price": "100", "size": "0.0001"}, {}, "MIN_NOTIONAL"),
    ({"price": "60000", "size": "100"}, {"quote": "90000000.00000000"}, "MAX_NOTIONAL"),
    ({"price": "60000", "size": "0.5"}, {}, "INSUFFICIENT_FUNDS"),
    ({"side": "SELL", "price": "60010", "size": "1.1"}, {}, "INSUFFICIENT_FUNDS"),
    ({"price": "60010", "size": "0.1", "postOnly": True}, {}, "POST_ONLY_WOULD_CROSS"),
    ({"price": "60010", "size": "0.21", "timeInForce": "FOK"}, {"quote": "90000.00000000"}, "FOK_UNFILLED"),
    ({"price": "60000", "size": "0.1"}, {"openOrders": 3}, "TOO_MANY_OPEN_ORDERS"),
    ({"price": "50000", "size": "0.1"}, {"market": {"band_ppm": 100_000}}, "PRICE_BAND"),
    ({"type": "MARKET", "size": "0.1", "timeInForce": "IOC"}, {"asks": []}, "NO_LIQUIDITY"),
    (
        {"type": "STOP_LIMIT", "price": "60000", "trigger": "59000", "size": "0.1"},
        {},
        "WOULD_TRIGGER_IMMEDIATELY",
    ),
    (
        {"type": "TAKE_PROFIT_LIMIT", "side": "SELL", "price": "59000", "trigger": "59000", "size": "0.1"},
        {},
        "WOULD_TRIGGER_IMMEDIATELY",
    ),
    ({"price": "60000", "size": "0.1", "timeInForce": "GTD"}, {}, "MISSING"),
    (
        {"price": "60000", "size": "0.1", "timeInForce": "GTD", "expires": "2020-01-01T00:00"},
        {},
        "EXPIRY_PASSED",
    ),
    ({"price": "60000", "size": "0.1"}, {"market": {"status": "POST_ONLY"}}, "MARKET_POST_ONLY"),
]


@pytest.mark.parametrize(
    ("written", "scene", "code"), RULES, ids=[f"{place}-{rule[2]}" for place, rule in enumerate(RULES)]
)
def test_it_names_the_rule(modules: Page, written: dict[str, Any], scene: dict[str, Any], code: str) -> None:
    answer = reckon(modules, written, **scene)

    assert codes(answer)[0] == code
    assert answer["judged"][0]["message"].endswith(".")


def test_a_good_order_breaks_none(modules: Page) -> None:
    answer = reckon(modules, {"price": "60000.00", "size": "0.1"})

    assert answer["problems"] == []
    assert answer["judged"] == []
    assert answer["snaps"] == []
    assert answer["body"] == {
        "market": "BTC-USDB",
        "side": "BUY",
        "type": "LIMIT",
        "time_in_force": "GTC",
        "client_order_id": "mine",
        "price": "60000.00",
        "quantity": "0.10000",
    }


def test_post_only_is_not_sent_where_nothing_can_rest(modules: Page) -> None:
    answer = reckon(modules, {"price": "60000", "size": "0.1", "postOnly": True, "timeInForce": "IOC"})

    assert "post_only" not in answer["body"]


def test_a_waiting_order_may_stand_beyond_the_band(modules: Page) -> None:
    """The engine judges it when it triggers."""
    answer = reckon(
        modules,
        {"type": "STOP_LIMIT", "price": "70000", "trigger": "70000", "size": "0.1"},
        market={"band_ppm": 50_000},
    )

    assert answer["judged"] == []
