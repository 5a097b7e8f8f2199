"""From a checked order to its committed answer."""

from access.threads import in_thread
from exchange import trading
from exchange.compat.binance.operations import Call
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot.order_shapes import Shape, placed_shape
from exchange.compat.binance.spot.placing import answer_kind, made_up_name, order_form
from exchange.engine.types import SHARD_SLOTS, RejectReason
from exchange.errors import EngineRefusal
from exchange.models import Market
from exchange.order_answers import MAX_FILLS
from exchange.order_facts import facts_of_placement, facts_of_row, fills_of_events
from exchange.rehearsal import rehearse
from exchange.selectors_orders import unfilled_order
from exchange.sending import Sender


async def place_one(call: Call, sender: Sender, market: Market, *, index: int = 0) -> Shape:
    """`index` is the command's place in the request. Raises Refusal, and what the house raises."""
    name = call.values["newClientOrderId"] or made_up_name(sender.command_id(market.shard_id, index))
    form, kind = order_form(call.values, market, name), answer_kind(call.values)
    try:
        done = await trading.send_placement(sender, form, index=index)
    except EngineRefusal as refusal:
        if refusal.reason is not RejectReason.FOK_UNFILLED:
            raise
        return await in_thread(_unfilled, call.account, market, refusal.sequence, kind)
    if done.is_repeat:  # by another request: a replay of this one has the same command, and its answer
        raise Refusal(-2010, "Duplicate order sent.")
    reply = done.reply
    facts = facts_of_placement(reply.events, reply.timestamp_ns)
    fills = fills_of_events(reply.events, facts.order_id, reply.timestamp_ns)
    return placed_shape(facts, fills[-MAX_FILLS:], market, kind)


def _unfilled(account: int, market: Market, sequence: int, kind: str) -> Shape:
    """A fill-or-kill order without a fill is an order at Binance, and has expired."""
    order_id = sequence * SHARD_SLOTS + market.shard_id
    order = unfilled_order(account=account, order_id=order_id)
    assert order is not None, "a refused placement has a row"
    return placed_shape(facts_of_row(order), [], market, kind)


def check_terms(call: Call, market: Market) -> None:
    """Whatever can be said of the order without the book. Raises as `place_one`."""
    sender = call.sender()
    form = order_form(call.values, market, "")
    rehearse(market, trading.placement_of(sender, form, market))
