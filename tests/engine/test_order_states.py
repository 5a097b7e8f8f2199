"""The whole cross product of order statuses and events."""

import pytest

from exchange.engine.order_state import OPEN_STATUSES, TRANSITIONS, OrderEvent, after, open_status
from exchange.engine.taking import CLOSINGS
from exchange.engine.types import OrderStatus

NEW, PART = OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED
FILLED, CANCELED, EXPIRED = OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED
UNTRIGGERED = OrderStatus.UNTRIGGERED
EXPECTED = {
    UNTRIGGERED: {"TRIGGER": NEW, "AMEND": UNTRIGGERED, "CANCEL": CANCELED, "EXPIRE": EXPIRED},
    NEW: {
        "FILL_PART": PART,
        "FILL_REST": FILLED,
        "REDUCE": NEW,
        "AMEND": NEW,
        "CANCEL": CANCELED,
        "EXPIRE": EXPIRED,
    },
    PART: {
        "FILL_PART": PART,
        "FILL_REST": FILLED,
        "SPEND_BUDGET": FILLED,
        "REDUCE": PART,
        "AMEND": PART,
        "CANCEL": CANCELED,
        "EXPIRE": EXPIRED,
    },
}


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize("event", list(OrderEvent))
def test_each_event_leads_where_the_table_says_or_is_a_bug(status: OrderStatus, event: OrderEvent) -> None:
    expected = EXPECTED.get(status, {}).get(event.name)
    if expected is None:
        with pytest.raises(KeyError):
            after(status, event)
    else:
        assert after(status, event) == expected


def test_no_closed_order_comes_back() -> None:
    assert {status for status, _ in TRANSITIONS} == OPEN_STATUSES


def test_an_open_order_is_new_until_its_first_fill() -> None:
    assert (open_status(0), open_status(1)) == (NEW, PART)


def test_a_taker_always_closes_for_good() -> None:
    assert {status for status, _ in CLOSINGS.values()} == {FILLED, EXPIRED}
