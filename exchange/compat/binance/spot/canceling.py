"""Canceling one order: by number or by name, in one market. It is looked up first only where need be."""

from access.threads import in_thread
from exchange import trading
from exchange.compat.binance import refusals
from exchange.compat.binance.operations import Call
from exchange.compat.binance.parameters import NAME, Parameter, choice, matching
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot.order_reading import find_order
from exchange.compat.binance.spot.order_shapes import Shape, canceled_shape
from exchange.compat.binance.spot.placing import made_up_name
from exchange.engine.types import OrderStatus
from exchange.models import Market
from exchange.order_facts import facts_of_row
from exchange.selectors import market_by_id, markets_of_shard, order_by_client_id
from exchange.selectors_orders import is_open
from exchange.sending import Sender

RESTRICTIONS = {"ONLY_NEW": OrderStatus.NEW, "ONLY_PARTIALLY_FILLED": OrderStatus.PARTIALLY_FILLED}
_WRONG = Refusal(-1145, "cancelRestrictions has to be either ONLY_NEW or ONLY_PARTIALLY_FILLED.")
RESTRICTION = Parameter("cancelRestrictions", choice(RESTRICTIONS, _WRONG))
NEW_NAME = Parameter("newClientOrderId", matching(NAME))


async def cancel_one(
    call: Call,
    sender: Sender,
    market: Market,
    order_id: int | None,
    name: str | None,
    cancel_name: str | None,
) -> Shape:
    """The canceled order. `cancel_name` is the client order id of the cancel itself, made up where None.

    Raises -2011, and what the house raises.
    """
    if await _needs_a_look(call, market, order_id, name):
        order_id = await in_thread(_number, call, market, order_id, name)
    order = await trading.cancel_in_market(
        sender, market, order_id=order_id or 0, client_order_id="" if order_id else name or ""
    )
    return canceled_shape(facts_of_row(order), market, cancel_name or name_of_cancel(sender, market))


def name_of_cancel(sender: Sender, market: Market) -> str:
    return made_up_name(sender.command_id(market.shard_id, 0))


async def _needs_a_look(call: Call, market: Market, order_id: int | None, name: str | None) -> bool:
    """The engine does not ask of which market an order is, whether it has both number and name, or what it
    has traded; and a name that is a number may be that of an order without a name."""
    if call.values["cancelRestrictions"] is not None or (order_id is not None and name is not None):
        return True
    if order_id == 0 or (name is not None and name.isdigit()):
        return True
    return len(await markets_of_shard(market.shard_id)) > 1


def _number(call: Call, market: Market, order_id: int | None, name: str | None) -> int | None:
    """Of the order to cancel; None: the one that has this name, which may be on its way. What has closed is
    left to the engine, which tells a replay of the same request from a cancel that comes too late."""
    order = find_order(call.account, market, order_id, name)
    if order is None:
        if order_id is not None or _is_elsewhere(call.account, market, name or ""):
            raise refusals.unknown_order()
        return None
    wanted = RESTRICTIONS.get(call.values["cancelRestrictions"])
    if wanted is not None and is_open(order) and not _has_status(order.status, wanted):
        raise Refusal(-2011, "Order was not canceled due to cancel restrictions.")
    if order_id is None and order.client_order_id:
        return None
    return order.id


def _has_status(status: int, wanted: OrderStatus) -> bool:
    return status == wanted or (status == OrderStatus.UNTRIGGERED and wanted == OrderStatus.NEW)


def _is_elsewhere(account: int, market: Market, name: str) -> bool:
    """Whether an open order of another market of the shard has the name, which stands there once: one of
    this market may have come meanwhile."""
    order = order_by_client_id(account=account, client_order_id=name)
    if order is None or not is_open(order) or order.market_id == market.id:
        return False
    return market_by_id(order.market_id).shard_id == market.shard_id
