"""What the house earns from a batch, at its edge: where rounding makes it pay."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from exchange.engine.events import OrderAccepted, Trade
from tests.exchange.scene import Scene, limit, open_scene
from tests.exchange.support import BUY, SELL


@pytest.fixture
def rebates(transactional_db: None, settings: Settings) -> Iterator[Scene]:
    """A maker gets what a taker pays, 500 millionths: 0.005 atoms for a lot at the price of one tick."""
    settings.DEMO = True
    scene = open_scene(maker_fee_ppm=-500, taker_fee_ppm=500)
    yield scene
    scene.close()


def test_rebates_that_come_to_more_than_the_takers_fee_are_paid_by_the_house(rebates: Scene) -> None:
    for price, lots in (("0.02", 200), ("0.01", 400)):
        rebates.tell(limit(rebates.bob, SELL, price, lots))
        # 1.9 atoms of rebate, of which 1 is paid.
        rebates.tell(limit(rebates.alice, BUY, price, lots * 19 // 20))
    accepted, *trades, _ = rebates.tell(limit(rebates.alice, BUY, "0.02", 30)).events
    assert isinstance(accepted, OrderAccepted)
    fees = [(t.maker_fee_atoms, t.taker_fee_atoms) for t in trades if isinstance(t, Trade)]
    assert fees == [(-1, 1), (-1, 0)]
    rebates.check()
