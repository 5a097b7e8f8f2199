"""What an account can do with its orders, asked over REST or a websocket alike. Answers are committed.

Takes values that a form has checked and gives what is to be sent; it knows nothing of how they travel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from access.errors import DomainError
from access.threads import in_thread
from exchange.engine import commands
from exchange.engine.commands import CancelOrder, PlaceOrder
from exchange.engine.events import OrderClosed
from exchange.engine.types import SHARD_SLOTS, RejectReason
from exchange.errors import EngineRefusal, NotAccepted, OrderNotFound, PartlyDone
from exchange.models import Market, Order
from exchange.order_answers import (
    amended_order,
    canceled_orders,
    closed_orders,
    explained,
    first_replies,
    order_to_amend,
    placed,
    refused_item,
    switches_of_account,
)
from exchange.selectors import fresh_markets, market_of, shards
from exchange.sending import Outcome, Sender, Sent, known, outcomes_of, outcomes_of_shards, reply_of
from exchange.services.orders import NS_PER_MS, Amendment, Placement, amendment_command, placement_command
from exchange.wire import Reply

__all__ = [
    "MAX_BATCH",
    "Placed",
    "Sender",
    "amend",
    "cancel",
    "cancel_all",
    "cancel_batch",
    "cancel_in_market",
    "place",
    "place_batch",
    "placement_of",
    "send_placement",
    "set_switch",
]

MAX_BATCH = 100

Values = Mapping[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """A placement that was accepted. `reply` is that of the command which placed the order: where this one
    repeats an earlier command (under the same client order id), that of the earlier one."""

    market: Market
    reply: Reply
    is_repeat: bool


async def place(sender: Sender, values: Values) -> Answer:
    """`values` are an `OrderForm`'s. The order as its placement left it; of a repeat, as the first one did.

    Raises EngineRefusal, MarketNotFound, Precision, OutOfRange, NotAccepted, OutcomeUnknown.
    """
    done = await send_placement(sender, values)
    return placed(done.reply, done.market)


async def send_placement(sender: Sender, values: Values, *, index: int = 0) -> Placed:
    """As `place`, unrendered. `index` is the command's place in its request."""
    market = await market_of(values["market"])
    try:
        reply = await reply_of(sender, Sent(index, market.shard_id, placement_of(sender, values, market)))
    except EngineRefusal as refusal:
        raise await in_thread(explained, refusal, market.symbol) from None
    (first,) = await first_replies([(market.shard_id, reply)])
    return Placed(market, first, is_repeat=first is not reply)


async def place_batch(sender: Sender, orders: Sequence[Values]) -> list[Answer]:
    """At most MAX_BATCH orders: one result for each, in their order. Those of one shard enter its queue in
    one step. What is malformed, in its market's units too, refuses the whole before anything is sent.

    Raises NotAccepted where no shard took any.
    """
    results: list[Answer] = [{}] * len(orders)
    markets: dict[int, Market] = {}
    sent = []
    for index, values in enumerate(orders):
        try:
            market = markets[index] = await market_of(values["market"])
            sent.append(Sent(index, market.shard_id, placement_of(sender, values, market)))
        except DomainError as error:
            if error.status == 400:
                error.field = f"orders[{index}].{error.field}"
                raise
            results[index] = await _refused(error, values["market"])
    outcomes = await outcomes_of(sender, sent)
    accepted = [(one, reply) for one, reply in zip(sent, outcomes, strict=True) if isinstance(reply, Reply)]
    firsts = await first_replies([(one.shard, reply) for one, reply in accepted])
    for (one, _), first in zip(accepted, firsts, strict=True):
        results[one.index] = {"ok": True, **placed(first, markets[one.index])}
    for one, outcome in zip(sent, outcomes, strict=True):
        if isinstance(outcome, DomainError):
            results[one.index] = await _refused(outcome, markets[one.index].symbol)
    return results


async def cancel(sender: Sender, *, order_id: int = 0, client_order_id: str = "") -> Answer:
    """By one of the two. Raises OrderNotFound also for an order that is closed, EngineRefusal, NotAccepted,
    OutcomeUnknown."""
    (outcome,) = await _canceled(sender, [(order_id, client_order_id)])
    (answer,) = await in_thread(canceled_orders, sender.account, [known(outcome)])
    return answer


async def cancel_in_market(
    sender: Sender, market: Market, *, order_id: int = 0, client_order_id: str = ""
) -> Order:
    """By one of the two, in the shard of this market alone. The order as the cancel left it; raises as
    `cancel`. Whether the order is of the market or of another one there, nobody looks."""
    command = _cancel(sender, order_id, client_order_id)
    reply = await reply_of(sender, Sent(0, market.shard_id, command))
    (order,) = await in_thread(closed_orders, sender.account, [reply])
    return order


async def cancel_batch(sender: Sender, targets: Sequence[tuple[int, str]]) -> list[Answer]:
    """At most MAX_BATCH orders, each by (order id or 0, client order id or ""): one result for each, in
    their order. Raises NotAccepted where no shard took any.
    """
    outcomes = await _canceled(sender, targets)
    if outcomes and all(isinstance(outcome, NotAccepted) for outcome in outcomes):
        known(outcomes[0])
    replies = [outcome for outcome in outcomes if isinstance(outcome, Reply)]
    answers = iter(await in_thread(canceled_orders, sender.account, replies))
    return [
        refused_item(outcome) if isinstance(outcome, DomainError) else {"ok": True, **next(answers)}
        for outcome in outcomes
    ]


