"""The worker applies a batch in the order of its markets' lanes, and takes up new policies while it leads."""

from exchange.engine.commands import CancelOrder, PlaceOrder, cancel_order
from exchange.engine.events import OrderAccepted
from exchange.models import JournalEntry, LanePolicy, Market, MarketMaker, Order
from exchange.wire import decode_command
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL, person, settle


def _account(entry: JournalEntry) -> int:
    command = decode_command(bytes(entry.command))
    assert isinstance(command, PlaceOrder | CancelOrder)
    return command.account


def _batch(scene: Scene) -> list[int]:
    """How one batch was applied in which came 1 a taker, 2 a passive order, 3 a quote, 4 a cancel."""
    carol, dave = person("carol"), person("dave")
    accepted = scene.tell(limit(scene.bob, SELL, "60000")).events[0]
    assert isinstance(accepted, OrderAccepted)
    before = JournalEntry.objects.count()
    MarketMaker.objects.create(market=Market.objects.get(), account_id=dave)
    settle(scene.worker)
    scene.put(limit(scene.alice, BUY, "50000"))
    scene.put(limit(carol, BUY, "1", post_only=True))
    scene.put(limit(dave, BUY, "1"))
    scene.put(cancel_order(account=scene.bob, order_id=accepted.order_id))
    settle(scene.worker)
    entries = JournalEntry.objects.order_by("id")[before:]
    assert len({entry.timestamp_ns for entry in entries}) == 1, "not one batch"
    names = {scene.alice: 1, carol: 2, dave: 3, scene.bob: 4}
    return [names[_account(entry)] for entry in entries]


def test_in_a_market_of_lanes_cancels_and_makers_come_first(scene: Scene) -> None:
    Market.objects.update(lane_policy=LanePolicy.LANES)
    assert _batch(scene) == [4, 3, 2, 1]
    assert Order.objects.filter(account=scene.bob).get().status == 3
    scene.check()


def test_in_a_fifo_market_the_order_of_arrival_stays(scene: Scene) -> None:
    assert _batch(scene) == [1, 2, 3, 4]
    scene.check()
