"""One replay from the first opening order to the verdict."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import redis
from django.db.models import F

from exchange.engine.commands import CancelOrder, Command, PlaceOrder, cancel_order, place_order
from exchange.engine.events import OrderAccepted, Rejected, Trade
from exchange.engine.order_state import OPEN_STATUSES
from exchange.engine.types import OrderType, RejectReason, Side
from exchange.models import Order
from exchange.replay.comparison import Comparison, compare_books, compare_matches
from exchange.replay.courier import Courier
from exchange.replay.recording import CanceledOrder, Match, PlacedOrder, Recording, RestingOrder
from exchange.replay.stage import Stage
from exchange.selectors import committed_reply
from exchange.wire import Reply


@dataclass
class Outcome:
    """What the replies said. Recorded ids are our client order ids; `order_ids` leads back to them."""

    commands: int = 0
    seconds: float = 0.0
    order_ids: dict[int, str] = field(default_factory=dict)
    trades: list[Trade] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def commands_per_second(self) -> int:
        return round(self.commands / self.seconds)

    def add(self, reply: Reply) -> None:
        self.commands += 1
        for event in reply.events:
            if isinstance(event, OrderAccepted):
                self.order_ids[event.order_id] = event.client_order_id
            elif isinstance(event, Trade):
                self.trades.append(event)
            elif isinstance(event, Rejected):
                self.refusals[RejectReason(event.reason).name] += 1

    def matches(self) -> list[Match]:
        """In the order in which the engine made them: replies may arrive in another."""
        ordered = sorted(self.trades, key=lambda trade: trade.trade_id)
        return [
            Match(
                self.order_ids[trade.maker_order_id],
                self.order_ids[trade.taker_order_id],
                trade.price_ticks,
                trade.quantity_lots,
            )
            for trade in ordered
        ]


def replay(
    recording: Recording,
    stage: Stage,
    client: redis.Redis,
    *,
    progress: Callable[[int, int], None],
) -> Outcome:
    """Send it all and wait for every committed reply. `progress` hears (commands done, matches so far).

    Raises courier.NoAnswer.
    """
    outcome = Outcome()

    def deliver(reply: Reply) -> None:
        outcome.add(reply)
        progress(outcome.commands, len(outcome.trades))

    courier = Courier(client, shard=stage.market.shard_id, deliver=deliver, look_up=committed_reply)
    started_at = time.monotonic()
    try:
        courier.send(_commands(recording, stage))
    finally:
        courier.close()
    outcome.seconds = time.monotonic() - started_at
    return outcome


def verdict(recording: Recording, stage: Stage, outcome: Outcome) -> list[Comparison]:
    """The matches, the book that is stored now, and that nothing was refused which the recording has."""
    refused = Comparison("no command refused")
    if outcome.refusals:
        reasons = [f"{reason}: {count}" for reason, count in outcome.refusals.most_common()]
        refused = Comparison(f"{outcome.refusals.total()} commands refused", reasons)
    return [
        compare_matches(recording.matches, outcome.matches()),
        compare_books(recording.ending, _open_orders(stage)),
        refused,
    ]


def command_count(recording: Recording) -> int:
    return len(recording.opening) + len(recording.instructions)


def _commands(recording: Recording, stage: Stage) -> Iterator[Command]:
    for order in recording.opening:
        yield _placement(
            PlacedOrder(*order[:2], OrderType.LIMIT, order.price_ticks, order.remaining_lots, 0), stage
        )
    for instruction in recording.instructions:
        if isinstance(instruction, CanceledOrder):
            yield _cancel(instruction, stage)
        else:
            yield _placement(instruction, stage)


def _placement(order: PlacedOrder, stage: Stage) -> PlaceOrder:
    return place_order(
        account=stage.account(order.side),
        market=stage.market.symbol,
        side=order.side,
        order_type=order.order_type,
        price_ticks=order.price_ticks,
        quantity_lots=order.quantity_lots,
        budget_atoms=order.budget_atoms,
        client_order_id=order.order_id,
    )


def _cancel(order: CanceledOrder, stage: Stage) -> CancelOrder:
    return cancel_order(account=stage.account(order.side), client_order_id=order.order_id)


def _open_orders(stage: Stage) -> list[RestingOrder]:
    """In the order of our ids, which is the queue order within a price."""
    rows = Order.objects.filter(market_id=stage.market.pk, status__in=sorted(OPEN_STATUSES)).order_by("id")
    remaining_lots = F("quantity_lots") - F("filled_lots") - F("prevented_lots")
    columns = rows.values_list("client_order_id", "side", "price_ticks", remaining_lots)
    return [RestingOrder(row[0], Side(row[1]), row[2], row[3]) for row in columns.iterator(chunk_size=10_000)]