async def _canceled(sender: Sender, targets: Sequence[tuple[int, str]]) -> list[Outcome]:
    """An id names its shard; a name is looked for in one shard after the other, also where one of them takes
    nothing. What comes after these cancels may not overtake them in any shard."""
    outcomes: list[Outcome] = [OrderNotFound()] * len(targets)
    concerned = [shard for shard in await in_thread(shards) if any(_may_be_in(shard, one) for one in targets)]
    for shard in concerned:
        sent = [
            Sent(index, shard, _cancel(sender, *target))
            for index, target in enumerate(targets)
            if _may_be_in(shard, target) and _is_missing(outcomes[index])
        ]
        last = shard == concerned[-1]
        found = await _taken_or_not(sender if last else replace(sender, queued=_nothing), sent)
        for one, outcome in zip(sent, found, strict=True):
            if isinstance(outcome, NotAccepted) or not _is_missing(outcome):
                outcomes[one.index] = outcome
    return outcomes


def _may_be_in(shard: int, target: tuple[int, str]) -> bool:
    return not target[0] or target[0] % SHARD_SLOTS == shard


async def _taken_or_not(sender: Sender, sent: Sequence[Sent]) -> list[Outcome]:
    try:
        return await outcomes_of(sender, sent)
    except NotAccepted as error:
        return [error] * len(sent)


def _nothing() -> None:
    pass


async def cancel_all(sender: Sender, *, market: str | None = None) -> Answer:
    """Every open order of the account, in one market or in all. Each shard is asked, whatever another says.

    Raises MarketNotFound, EngineRefusal, NotAccepted, OutcomeUnknown; PartlyDone, with what was canceled.
    """
    command = commands.cancel_all(account=sender.account, market=market or "", deadline_ns=sender.deadline_ns)
    outcomes = await outcomes_of_shards(sender, market, command)
    replies = [outcome for outcome in outcomes.values() if isinstance(outcome, Reply)]
    closed = [event for reply in replies for event in reply.events if isinstance(event, OrderClosed)]
    answer = {"canceled_order_ids": [str(event.order_id) for event in closed]}
    await _check_done(outcomes, answer)
    return answer


async def amend(sender: Sender, values: Values, *, order_id: int = 0, client_order_id: str = "") -> Answer:
    """`values` are an `AmendForm`'s. The order as it is afterwards, and the fills that the amendment brought.

    The order must be committed, for its market says what a tick is. Raises OrderNotFound, EngineRefusal,
    Precision, OutOfRange, NotAccepted, OutcomeUnknown.
    """
    number, market = await in_thread(order_to_amend, sender.account, order_id, client_order_id)
    try:
        command = amendment_command(
            market=market,
            account=sender.account,
            order_id=number,
            amendment=Amendment(**values),
            deadline_ns=sender.deadline_ns,
        )
        reply = await reply_of(sender, Sent(0, market.shard_id, command))
    except EngineRefusal as refusal:
        raise await in_thread(explained, refusal, market.symbol) from None
    return await in_thread(amended_order, sender.account, number, reply)


async def set_switch(sender: Sender, *, timeout_ms: int, market: str | None = None) -> Answer:
    """Arm the dead man's switch of one market or of all, or with a timeout of 0 disarm it. Gives all that
    are armed then. Raises as `cancel_all`; PartlyDone with the switches."""
    command = commands.set_switch(
        account=sender.account,
        market=market or "",
        timeout_ns=timeout_ms * NS_PER_MS,
        deadline_ns=sender.deadline_ns,
    )
    outcomes = await outcomes_of_shards(sender, market, command)
    answer = await in_thread(switches_of_account, sender.account)
    await _check_done(outcomes, answer)
    return answer


async def _check_done(outcomes: Mapping[int, Outcome], answer: Answer) -> None:
    """Raises PartlyDone, with the answer for what was done."""
    if any(isinstance(outcome, DomainError) for outcome in outcomes.values()):
        raise PartlyDone(shards=await in_thread(_done_by_shard, outcomes), **answer)


def _done_by_shard(outcomes: Mapping[int, Outcome]) -> list[Answer]:
    symbols: dict[int, list[str]] = {shard: [] for shard in outcomes}
    for market in fresh_markets().values():
        if market.shard_id in symbols:
            symbols[market.shard_id].append(market.symbol)
    return [
        {
            "shard": shard,
            "markets": symbols[shard],
            "done": isinstance(outcome, Reply),
            "code": outcome.code if isinstance(outcome, DomainError) else "",
        }
        for shard, outcome in outcomes.items()
    ]


def placement_of(sender: Sender, values: Values, market: Market) -> PlaceOrder:
    rest = {name: value for name, value in values.items() if name != "type"}
    return placement_command(
        market=market,
        account=sender.account,
        placement=Placement(order_type=values["type"], **rest),
        deadline_ns=sender.deadline_ns,
    )


def _cancel(sender: Sender, order_id: int, client_order_id: str) -> CancelOrder:
    return commands.cancel_order(
        account=sender.account,
        order_id=order_id,
        client_order_id=client_order_id,
        deadline_ns=sender.deadline_ns,
    )


async def _refused(error: DomainError, market: str) -> Answer:
    if isinstance(error, EngineRefusal):
        error = await in_thread(explained, error, market)
    return refused_item(error)


def _is_missing(outcome: Outcome) -> bool:
    """Certainly not canceled: it is not there, or nobody took the cancel."""
    if isinstance(outcome, NotAccepted):
        return True
    return isinstance(outcome, DomainError) and outcome.code == RejectReason.ORDER_NOT_FOUND.name
