"""What an answer shows of a placement: the facts that its events tell, and how they look in JSON."""

from typing import Any

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import NamedEvent, Trade
from exchange.engine.types import SelfTradePrevention, Side, TimeInForce
from exchange.models import Market
from exchange.order_facts import OrderFacts, facts_of_placement, fills_of_events, fills_of_match
from exchange.rendering import render_fill, render_levels, render_order
from tests.engine.support import (
    ALICE,
    BOB,
    an_engine,
    buy,
    closed,
    ioc,
    order_id,
    place,
    sell,
    stop,
    tell,
    trade_at,
)

NOW = 1_700_000_000_123_456_789
BUY, SELL = Side.BUY, Side.SELL


def _market() -> Market:
    """BTC in lots of 0.0001 at ticks of 0.01."""
    return Market(
        symbol="BTC-USDB",
        base_asset="BTC",
        quote_asset="USDB",
        base_decimals=8,
        quote_decimals=8,
        price_decimals=2,
        quantity_decimals=4,
    )


def _engine() -> Engine:
    return an_engine(quote_atoms_per_tick_lot=100, maker_fee_ppm=1_000, taker_fee_ppm=2_000)


def _picture(events: list[NamedEvent]) -> dict[str, Any]:
    return render_order(facts_of_placement(events, NOW), _market())


def _shown(events: list[NamedEvent], *names: str) -> list[Any]:
    picture = _picture(events)
    return [picture[name] for name in names]


PROGRESS = ("status", "close_reason", "filled_quantity", "remaining_quantity", "filled_quote", "fee")


def test_an_order_that_rests_has_got_nothing_yet() -> None:
    assert _shown(buy(_engine(), ALICE, 5, 10_000), *PROGRESS) == [
        "NEW",
        None,
        "0.0000",
        "0.0005",
        "0.00000000",
        "0.00000000",
    ]


def test_an_order_that_trades_part_of_itself_rests_with_the_rest() -> None:
    """2 lots at 100.00 are 2 * 10,000 * 100 atoms = 0.02 USDB; 0.2 % of it is 0.00004."""
    engine = _engine()
    sell(engine, BOB, 2, 10_000)
    assert _shown(buy(engine, ALICE, 5, 10_000), *PROGRESS) == [
        "PARTIALLY_FILLED",
        None,
        "0.0002",
        "0.0003",
        "0.02000000",
        "0.00004000",
    ]


def test_an_order_that_is_filled_is_closed() -> None:
    engine = _engine()
    sell(engine, BOB, 5, 10_000)
    shown = _shown(buy(engine, ALICE, 5, 10_100), *PROGRESS)
    assert shown == ["FILLED", "FILLED", "0.0005", "0.0000", "0.05000000", "0.00010000"]


def test_an_order_that_takes_or_dies_says_what_it_left() -> None:
    engine = _engine()
    sell(engine, BOB, 2, 10_000)
    shown = _shown(ioc(engine, ALICE, BUY, 5, 10_000), "status", "close_reason", "remaining_quantity")
    assert shown == ["EXPIRED", "UNFILLED_REMAINDER", "0.0003"]


def test_what_is_prevented_is_neither_filled_nor_left() -> None:
    engine = _engine()
    sell(engine, ALICE, 2, 10_000)
    events = buy(engine, ALICE, 5, 10_000, self_trade_prevention=SelfTradePrevention.DECREMENT)
    names = ("status", "filled_quantity", "prevented_quantity", "remaining_quantity")
    assert _shown(events, *names) == ["NEW", "0.0000", "0.0002", "0.0003"]


def test_an_order_whose_last_lot_is_prevented_has_none_left() -> None:
    engine = _engine()
    sell(engine, ALICE, 9, 10_000)
    events = buy(engine, ALICE, 5, 10_000, self_trade_prevention=SelfTradePrevention.DECREMENT)
    names = ("status", "close_reason", "prevented_quantity", "remaining_quantity")
    assert _shown(events, *names) == ["EXPIRED", "SELF_TRADE", "0.0005", "0.0000"]


def test_a_waiting_order_shows_its_trigger() -> None:
    engine = _engine()
    trade_at(engine, 10_000)
    events = stop(engine, ALICE, BUY, 5, 11_000, price=11_050)
    names = ("type", "status", "trigger_price", "price", "triggered_at_ms")
    assert _shown(events, *names) == ["STOP_LIMIT", "UNTRIGGERED", "110.00", "110.50", None]


