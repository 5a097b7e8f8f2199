"""What accounts are told is stored under numbers without a gap, across failovers, for a day."""

from exchange.engine.events import OrderAccepted, OrderClosed, Trade
from exchange.models import AccountMessage
from exchange.services.retention import KEPT_NS, forget_account_messages
from exchange.wire import decode_account_message
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL


def _numbers(account: int) -> list[int]:
    rows = AccountMessage.objects.filter(account_id=account).order_by("sequence")
    return list(rows.values_list("sequence", flat=True))


def test_a_batch_is_one_message_with_the_events_and_balances_of_the_account(scene: Scene) -> None:
    scene.tell(limit(scene.bob, SELL, "50000"))
    scene.tell(limit(scene.alice, BUY, "50000"))
    message = AccountMessage.objects.filter(account_id=scene.alice).latest("sequence")
    content = decode_account_message(bytes(message.content))
    assert [type(event) for event in content.events] == [OrderAccepted, Trade, OrderClosed]
    held = {balance.asset: (balance.free_atoms, balance.locked_atoms) for balance in content.balances}
    assert held == {asset: scene.worker.engine.balance(scene.alice, asset) for asset in ("BTC", "USDB")}


def test_a_refused_order_is_told_in_its_answer_and_nowhere_else(scene: Scene) -> None:
    before = _numbers(scene.alice)
    scene.tell(limit(scene.alice, BUY, "50000.01", 10**12))
    assert _numbers(scene.alice) == before


def test_numbers_go_on_after_a_failover_and_when_old_messages_are_gone(scene: Scene) -> None:
    for price in range(5):
        scene.tell(limit(scene.alice, BUY, str(50_000 + price)))
    last = _numbers(scene.alice)[-1]
    newest = AccountMessage.objects.latest("timestamp_ns").timestamp_ns
    assert forget_account_messages(now_ns=newest + KEPT_NS) > 0
    assert forget_account_messages(now_ns=newest + KEPT_NS + 1) == 0
    assert _numbers(scene.alice) == [last]
    assert len(_numbers(scene.bob)) == 1
    scene.restart()
    scene.tell(limit(scene.alice, BUY, "51000"))
    assert _numbers(scene.alice) == [last, last + 1]
    scene.check()


def test_a_gap_between_messages_is_found(scene: Scene) -> None:
    for price in range(3):
        scene.tell(limit(scene.alice, BUY, str(50_000 + price)))
    AccountMessage.objects.filter(account_id=scene.alice, sequence=2).delete()
    assert any("messages" in problem for problem in scene.problems())
