"""Whoever follows an account's messages from any picture has each order as its row has it, at each event."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from exchange.connections import engine_connection
from exchange.engine.events import NamedEvent, Trade
from exchange.engine.order_state import OPEN_STATUSES
from exchange.engine.types import OrderStatus, SelfTradePrevention, Side
from exchange.feeds.order_tracker import OrderTracker, Step
from exchange.feeds.private_reads import messages_after, picture_of
from exchange.models import AccountMessage, Order
from exchange.order_facts import OrderFacts, facts_of_placement, facts_of_row
from exchange.wire import decode_account_message
from tests.engine.support import ALICE, BOB, an_engine, buy, place, sell, stop, trade_at
from tests.exchange.flows import Flow
from tests.exchange.tables import ACCOUNTS, Tables

NOW = 1_700_000_000_123_456_789
STEPS = 50


@dataclass
class Follower:
    """Begins with a picture and hears all messages after it."""

    account: int
    tracker: OrderTracker
    numbers: dict[int, int]
    last: dict[int, OrderFacts] = field(default_factory=dict)
    filled: dict[int, int] = field(default_factory=dict)

    def hear(self) -> None:
        for message in messages_after(self.account, self.numbers):
            events = decode_account_message(message.content).events
            for step in self.tracker.follow(events, message.timestamp_ns):
                if isinstance(step, Step):
                    self._note(step)
            self.numbers[message.shard] = message.sequence

    def _note(self, step: Step) -> None:
        before = self.last.get(step.facts.order_id)
        if before is not None:
            assert before.status in OPEN_STATUSES, "nothing happens to an order that is closed"
        if step.fill is not None:
            known = before.filled_lots if before else step.facts.filled_lots - step.fill.quantity_lots
            assert step.facts.filled_lots == known + step.fill.quantity_lots
        self.last[step.facts.order_id] = step.facts


def _beginning(account: int) -> Follower:
    picture = picture_of(account)
    orders = [facts_of_row(row) for row in picture.orders]
    return Follower(account, OrderTracker(account, orders), dict(picture.numbers))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(4))
def test_after_any_flow_every_order_is_as_its_row(seed: int) -> None:
    with engine_connection() as connection:
        tables = Tables(connection, maker_fee_ppm=-100)
        flow = Flow(seed, tables.engine)
        followers = [_beginning(account) for account in ACCOUNTS]
        tables.batch(flow.opening(), flow.now_ns)
        for step in range(STEPS):
            tables.batch(flow.step(), flow.now_ns)
            if step % 10 == 9:
                for follower in followers:
                    follower.hear()
            if step == STEPS // 2:
                followers += [_beginning(account) for account in ACCOUNTS]
        for follower in followers:
            follower.hear()
            _assert_level(follower, f"seed {seed}")


def _assert_level(follower: Follower, hint: str) -> None:
    rows = {row.id: facts_of_row(row) for row in Order.objects.filter(account_id=follower.account)}
    assert follower.last, hint
    for order_id, facts in follower.last.items():
        assert facts == rows[order_id], hint
    still_open = {facts.order_id: facts for facts in rows.values() if facts.status in OPEN_STATUSES}
    assert follower.tracker.open == still_open, "what is closed is not kept"
    newest = AccountMessage.objects.filter(account_id=follower.account).latest("sequence")
    assert follower.numbers[0] == newest.sequence


def _told(account: int, *commands: Sequence[NamedEvent]) -> list[Step]:
    """What the account's one message of these commands tells."""
    mine = [event for events in commands for event in events if _concerns(event, account)]
    steps = OrderTracker(account, []).follow(mine, NOW)
    return [step for step in steps if isinstance(step, Step)]


def _concerns(event: NamedEvent, account: int) -> bool:
    if isinstance(event, Trade):
        return account in (event.maker_account, event.taker_account)
    return getattr(event, "account", None) == account


def test_each_fill_has_what_was_filled_by_then() -> None:
    engine = an_engine()
    for price in (10_000, 10_001, 10_002):
        sell(engine, BOB, 2, price)
    steps = _told(ALICE, buy(engine, ALICE, 5, 10_002))
    assert [(step.facts.filled_lots, OrderStatus(step.facts.status).name) for step in steps] == [
        (0, "NEW"),
        (2, "PARTIALLY_FILLED"),
        (4, "PARTIALLY_FILLED"),
        (5, "FILLED"),
    ]


def test_an_order_by_budget_is_filled_by_its_last_trade() -> None:
    engine = an_engine()
    sell(engine, BOB, 2, 10_000)
    sell(engine, BOB, 50, 10_001)
    steps = _told(ALICE, place(engine, ALICE, Side.BUY, 0, 0, budget_atoms=100_000))
    assert [OrderStatus(step.facts.status).name for step in steps][-2:] == ["PARTIALLY_FILLED", "FILLED"]
    assert steps[-1].fill is not None


def test_the_last_step_of_a_placement_is_what_its_answer_says() -> None:
    engine = an_engine()
    sell(engine, BOB, 2, 10_000)
    events = buy(engine, ALICE, 5, 10_000)
    assert _told(ALICE, events)[-1].facts == facts_of_placement(events, NOW)


def test_a_stop_is_placed_triggered_and_filled() -> None:
    engine = an_engine()
    trade_at(engine, 10_000)
    waits = stop(engine, ALICE, Side.BUY, 5, 11_000)
    sell(engine, BOB, 9, 11_000)
    steps = _told(ALICE, waits, buy(engine, BOB + 1, 1, 11_000))
    names = [OrderStatus(step.facts.status).name for step in steps]
    assert names == ["UNTRIGGERED", "NEW", "FILLED"]
    assert [step.facts.triggered_ns for step in steps] == [0, NOW, NOW]


def test_prevented_matches_name_the_other_order() -> None:
    engine = an_engine()
    rests = sell(engine, ALICE, 2, 10_000)
    takes = buy(engine, ALICE, 5, 10_001, self_trade_prevention=SelfTradePrevention.DECREMENT)
    steps = _told(ALICE, rests, takes)
    maker, taker = steps[0].facts.order_id, steps[1].facts.order_id
    assert [step.prevention for step in steps] == [None, None, (2, 10_000, taker), (2, 10_000, maker)]
    assert [step.facts.prevented_lots for step in steps] == [0, 0, 2, 2]


def test_an_order_that_ends_at_one_of_its_own_says_so_without_lots() -> None:
    engine = an_engine()
    rests = sell(engine, ALICE, 2, 10_000)
    takes = buy(engine, ALICE, 5, 10_001, self_trade_prevention=SelfTradePrevention.EXPIRE_MAKER)
    steps = _told(ALICE, rests, takes)
    (step,) = (one for one in steps if one.prevention is not None)
    assert step.prevention == (0, 10_000, steps[1].facts.order_id)
    assert step.facts.order_id == steps[0].facts.order_id
