"""The engine decides about the next batch while one is written: what fails, or is told, is that one alone."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
from django.db.models import F

from exchange.broadcast import MARKET_INTERVAL_S, decode_book
from exchange.connections import engine_connection
from exchange.engine.events import OrderAccepted, Rejected
from exchange.engine.types import RejectReason, Side
from exchange.live_wire import MarketMessage, decode_market
from exchange.models import JournalEntry, Order, Shard
from exchange.queue import book_key, market_channel
from exchange.worker import Fenced
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, FAST, MARKET, settle, ticks
from tests.support.waiting import pause, wait_for

# Refused by the database, when the batch is settled; and before it is sent.
UNSTORABLE: dict[str, Any] = {"client_order_id": "x" * 100}
UNSENDABLE: dict[str, Any] = {"account": 2**63}


@pytest.fixture(autouse=True)
def _chores_rest(scene: Scene) -> None:
    """Chores settle what is on its way; here they are done once, at the beginning."""
    _lead(scene, batch=1)


def _lead(scene: Scene, *, batch: int, **options: Any) -> None:
    scene.worker.stop()
    scene.worker = scene.another(limits=replace(FAST, batch=batch, chores_s=60.0), **options)
    settle(scene.worker)


def _journaled(command_id: UUID) -> int:
    return JournalEntry.objects.filter(command_id=command_id).count()


def test_what_fails_takes_the_next_with_it_and_alone_is_blamed(scene: Scene) -> None:
    _lead(scene, batch=2)
    good = [scene.put(limit(scene.alice, BUY, "50000"))]
    bad = scene.put(limit(scene.alice, BUY, "50001")._replace(**UNSTORABLE))
    good += [scene.put(limit(scene.bob, BUY, str(50_002 + number))) for number in range(2)]
    before, journaled = scene.worker.engine.sequence, JournalEntry.objects.count()
    scene.worker.run_once()
    with pytest.raises(psycopg.DataError):
        scene.worker.run_once()
    assert scene.worker.engine.sequence == before + 4, "the next one had been decided"
    assert JournalEntry.objects.count() == journaled
    assert scene.clients.replies() == {}
    scene.worker.forget()
    with pytest.raises(psycopg.DataError):
        settle(scene.worker)  # taken one by one, it fails by itself
    scene.worker.forget()
    settle(scene.worker)
    replies = scene.clients.replies()
    assert all(isinstance(replies[command_id].events[0], OrderAccepted) for command_id in good)
    (refusal,) = replies[bad].events
    assert isinstance(refusal, Rejected)
    assert refusal.reason == RejectReason.MALFORMED_COMMAND
    scene.check()


def test_one_that_cannot_be_sent_does_not_hide_the_one_that_was(scene: Scene) -> None:
    good = scene.put(limit(scene.alice, BUY, "50000"))
    bad = scene.put(limit(scene.alice, BUY, "50001")._replace(**UNSENDABLE))
    after = scene.put(limit(scene.bob, BUY, "50002"))
    scene.worker.run_once()
    with pytest.raises(psycopg.DataError):
        scene.worker.run_once()
    assert list(scene.clients.replies()) == [good]
    scene.worker.forget()
    settle(scene.worker)
    replies = scene.clients.replies()
    assert isinstance(replies[bad].events[0], Rejected)
    assert isinstance(replies[after].events[0], OrderAccepted)
    scene.check()


def test_fenced_between_two_it_has_committed_and_told_the_first_alone(scene: Scene) -> None:
    first, second = (scene.put(limit(scene.alice, BUY, price)) for price in ("50000", "50001"))
    scene.worker.run_once()
    wait_for("the first", lambda: _journaled(first))
    Shard.objects.update(epoch=F("epoch") + 1)
    scene.worker.run_once()
    with pytest.raises(Fenced):
        scene.worker.run_once()
    assert list(scene.clients.replies()) == [first]
    assert (_journaled(first), _journaled(second)) == (1, 0)
    scene.worker.forget()
    settle(scene.worker)
    assert list(scene.clients.replies()) == [second]
    scene.check()


def test_a_connection_lost_between_two_loses_and_doubles_nothing(scene: Scene) -> None:
    connections: list[psycopg.Connection[Any]] = []

    def connect() -> psycopg.Connection[Any]:
        connections.append(engine_connection())
        return connections[-1]

    _lead(scene, batch=1, connect=connect)
    sent = [scene.put(limit(scene.alice, BUY, str(50_000 + number))) for number in range(4)]
    scene.worker.run_once()
    with engine_connection() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connections[-1].info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        settle(scene.worker)
    scene.worker.forget()
    settle(scene.worker)
    assert [_journaled(command_id) for command_id in sent] == [1] * 4
    assert Order.objects.count() == 4
    scene.check()


def test_who_stops_settles_and_tells_what_is_on_its_way(scene: Scene) -> None:
    first, second = (scene.put(limit(scene.alice, BUY, price)) for price in ("50000", "50001"))
    scene.worker.run_once()
    assert scene.clients.replies() == {}
    scene.worker.stop()
    assert list(scene.clients.replies()) == [first]
    assert Shard.objects.get().holder == ""
    settle(scene.worker)
    assert list(scene.clients.replies()) == [second]
    scene.check()


def test_nothing_is_told_of_a_batch_before_its_commit(scene: Scene) -> None:
    first, second = (scene.put(limit(scene.alice, BUY, price)) for price in ("50000", "50001"))
    redis = scene.clients.redis
    before = redis.get(book_key(MARKET))
    pause(0.1)
    with engine_connection() as obstacle, obstacle.transaction():
        obstacle.execute("LOCK TABLE exchange_order IN SHARE MODE")
        scene.worker.run_once()
        assert scene.clients.replies() == {}
        assert redis.get(book_key(MARKET)) == before
        assert _journaled(first) == 0
    scene.worker.run_once()
    assert list(scene.clients.replies()) == [first]
    settle(scene.worker)
    assert list(scene.clients.replies()) == [second]


def test_a_repeat_of_what_is_on_its_way_is_answered_with_its_outcome(scene: Scene) -> None:
    order = limit(scene.alice, BUY, "50000")
    command_id = scene.put(order)
    scene.put(order, command_id=command_id)
    scene.worker.run_once()
    settle(scene.worker)
    assert _journaled(command_id) == 1
    assert isinstance(scene.clients.replies()[command_id].events[0], OrderAccepted)
    scene.check()


def test_market_data_of_a_batch_says_nothing_of_the_next(scene: Scene) -> None:
    wire = scene.clients.redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    wire.subscribe(market_channel(MARKET))
    wire.get_message(timeout=1)
    resting: dict[int, int] = {}
    before = scene.worker.engine.level_lots(MARKET, Side.BUY, ticks("50000"))
    for number in range(5):
        pause(2 * MARKET_INTERVAL_S)
        scene.put(limit(scene.alice, BUY, "50000", 1_000 + number))
        before += 1_000 + number
        resting[scene.worker.engine.sequence + 1] = before
        if not number:
            first = before
        scene.worker.run_once()
    settle(scene.worker)
    pause(2 * MARKET_INTERVAL_S)
    settle(scene.worker)
    messages = [message for message in _heard(wire) if message.bids]
    wire.close()
    assert len(messages) > 1
    for message in messages:
        assert message.bids == [(ticks("50000"), resting[message.last_sequence])]
    assert messages[0].bids[0][1] == first
    wait_for("the book", lambda: _book_is_whole(scene))


def _heard(wire: Any) -> list[MarketMessage]:
    found = []
    while message := wire.get_message(timeout=0.1):
        found.append(decode_market(message["data"]))
    return found


def _book_is_whole(scene: Scene) -> bool:
    scene.worker.run_once()
    book = decode_book(cast(bytes, scene.clients.redis.get(book_key(MARKET))))
    return book.sequence == scene.worker.engine.sequence
