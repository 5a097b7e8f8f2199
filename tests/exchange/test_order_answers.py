"""What an answer shows of an order with more fills than fit: the latest, and that there are more."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from exchange.engine.types import Side
from exchange.models import Order
from exchange.order_answers import MAX_FILLS, order_with_fills, placed
from exchange.selectors import find_market
from tests.exchange.scene import Scene, limit, open_scene
from tests.exchange.support import MARKET, settle


@pytest.fixture
def crowded(transactional_db: None, settings: Settings) -> Iterator[Scene]:
    """Bob offers one lot more often than an answer has fills."""
    settings.DEMO = True
    scene = open_scene(max_open_orders=MAX_FILLS + 10)
    for _ in range(MAX_FILLS + 1):
        scene.put(limit(scene.bob, Side.SELL, "50000", lots=1))
    settle(scene.worker)
    yield scene
    scene.close()


def test_the_latest_thousand_fills_are_shown(crowded: Scene) -> None:
    reply = crowded.tell(limit(crowded.alice, Side.BUY, "50000", lots=MAX_FILLS + 1))
    answer = placed(reply, find_market(MARKET))
    assert answer["order"]["status"] == "FILLED"
    assert [fill["trade_id"] for fill in answer["fills"]] == [str(n) for n in range(2, MAX_FILLS + 2)]
    assert answer["fills_truncated"] is True
    order = Order.objects.get(account_id=crowded.alice)
    assert order_with_fills(order) == answer


@pytest.mark.long
def test_a_thousand_fills_are_all_shown(crowded: Scene) -> None:
    reply = crowded.tell(limit(crowded.alice, Side.BUY, "50000", lots=MAX_FILLS))
    answer = placed(reply, find_market(MARKET))
    assert (len(answer["fills"]), answer["fills_truncated"]) == (MAX_FILLS, False)
