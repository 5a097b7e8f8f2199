"""What self-trade prevention took off an order stands in its row, also where it ended the order."""

import pytest

from exchange.engine.events import OrderAccepted
from exchange.engine.types import SelfTradePrevention
from exchange.models import Market, Order
from exchange.order_facts import facts_of_placement, facts_of_row
from exchange.rendering import render_order
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL, settle


@pytest.mark.parametrize(("maker", "taker"), [(600, 200), (200, 600), (200, 200)])
@pytest.mark.parametrize("in_one_batch", [False, True])
def test_what_was_prevented_is_neither_filled_nor_remaining(
    scene: Scene, maker: int, taker: int, in_one_batch: bool
) -> None:
    resting = limit(scene.alice, SELL, "50000", maker + 100)
    crossing = limit(scene.alice, BUY, "50000", taker, self_trade_prevention=SelfTradePrevention.DECREMENT)
    scene.put(resting)
    if not in_one_batch:
        settle(scene.worker)
    scene.put(limit(scene.bob, BUY, "50000", 100))
    sent = scene.put(crossing)
    settle(scene.worker)
    first, second = Order.objects.filter(account_id=scene.alice).order_by("id")
    both = min(maker, taker)
    assert (first.filled_lots, first.prevented_lots) == (100, both)
    assert (second.filled_lots, second.prevented_lots) == (0, both)
    reply = scene.clients.replies()[sent]
    assert isinstance(reply.events[0], OrderAccepted)
    market = Market.objects.get()
    answered = render_order(facts_of_placement(reply.events, reply.timestamp_ns), market)
    assert answered == render_order(facts_of_row(second), market)
    assert answered["prevented_quantity"] == f"0.00{both}"
    scene.check()