def test_an_order_by_budget_has_no_quantity_to_show() -> None:
    engine = _engine()
    sell(engine, BOB, 9, 10_000)
    events = place(engine, ALICE, BUY, 0, 0, budget_atoms=5_000_000)
    names = ("type", "quantity", "quote_budget", "price", "filled_quantity", "remaining_quantity")
    assert _shown(events, *names) == ["MARKET", None, "0.05000000", None, "0.0004", None]


def test_an_order_for_a_while_shows_in_milliseconds_when_it_ends() -> None:
    events = buy(_engine(), ALICE, 5, 10_000, time_in_force=TimeInForce.GTD, expires_ns=NOW)
    names = ("time_in_force", "expires_at_ms", "created_at_ms", "updated_at_ms")
    milliseconds = 1_700_000_000_123
    assert _shown(events, *names) == ["GTD", milliseconds, milliseconds, milliseconds]


def test_an_order_that_its_own_stop_fills_in_the_same_command_is_shown_filled() -> None:
    """Bob's stop to sell is set off by Alice's trade and takes what she left in the book."""
    engine = _engine()
    trade_at(engine, 10_000)
    stop(engine, BOB, SELL, 3, 9_900)
    sell(engine, BOB, 2, 9_900)
    events = buy(engine, ALICE, 5, 9_900)
    facts = facts_of_placement(events, NOW)
    assert _shown(events, "status", "close_reason", "filled_quantity") == ["FILLED", "FILLED", "0.0005"]
    fills = fills_of_events(events, facts.order_id, NOW)
    assert [(fill.is_maker, fill.side, fill.quantity_lots) for fill in fills] == [
        (False, BUY, 2),
        (True, BUY, 3),
    ]
    assert facts.fee_atoms == 4_000 * 9_900 // 10_000 + 3_000 * 9_900 // 10_000


@pytest.mark.parametrize(
    ("account", "sides"), [(ALICE, [("BUY", "TAKER")]), (BOB, [("SELL", "MAKER")]), (99, [])]
)
def test_each_sees_a_trade_from_his_side(account: int, sides: list[tuple[str, str]]) -> None:
    engine = _engine()
    sell(engine, BOB, 2, 10_000)
    (trade,) = (event for event in buy(engine, ALICE, 2, 10_000) if isinstance(event, Trade))
    fills = [render_fill(fill, _market()) for fill in fills_of_match(trade, account, NOW)]
    assert [(fill["side"], fill["role"]) for fill in fills] == sides
    for fill in fills:
        assert (fill["price"], fill["quantity"], fill["quote_amount"]) == ("100.00", "0.0002", "0.02000000")
        assert fill["fee"] == ("0.00004000" if fill["role"] == "TAKER" else "0.00002000")


def test_a_rebate_is_a_fee_below_zero() -> None:
    engine = an_engine(quote_atoms_per_tick_lot=100, maker_fee_ppm=-500, taker_fee_ppm=2_000)
    sell(engine, BOB, 2, 10_000)
    (trade,) = (event for event in buy(engine, ALICE, 2, 10_000) if isinstance(event, Trade))
    (fill,) = fills_of_match(trade, BOB, NOW)
    assert render_fill(fill, _market())["fee"] == "-0.00001000"


def _amended(**original: int) -> dict[str, Any]:
    facts = facts_of_placement(buy(_engine(), ALICE, 5, 10_000), NOW)
    values = {name: getattr(facts, name) for name in OrderFacts.__slots__}
    return render_order(OrderFacts(**{**values, **original}), _market())


def test_only_an_amended_order_shows_what_it_was() -> None:
    assert _amended()["original"] is None
    shown = _amended(original_price_ticks=9_900, original_quantity_lots=7, original_trigger_price_ticks=0)
    assert shown["original"] == {"price": "99.00", "quantity": "0.0007", "trigger_price": None}


def test_a_refused_order_has_no_id_and_a_reason() -> None:
    shown = _amended(status=5, reject_reason=13)
    assert (shown["order_id"], shown["status"]) == (None, "REJECTED")
    assert shown["reject_reason"] == "INSUFFICIENT_FUNDS"


def test_an_id_is_text_because_a_browsers_numbers_are_too_short() -> None:
    engine = _engine()
    events = buy(engine, ALICE, 5, 10_000)
    assert _picture(events)["order_id"] == str(order_id(events))
    canceled = tell(engine, c.cancel_order(account=ALICE, order_id=int(_picture(events)["order_id"])))
    assert closed(canceled).order_id == order_id(events)


def test_a_level_is_a_pair_of_decimal_strings() -> None:
    assert render_levels([(10_001, 5), (1, 0)], _market()) == [["100.01", "0.0005"], ["0.01", "0.0000"]]
