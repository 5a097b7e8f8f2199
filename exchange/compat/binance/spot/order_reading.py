"""Seeing one's own orders and trades."""

from typing import Any

from access.http import Scope
from access.threads import in_thread
from exchange.api.session import is_pending
from exchange.compat.binance import refusals
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import NAME, Parameter, Values, limit, matching, time_ms, whole
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot.order_shapes import order_shape, trade_shape
from exchange.compat.binance.symbols import find_by_symbol, market_of_symbol, symbol
from exchange.engine.types import OrderStatus, RejectReason
from exchange.models import Market, Order
from exchange.order_facts import facts_of_row, fills_of_trade
from exchange.rendering import NS_PER_MS
from exchange.selectors import market_by_id, order_by_client_id, order_by_id
from exchange.selectors_orders import (
    open_orders,
    orders_in_span,
    trades_in_span,
    trades_of_order,
    unfilled_order,
)

MAX_SPAN_MS = 24 * 3600 * 1000
MAX_LISTED = 1_000
MAX_DIGITS = 18  # of an order's number that surely fits 64 bits

TARGET = (Parameter("orderId", whole()), Parameter("origClientOrderId", matching(NAME)))
SPAN = (time_ms("startTime"), time_ms("endTime"), limit(500, MAX_LISTED))


def check_target(values: Values) -> None:
    if values["orderId"] is None and values["origClientOrderId"] is None:
        raise refusals.one_of("origClientOrderId", "orderId")


def find_order(account: int, market: Market, order_id: int | None, name: str | None) -> Order | None:
    """By number, by name, or the one that has both; of this market. Closed ones too."""
    named = order_id is None
    order = _by_name(account, market, name or "") if named else _by_number(account, order_id or 0)
    if order is None or order.market_id != market.id:
        return None
    if not named and name is not None and name not in (order.client_order_id, str(order.id)):
        return None
    return order


def _by_number(account: int, order_id: int) -> Order | None:
    return order_by_id(account=account, order_id=order_id) or unfilled_order(
        account=account, order_id=order_id
    )


def _by_name(account: int, market: Market, name: str) -> Order | None:
    found = order_by_client_id(account=account, client_order_id=name, market_id=market.id)
    if found is not None and not _was_refused(found):
        return found
    return _unnamed(account, name)


def _was_refused(order: Order) -> bool:
    """For any other cause than that it could not be filled, which is no refusal here."""
    return order.status == OrderStatus.REJECTED and order.reject_reason != RejectReason.FOK_UNFILLED


def _unnamed(account: int, name: str) -> Order | None:
    """The order that was placed without a name and is called by its number."""
    if not name.isdigit() or len(name) > MAX_DIGITS:
        return None
    order = order_by_id(account=account, order_id=int(name))
    return order if order is not None and not order.client_order_id else None


async def _order(call: Call) -> object:
    values = call.values
    market = await market_of_symbol(values["symbol"])
    wanted = (call.account, market, values["orderId"], values["origClientOrderId"])
    order = await in_thread(find_order, *wanted)
    if order is None and values["orderId"] is None:
        # Who has lost an answer asks by name, and what is on its way is not "does not exist".
        if await is_pending(call.account, values["origClientOrderId"]):
            raise refusals.outcome_unknown()
        order = await in_thread(find_order, *wanted)  # it may have been committed between the two looks
    if order is None:
        raise refusals.no_such_order()
    return order_shape(facts_of_row(order), market)


def _open_orders(call: Call) -> object:
    market = find_by_symbol(call.values["symbol"]) if call.values["symbol"] else None
    return _shapes(open_orders(account=call.account, market=market))


def _all_orders(call: Call) -> object:
    values = call.values
    found = orders_in_span(
        account=call.account,
        market=find_by_symbol(values["symbol"]),
        limit=values["limit"],
        first_id=values["orderId"],
        **_span(values),
    )
    return _shapes(found)


def _my_trades(call: Call) -> object:
    values, account = call.values, call.account
    market = find_by_symbol(values["symbol"])
    number: int | None = values["orderId"]
    if number is None:
        trades = trades_in_span(
            account=account, market=market, limit=values["limit"], first_id=values["fromId"], **_span(values)
        )
    else:
        order = order_by_id(account=account, order_id=number)
        if order is None or order.market_id != market.id:
            return []
        trades = trades_of_order(order=order, limit=values["limit"], first_id=values["fromId"])
    return [
        trade_shape(fill, market)
        for trade in trades
        for fill in fills_of_trade(trade, account)
        if number is None or fill.order_id == number
    ]


def _shapes(orders: Any) -> list[dict[str, Any]]:
    return [order_shape(facts_of_row(order), market_by_id(order.market_id)) for order in orders]


def _span(values: Values) -> dict[str, int | None]:
    """[start_ns, end_ns): the last millisecond belongs to it."""
    start, end = values["startTime"], values["endTime"]
    return {
        "start_ns": None if start is None else start * NS_PER_MS,
        "end_ns": None if end is None else (end + 1) * NS_PER_MS,
    }


def _check_span(values: Values) -> None:
    start, end = values["startTime"], values["endTime"]
    if start is None or end is None:
        return
    if end < start:
        raise Refusal(-1127, "Start time is greater than end time.")
    if end - start > MAX_SPAN_MS:
        raise Refusal(-1127, "More than 24 hours between startTime and endTime.")


def _check_trades(values: Values) -> None:
    _check_span(values)
    has_time = values["startTime"] is not None or values["endTime"] is not None
    if has_time and (values["orderId"] is not None or values["fromId"] is not None):
        raise Refusal(-1128, "Combination of optional parameters invalid.")


OPERATIONS = (
    Operation(
        "binance.order.status",
        _order,
        http=("GET", "/api/v3/order"),
        socket="order.status",
        security=Security.SIGNED,
        scope=Scope.READ,
        parameters=(symbol(), *TARGET),
        weight=4,
        check=check_target,
    ),
    Operation(
        "binance.open_orders",
        _open_orders,
        http=("GET", "/api/v3/openOrders"),
        socket="openOrders.status",
        security=Security.SIGNED,
        scope=Scope.READ,
        parameters=(symbol(required=False),),
        weight=lambda values: 6 if values["symbol"] else 80,
    ),
    Operation(
        "binance.all_orders",
        _all_orders,
        http=("GET", "/api/v3/allOrders"),
        socket="allOrders",
        security=Security.SIGNED,
        scope=Scope.READ,
        parameters=(symbol(), Parameter("orderId", whole()), *SPAN),
        weight=20,
        check=_check_span,
    ),
    Operation(
        "binance.my_trades",
        _my_trades,
        http=("GET", "/api/v3/myTrades"),
        socket="myTrades",
        security=Security.SIGNED,
        scope=Scope.READ,
        parameters=(symbol(), Parameter("orderId", whole()), Parameter("fromId", whole()), *SPAN),
        weight=lambda values: 20 if values["orderId"] is None else 5,
        check=_check_trades,
    ),
)
