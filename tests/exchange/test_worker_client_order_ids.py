"""A client order id stands for one order for a day, through restarts too."""

import time
from dataclasses import replace

from exchange.connections import engine_connection
from exchange.engine.events import OrderAccepted, OrderRepeated, Rejected
from exchange.engine.types import CLIENT_ORDER_ID_RETENTION_NS, RejectReason
from exchange.models import Order
from exchange.queue import pending_key
from exchange.selectors import reply_at
from exchange.worker import Worker
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, FAST, SELL, USDB, client, make_worker, person, settle


def test_a_repeat_names_the_first_result_and_places_nothing(scene: Scene) -> None:
    order = limit(scene.alice, BUY, "50000", client_order_id="a-1")
    first = scene.tell(order)
    scene.tell(limit(scene.bob, SELL, "50000", 400))  # the order is no longer as it was placed
    (repeated,) = scene.tell(order).events
    assert isinstance(repeated, OrderRepeated)
    assert reply_at(shard=0, sequence=repeated.first_sequence) == first
    assert Order.objects.filter(client_order_id="a-1").count() == 1
    scene.check()


def test_a_repeat_is_known_after_a_restart(scene: Scene) -> None:
    order = limit(scene.alice, BUY, "50000", client_order_id="a-1")
    first = scene.tell(order)
    scene.restart()
    (repeated,) = scene.tell(order).events
    assert isinstance(repeated, OrderRepeated)
    assert repeated.first_sequence == first.sequence


def test_twice_in_one_batch_it_is_one_order(scene: Scene) -> None:
    order = limit(scene.alice, BUY, "50000", client_order_id="a-1")
    first, second = scene.put(order), scene.put(order)
    settle(scene.worker)
    replies = scene.clients.replies()
    assert isinstance(replies[first].events[0], OrderAccepted)
    assert isinstance(replies[second].events[0], OrderRepeated)
    assert Order.objects.count() == 1
    scene.check()


def test_other_content_under_the_same_id_is_refused(scene: Scene) -> None:
    scene.tell(limit(scene.alice, BUY, "50000", client_order_id="a-1"))
    (refusal,) = scene.tell(limit(scene.alice, BUY, "50001", client_order_id="a-1")).events
    assert isinstance(refusal, Rejected)
    assert refusal.reason == RejectReason.DUPLICATE_CLIENT_ORDER_ID
    scene.check()


def test_two_people_may_use_the_same_id(scene: Scene) -> None:
    scene.tell(limit(scene.alice, BUY, "50000", client_order_id="same"))
    assert isinstance(
        scene.tell(limit(scene.bob, BUY, "50000", client_order_id="same")).events[0], OrderAccepted
    )


def test_a_refused_placement_is_judged_anew(scene: Scene) -> None:
    carol = person("carol")
    order = limit(carol, BUY, "50000", 100, client_order_id="c-1")
    (refusal,) = scene.tell(order).events
    assert isinstance(refusal, Rejected)
    assert refusal.reason == RejectReason.INSUFFICIENT_FUNDS
    person("carol", usdb=1_000 * USDB)
    settle(scene.worker)
    assert isinstance(scene.tell(order).events[0], OrderAccepted)
    assert Order.objects.filter(client_order_id="c-1").count() == 2
    scene.check()


def test_after_a_day_the_id_may_be_used_anew_with_and_without_a_restart(scene: Scene) -> None:
    scene.worker.stop()
    now = [time.time_ns()]
    scene.worker = _worker_at(now)
    order = limit(scene.alice, BUY, "50000", client_order_id="a-1")
    scene.tell(order)
    now[0] += CLIENT_ORDER_ID_RETENTION_NS - 1
    assert isinstance(scene.tell(order).events[0], OrderRepeated)
    now[0] += 1
    assert isinstance(scene.tell(order).events[0], OrderAccepted)
    now[0] += CLIENT_ORDER_ID_RETENTION_NS
    scene.tell(limit(scene.alice, BUY, "40000"))
    scene.worker.stop()
    scene.worker = _worker_at(now)
    settle(scene.worker)
    assert isinstance(scene.tell(order).events[0], OrderAccepted)
    assert Order.objects.filter(client_order_id="a-1").count() == 3
    scene.check()


def test_a_restart_forgets_what_is_older_than_a_day_and_nothing_else(scene: Scene) -> None:
    scene.worker.stop()
    now = [time.time_ns()]
    scene.worker = _worker_at(now)
    orders = [limit(scene.alice, BUY, "50000", 10, client_order_id=f"a-{number}") for number in range(8)]
    for order in orders:
        scene.tell(order)
        now[0] += CLIENT_ORDER_ID_RETENTION_NS // 4
    scene.worker.stop()
    scene.worker = _worker_at(now)
    scene.check()
    known = [isinstance(scene.tell(order).events[0], OrderRepeated) for order in orders]
    assert known == [False] * 5 + [True] * 3
    scene.check()


def _worker_at(now: list[int]) -> Worker:
    worker = Worker(
        shard=0,
        holder="test",
        connect=engine_connection,
        client=client(),
        limits=replace(FAST, skew_ns=10**18),
        clock_ns=lambda: now[0],
    )
    settle(worker)
    return worker


def test_a_queued_placement_stays_marked_when_another_with_its_id_has_ended(scene: Scene) -> None:
    """Each placement is pending for itself: the end of one must not hide one that still waits."""
    redis, key = scene.clients.redis, pending_key(0, scene.alice, "a-1")
    order = limit(scene.alice, BUY, "50000", client_order_id="a-1")
    first, second = scene.clients.send(order), scene.clients.send(order)
    assert redis.smembers(key) == {first.hex.encode(), second.hex.encode()}
    scene.worker.stop()
    scene.worker = make_worker(limits=replace(FAST, batch=1))
    scene.worker.run_once()  # leads
    scene.worker.run_once()  # takes one command
    scene.worker.run_once()  # and the other, once the first is committed
    assert redis.smembers(key) == {second.hex.encode()}
    settle(scene.worker)
    assert not redis.exists(key)
    scene.check()


def test_a_repeated_message_takes_its_mark_away_too(scene: Scene) -> None:
    redis, key = scene.clients.redis, pending_key(0, scene.alice, "a-1")
    order = limit(scene.alice, BUY, "50000", client_order_id="a-1")
    command_id = scene.clients.send(order)
    settle(scene.worker)
    scene.clients.send(order, command_id=command_id)
    assert redis.exists(key)
    settle(scene.worker)
    assert not redis.exists(key)
