"""Work that cannot be carried out is refused by itself: what came with it goes through."""

from typing import Any

import psycopg
import pytest

from exchange.engine.events import OrderAccepted, Rejected
from exchange.engine.types import RejectReason
from exchange.models import JournalEntry, Order, WalletTransfer
from exchange.queue import FIELD, stream_key
from exchange.wire import decode_events
from ledger.services import void_pending
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL, USDB, person, settle

FAILURES = 5


def _settle_through_failures(scene: Scene) -> int:
    """What `run_engine` does when a turn fails; gives how often it did."""
    for failed in range(FAILURES):
        try:
            settle(scene.worker)
        except psycopg.Error:
            scene.worker.forget()
        else:
            return failed
    raise AssertionError("it fails for ever")


@pytest.mark.parametrize(
    "unstorable",
    [
        {"client_order_id": "x" * 100},
        {"client_order_id": "a\x00b"},
        {"account": 2**63},
        {"side": 2**40},
        {"price_ticks": 2**64 - 1},
    ],
    ids=str,
)
def test_what_no_table_can_hold_is_refused_and_the_others_go_through(
    scene: Scene, unstorable: dict[str, Any]
) -> None:
    good = [scene.put(limit(scene.alice, BUY, str(50_000 + number))) for number in range(3)]
    bad = scene.put(limit(scene.alice, BUY, "50000")._replace(**unstorable))
    good += [scene.put(limit(scene.bob, SELL, str(60_000 + number))) for number in range(3)]
    assert _settle_through_failures(scene) > 0
    replies = scene.clients.replies()
    assert all(isinstance(replies[command_id].events[0], OrderAccepted) for command_id in good)
    (refusal,) = replies[bad].events
    assert isinstance(refusal, Rejected)
    assert refusal.reason == RejectReason.MALFORMED_COMMAND
    scene.check()


def test_after_the_search_batches_are_whole_again(scene: Scene) -> None:
    scene.put(limit(scene.alice, BUY, "50000", client_order_id="x" * 100))
    for number in range(5):
        scene.put(limit(scene.alice, BUY, str(50_000 + number)))
    _settle_through_failures(scene)
    for number in range(20):
        scene.put(limit(scene.alice, BUY, str(51_000 + number)))
    settle(scene.worker)
    batches = set(Order.objects.filter(price_ticks__gte=5_100_000).values_list("created_ns", flat=True))
    assert len(batches) == 1
    scene.check()


def test_a_transfer_that_somebody_else_ended_stops_no_other(scene: Scene) -> None:
    carol = person("carol", usdb=100 * USDB)
    spoiled = WalletTransfer.objects.get(user_id=carol)
    void_pending(pending_id=spoiled.pending_id, reason="by hand")
    dave = person("dave", usdb=200 * USDB)
    assert _settle_through_failures(scene) > 0
    assert WalletTransfer.objects.get(user_id=dave).status == "POSTED"
    assert scene.worker.engine.balance(carol, "USDB") == (0, 0)
    assert isinstance(scene.tell(limit(dave, BUY, "50", 10_000)).events[0], OrderAccepted)


def test_bytes_that_are_no_command_are_refused_in_the_journal(scene: Scene) -> None:
    before = JournalEntry.objects.count()
    for message in (b"", b"garbage", b"\x91" * 100_000):
        scene.clients.redis.xadd(stream_key(0), {FIELD: message})
    good = scene.put(limit(scene.alice, BUY, "50000"))
    settle(scene.worker)
    assert good in scene.clients.replies()
    found = JournalEntry.objects.order_by("id")[before : before + 3]
    events = [event for entry in found for event in decode_events(bytes(entry.events))]
    assert [event.reason for event in events if isinstance(event, Rejected)] == [
        RejectReason.MALFORMED_COMMAND
    ] * 3
    scene.check()
