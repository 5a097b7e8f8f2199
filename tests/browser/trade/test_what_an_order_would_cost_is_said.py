"""Costs, fees, averages and what stays free: as the engine reckons, to the atom, before anything is sent."""

import pytest
from playwright.sync_api import Page

from tests.browser.trade.reckoning import reckon

pytestmark = pytest.mark.long


def test_a_resting_buy_holds_its_worth_the_worse_fee_and_an_atom(modules: Page) -> None:
    answer = reckon(modules, {"price": "60000.00", "size": "0.1"})

    assert answer["found"]["role"] == "maker"
    assert answer["found"]["notional"] == "600000000000"
    assert answer["found"]["fee"] == "600000000"
    assert answer["found"]["needed"] == str(600000000000 + 1200000000 + 1)
    assert answer["found"]["after"] == str(1000000000000 - 600000000000 - 1200000000 - 1)
    assert answer["summary"]["cost"] == "6,006.00 USDB"
    assert answer["summary"]["fee"] == "6.00 USDB · maker 0.1 %"
    assert answer["summary"]["available"] == "10,000.00 → 3,987.99 USDB"


def test_a_market_buy_walks_the_book(modules: Page) -> None:
    answer = reckon(modules, {"type": "MARKET", "size": "0.3", "timeInForce": "IOC"}, quote="20000.00000000")

    notional = 20_000 * 6_001_000 + 10_000 * 6_002_000
    assert int(answer["found"]["notional"]) == notional * 10
    assert answer["found"]["now"]["worst"] == "6002000"
    assert answer["found"]["average"] == str(notional * 1000 // 30_000)
    assert answer["summary"]["average"] == "60,013.33 · < 0.01 % off best"
    assert answer["summary"]["cost"] == "≈ 18,040.01 USDB"
    assert answer["found"]["role"] == "taker"


def test_a_market_buy_for_a_budget_pays_its_fee_from_it(modules: Page) -> None:
    answer = reckon(modules, {"type": "MARKET", "size": "600", "unit": "quote", "timeInForce": "IOC"})

    spent = int(answer["found"]["notional"]) + int(answer["found"]["fee"])
    assert spent <= 600_0000_0000
    assert answer["body"]["quote_budget"] == "600.00000000"
    assert "quantity" not in answer["body"]
    assert int(answer["found"]["after"]) == 10_000_0000_0000 - spent


def test_a_limit_that_meets_the_book_is_part_taker_and_part_maker(modules: Page) -> None:
    answer = reckon(modules, {"price": "60010.00", "size": "0.3"}, quote="20000.00000000")

    assert answer["found"]["role"] == "both"
    assert answer["found"]["now"]["lots"] == "20000"
    assert answer["found"]["resting"] == "10000"
    assert answer["summary"]["fee"].endswith("taker 0.2 %, maker 0.1 %")
    assert answer["warnings"] == ["Part of it would trade at once, as a taker."]


def test_a_sale_says_what_is_received_and_holds_the_base(modules: Page) -> None:
    answer = reckon(modules, {"side": "SELL", "price": "61000.00", "size": "0.25"})

    assert answer["summary"]["costWord"] == "You receive"
    assert answer["summary"]["cost"] == "15,234.75 USDB"
    assert answer["summary"]["available"] == "1 → 0.75 BTC"


def test_a_rebate_is_received_and_not_paid(modules: Page) -> None:
    answer = reckon(modules, {"price": "60000.00", "size": "0.1"}, maker=-500)

    assert answer["found"]["fee"] == "-300000000"
    assert answer["summary"]["fee"] == "-3.00 USDB · maker −0.05 %"


def test_a_sale_by_quantity_beyond_the_book_says_that_the_rest_is_canceled(modules: Page) -> None:
    answer = reckon(
        modules,
        {"side": "SELL", "type": "MARKET", "size": "2", "timeInForce": "IOC"},
        base="3.00000000",
    )

    assert answer["found"]["now"]["lots"] == "150000"
    assert "The book has less than this: the rest will be canceled." in answer["warnings"]


def test_a_far_average_is_warned_of(modules: Page) -> None:
    asks = [["60000.00", "0.01000"], ["66000.00", "5.00000"]]

    answer = reckon(modules, {"type": "MARKET", "size": "0.1", "timeInForce": "IOC"}, asks=asks)

    assert any("from the best" in words for words in answer["warnings"])


def test_a_stop_is_reckoned_at_its_trigger(modules: Page) -> None:
    answer = reckon(
        modules, {"type": "STOP_MARKET", "trigger": "61000.00", "size": "0.1", "timeInForce": "IOC"}
    )

    assert int(answer["found"]["notional"]) == 6_100_0000_0000
    assert answer["found"]["average"] is None
    assert answer["found"]["after"] == str(10_000_0000_0000)


@pytest.mark.parametrize("price", ["60000.00", "59999.90", "0.10", "123456.70"])
@pytest.mark.parametrize("maker", [1000, 0, -500])
def test_all_of_it_can_always_be_paid(modules: Page, price: str, maker: int) -> None:
    (*_, whole) = reckon(modules, {"price": price}, maker=maker)["parts"]

    answer = reckon(modules, {"price": price, "size": whole["text"]}, maker=maker)
    lots = int(answer["ticket"]["lots"])

    assert int(answer["found"]["needed"]) <= 10_000_0000_0000
    one_more = reckon(
        modules,
        {"price": price, "size": f"{lots + 10:06d}"[:-5] + "." + f"{lots + 10:06d}"[-5:]},
        maker=maker,
    )
    assert int(one_more["found"]["needed"]) > 10_000_0000_0000


def test_parts_of_what_is_free_are_whole_lots(modules: Page) -> None:
    answer = reckon(modules, {"side": "SELL", "price": "60000.00"}, base="0.33333333")

    assert [part["text"] for part in answer["parts"]] == ["0.08330", "0.16660", "0.24990", "0.33330"]


def test_parts_of_a_market_buy_are_budgets(modules: Page) -> None:
    answer = reckon(modules, {"type": "MARKET", "timeInForce": "IOC"})

    assert answer["parts"][1] == {"unit": "quote", "text": "5000.00000000"}


def test_parts_without_a_price_are_none(modules: Page) -> None:
    assert reckon(modules, {})["parts"] == [None] * 4
