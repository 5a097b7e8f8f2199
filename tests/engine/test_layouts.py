"""Events and commands are plain tuples; the NamedTuples that name their fields must fit them."""

from enum import IntEnum
from typing import get_args

import pytest

from exchange.engine import commands as c
from exchange.engine import crossing, matching, types
from exchange.engine.engine import Engine
from exchange.engine.events import LAYOUTS, EventKind, OrderAccepted, named
from exchange.engine.types import (
    CloseReason,
    MarketStatus,
    OrderStatus,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from tests.engine.flows import journal
from tests.engine.support import ALICE, MARKET, an_engine

STRINGS = {"market", "client_order_id", "asset"}
BOOLEANS = {"post_only", "kept_priority", "by_breaker"}


def test_every_event_has_the_length_and_the_types_of_its_layout() -> None:
    engine, seen = Engine(), set()
    for seed in range(20):
        engine = Engine()
        for command, now in journal(seed, 200):
            for event in engine.apply(command, now):
                assert type(event) is tuple
                seen.add(event[0])
                for name, value in named(event)._asdict().items():
                    kind = str if name in STRINGS else bool if name in BOOLEANS else int
                    assert isinstance(value, kind), (name, event)
    assert seen == set(EventKind) == set(LAYOUTS)


def test_every_kind_of_event_has_the_layout_of_its_name() -> None:
    for kind, layout in LAYOUTS.items():
        assert EventKind(kind).name.replace("_", "") == layout.__name__.upper()


def test_an_order_that_repeats_another_says_the_same_of_it_on_both_ways() -> None:
    """The plain way and the general way make one event: the first order of an account takes the latter."""
    engine = an_engine()
    order = c.place_order(account=ALICE, market=MARKET, side=0, quantity_lots=5, price_ticks=100)  # type: ignore[arg-type]
    general, plain, in_time = engine.apply_batch([order, order, order._replace(deadline_ns=9)], 0)
    events = [named(events[0]) for events in (general, plain, in_time)]
    assert all(isinstance(event, OrderAccepted) for event in events)
    assert len({tuple(event)[2:] for event in events}) == 1


def test_a_command_may_come_as_a_plain_tuple_of_its_layout() -> None:
    named_engine, plain_engine = Engine(), Engine()
    for command, now in journal(3, 300):
        plain = plain_engine.apply(tuple(command), now)
        assert plain == named_engine.apply(command, now)
    assert plain_engine.state_digest() == named_engine.state_digest()


@pytest.mark.parametrize("enum", [Side, OrderType, TimeInForce, SelfTradePrevention, MarketStatus])
def test_numbers_that_are_written_out_are_those_of_their_enum(enum: type[IntEnum]) -> None:
    written = {member.name: getattr(types, member.name, None) for member in enum}
    assert all(number in (None, int(enum[name])) for name, number in written.items())
    assert any(number is not None for number in written.values())


def test_the_hot_loop_knows_its_commands_and_events_by_their_numbers() -> None:
    assert (matching.PLACE_ORDER, matching.CANCEL_ORDER) == (
        c.CommandKind.PLACE_ORDER,
        c.CommandKind.CANCEL_ORDER,
    )
    accepted, closed, trade = EventKind.ORDER_ACCEPTED, EventKind.ORDER_CLOSED, EventKind.TRADE
    assert (accepted, closed, trade) == (matching.ORDER_ACCEPTED, matching.ORDER_CLOSED, crossing.TRADE)
    assert (matching.CANCELED, matching.BY_USER) == (OrderStatus.CANCELED, CloseReason.USER)
    assert matching.ROUND_UP == types.PPM - 1


def test_the_layouts_that_a_compiler_unpacks_are_those_of_the_commands() -> None:
    assert len(get_args(matching._Place)) == len(c.PlaceOrder._fields)
    assert len(get_args(matching._Cancel)) == len(c.CancelOrder._fields)
