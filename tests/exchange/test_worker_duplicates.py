"""The same command may stand in the queue more than once, and in another queue: it is applied once."""

from typing import Any, cast

import psycopg
import pytest

from exchange.engine.events import OrderAccepted
from exchange.models import JournalEntry, Order, Shard
from exchange.queue import FIELD, generation_key, stream_key
from exchange.rules import entry_order
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL, settle


def _entries(scene: Scene) -> list[tuple[str, bytes]]:
    found = cast(list[Any], scene.clients.redis.xrange(stream_key(0)))
    return [(entry_id.decode(), fields[FIELD]) for entry_id, fields in found]


def _lose_the_generation(scene: Scene) -> None:
    """As after a flush, a restore or a change of server: what the stream holds is of unknown age."""
    scene.clients.redis.delete(generation_key(0))


def test_twice_in_one_batch_it_is_applied_once(scene: Scene) -> None:
    order = limit(scene.alice, BUY, "50000")
    command_id = scene.put(order)
    scene.put(order, command_id=command_id)
    settle(scene.worker)
    assert JournalEntry.objects.filter(command_id=command_id).count() == 1
    assert Order.objects.count() == 1
    assert isinstance(scene.clients.replies()[command_id].events[0], OrderAccepted)
    scene.check()


def test_in_a_later_batch_it_is_answered_with_the_first_outcome(scene: Scene) -> None:
    order = limit(scene.alice, BUY, "50000")
    command_id = scene.put(order)
    settle(scene.worker)
    first = scene.clients.replies()[command_id]
    assert scene.tell(order, command_id=command_id) == first
    assert Order.objects.count() == 1
    scene.check()


def test_after_a_restart_the_unique_command_id_stops_it_and_the_journal_answers(scene: Scene) -> None:
    order = limit(scene.alice, BUY, "50000")
    first = scene.tell(order)
    scene.restart()
    scene.put(order, command_id=first.command_id)
    other = scene.put(limit(scene.bob, SELL, "50000"))
    with pytest.raises(psycopg.errors.UniqueViolation):
        settle(scene.worker)
    scene.worker.forget()
    settle(scene.worker)
    replies = scene.clients.replies()
    assert replies[first.command_id] == first
    assert other in replies
    assert Order.objects.count() == 2
    scene.check()


def test_in_a_stream_of_unknown_age_applied_commands_are_answered_and_new_ones_applied(scene: Scene) -> None:
    orders = [limit(scene.alice, BUY, str(50_000 + number)) for number in range(3)]
    told = [scene.tell(order) for order in orders]
    _lose_the_generation(scene)
    for order, reply in zip(orders, told, strict=True):
        scene.put(order, command_id=reply.command_id)
    new = scene.put(limit(scene.bob, SELL, "60000"))
    settle(scene.worker)
    replies = scene.clients.replies()
    assert [replies[reply.command_id] for reply in told] == told
    assert isinstance(replies[new].events[0], OrderAccepted)
    assert Order.objects.count() == 4
    scene.check()


def test_a_successor_reads_a_stream_of_unknown_age_from_its_beginning(scene: Scene) -> None:
    order = limit(scene.alice, BUY, "50000")
    first = scene.tell(order)
    scene.worker.stop()
    _lose_the_generation(scene)
    scene.put(order, command_id=first.command_id)
    new = scene.put(limit(scene.bob, SELL, "60000"))
    scene.restart()
    replies = scene.clients.replies()
    assert replies[first.command_id] == first
    assert new in replies
    assert Order.objects.count() == 2
    scene.check()


def test_a_flushed_stream_whose_ids_went_back_is_read_from_its_beginning(scene: Scene) -> None:
    scene.tell(limit(scene.alice, BUY, "50000"))
    before = Shard.objects.get().stream_id
    scene.clients.redis.flushdb()
    late = scene.put(limit(scene.bob, SELL, "60000"), entry_id="1-1")
    settle(scene.worker)
    assert late in scene.clients.replies()
    assert entry_order(Shard.objects.get().stream_id) < entry_order(before)
    scene.check()


def test_entries_that_reappear_after_a_cut_of_the_tail_are_not_applied_again(scene: Scene) -> None:
    """Redis forgot the trim and the last entries: what was applied and trimmed stands there again."""
    order = limit(scene.alice, BUY, "50000")
    scene.put(order)
    ((entry_id, message),) = _entries(scene)
    settle(scene.worker)
    (first,) = scene.clients.replies().values()
    scene.tell(limit(scene.alice, BUY, "50001"))  # this one is lost with the tail
    scene.clients.redis.delete(stream_key(0))
    scene.clients.redis.xadd(stream_key(0), {FIELD: message}, id=entry_id)
    settle(scene.worker)
    assert scene.clients.replies() == {first.command_id: first}
    assert Order.objects.count() == 2
    scene.check()


def test_what_was_committed_but_not_trimmed_is_not_applied_again(scene: Scene) -> None:
    """The process died between its commit and the trim."""
    order = limit(scene.alice, BUY, "50000")
    scene.put(order)
    ((entry_id, message),) = _entries(scene)
    settle(scene.worker)
    scene.worker.stop()
    assert _entries(scene) == []
    scene.clients.redis.delete(stream_key(0))
    scene.clients.redis.xadd(stream_key(0), {FIELD: message}, id=entry_id)
    scene.restart()
    assert JournalEntry.objects.filter(id__in=Order.objects.values("id")).count() == 1
    assert len(scene.clients.replies()) == 1
    scene.check()


def test_what_is_applied_is_taken_out_of_the_queue(scene: Scene) -> None:
    for _ in range(3):
        scene.put(limit(scene.alice, BUY, "50000"))
    settle(scene.worker)
    assert _entries(scene) == []
