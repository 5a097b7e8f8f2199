"""Time itself makes things happen: soon after they are due, before what came later, and never for nothing."""

import time

from exchange.engine.commands import CommandKind, set_switch
from exchange.engine.types import OrderStatus, TimeInForce
from exchange.models import DeadMansSwitch, JournalEntry, Order
from exchange.wire import decode_command
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL, make_worker, settle

MS = 10**6
PROMPT_NS = 60 * MS  # 20 ms are meant; a busy machine is given more


def _ticks() -> list[JournalEntry]:
    entries = JournalEntry.objects.order_by("id")
    return [one for one in entries if decode_command(bytes(one.command))[0] == CommandKind.TICK]


def _turn_until(scene: Scene, due_ns: int) -> None:
    while time.time_ns() < due_ns + PROMPT_NS:
        scene.worker.run_once()


def test_an_order_expires_when_its_time_has_come_though_nobody_sends_anything(scene: Scene) -> None:
    scene.worker.stop()
    scene.worker = make_worker()  # it waits 5 ms for a command
    settle(scene.worker)
    due_ns = time.time_ns() + 400 * MS
    scene.tell(limit(scene.alice, BUY, "50000", time_in_force=TimeInForce.GTD, expires_ns=due_ns))
    assert Order.objects.get().status == OrderStatus.NEW
    _turn_until(scene, due_ns)
    order = Order.objects.get()
    assert order.status == OrderStatus.EXPIRED
    assert 0 <= order.updated_ns - due_ns < PROMPT_NS
    assert len(_ticks()) == 1
    scene.check()


def test_what_is_due_happens_before_the_commands_that_come_with_it(scene: Scene) -> None:
    due_ns = time.time_ns() + 300 * MS
    scene.tell(limit(scene.alice, BUY, "50000", time_in_force=TimeInForce.GTD, expires_ns=due_ns))
    while time.time_ns() < due_ns:
        pass
    scene.put(limit(scene.bob, SELL, "50000"))
    scene.worker.run_once()
    assert not Order.objects.filter(status=OrderStatus.FILLED).exists()
    assert Order.objects.get(account=scene.bob).status == OrderStatus.NEW
    scene.check()


def test_a_dead_mans_switch_fires_after_a_failover_too(scene: Scene) -> None:
    scene.tell(limit(scene.alice, BUY, "50000"))
    scene.tell(set_switch(account=scene.alice, timeout_ns=500 * MS))
    due_ns = DeadMansSwitch.objects.get().due_ns
    scene.restart()
    _turn_until(scene, due_ns)
    assert Order.objects.get().status == OrderStatus.CANCELED
    assert not DeadMansSwitch.objects.exists()
    scene.check()


def test_nothing_due_is_no_tick(scene: Scene) -> None:
    scene.tell(limit(scene.alice, BUY, "50000"))
    for _ in range(20):
        scene.worker.run_once()
    assert _ticks() == []
