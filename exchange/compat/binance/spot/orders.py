"""Placing, testing, canceling and amending orders. Nothing is answered before it is committed."""

from access.errors import DomainError
from access.http import Scope
from access.threads import in_thread
from exchange import trading
from exchange.compat.binance import refusals
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import decimal
from exchange.compat.binance.spot import cancel_replace, order_reading
from exchange.compat.binance.spot.canceling import (
    NEW_NAME,
    RESTRICTION,
    cancel_one,
    name_of_cancel,
)
from exchange.compat.binance.spot.commissions import commission_of_order
from exchange.compat.binance.spot.order_reading import TARGET, check_target, find_order
from exchange.compat.binance.spot.order_shapes import amended_shape, canceled_shape
from exchange.compat.binance.spot.placing import PLACEMENT, TEST, check_number, check_placement
from exchange.compat.binance.spot.sending_orders import check_terms, place_one
from exchange.compat.binance.symbols import find_by_symbol, market_of_symbol, symbol
from exchange.engine.types import RejectReason
from exchange.models import Market, Order
from exchange.order_facts import facts_of_row
from exchange.selectors import orders_by_ids


async def _place(call: Call) -> object:
    return await place_one(call, call.sender(), await market_of_symbol(call.values["symbol"]))


def _test(call: Call) -> object:
    market = find_by_symbol(call.values["symbol"])
    check_terms(call, market)
    return commission_of_order(call.account, market) if call.values["computeCommissionRates"] else {}


async def _cancel(call: Call) -> object:
    values = call.values
    market = await market_of_symbol(values["symbol"])
    number, name = values["orderId"], values["origClientOrderId"]
    return await cancel_one(call, call.sender(), market, number, name, values["newClientOrderId"])


async def _cancel_all(call: Call) -> object:
    market, sender = await market_of_symbol(call.values["symbol"]), call.sender()
    done = await trading.cancel_all(sender, market=market.symbol)
    numbers = sorted(int(number) for number in done["canceled_order_ids"])
    if not numbers:
        raise refusals.unknown_order()
    found = await in_thread(_rows, call.account, numbers)
    name = name_of_cancel(sender, market)
    return [canceled_shape(facts_of_row(order), market, name) for order in found]


async def _amend(call: Call) -> object:
    """Less quantity at the same price. The client order id stays what it was, whatever is sent."""
    market = await market_of_symbol(call.values["symbol"])
    check_number("newQty", call.values["newQty"], market.base_decimals, "LOT_SIZE")
    order_id = await in_thread(_open_order, call, market)
    terms = {"price": None, "quantity": call.values["newQty"], "trigger_price": None, "keep_priority": True}
    try:
        await trading.amend(call.sender(), terms, order_id=order_id)
    except DomainError as error:
        if error.code == RejectReason.ORDER_NOT_FOUND.name:
            raise refusals.no_such_order() from None
        raise
    (order,) = await in_thread(_rows, call.account, [order_id])
    shape = amended_shape(facts_of_row(order), market)
    return {"transactTime": shape.pop("updateTime"), "amendedOrder": shape}


def _open_order(call: Call, market: Market) -> int:
    order = find_order(call.account, market, call.values["orderId"], call.values["origClientOrderId"])
    if order is None:
        raise refusals.no_such_order()
    return order.id


def _rows(account: int, numbers: list[int]) -> list[Order]:
    found = orders_by_ids(account=account, order_ids=numbers)
    return [found[number] for number in numbers]


OPERATIONS = (
    Operation(
        "binance.order.place",
        _place,
        http=("POST", "/api/v3/order"),
        socket="order.place",
        security=Security.SIGNED,
        scope=Scope.TRADE,
        parameters=PLACEMENT,
        orders=1,
        check=check_placement,
    ),
    Operation(
        "binance.order.test",
        _test,
        http=("POST", "/api/v3/order/test"),
        socket="order.test",
        security=Security.SIGNED,
        scope=Scope.TRADE,
        parameters=TEST,
        weight=lambda values: 20 if values["computeCommissionRates"] else 1,
        check=check_placement,
    ),
    Operation(
        "binance.order.cancel",
        _cancel,
        http=("DELETE", "/api/v3/order"),
        socket="order.cancel",
        security=Security.SIGNED,
        scope=Scope.TRADE,
        parameters=(symbol(), *TARGET, NEW_NAME, RESTRICTION),
        check=check_target,
    ),
    Operation(
        "binance.open_orders.cancel_all",
        _cancel_all,
        http=("DELETE", "/api/v3/openOrders"),
        socket="openOrders.cancelAll",
        security=Security.SIGNED,
        scope=Scope.TRADE,
        parameters=(symbol(),),
    ),
    Operation(
        "binance.order.amend",
        _amend,
        http=("PUT", "/api/v3/order/amend/keepPriority"),
        socket="order.amend.keepPriority",
        security=Security.SIGNED,
        scope=Scope.TRADE,
        parameters=(symbol(), *TARGET, NEW_NAME, decimal("newQty", required=True)),
        weight=4,
        check=check_target,
    ),
    *cancel_replace.OPERATIONS,
    *order_reading.OPERATIONS,
)
