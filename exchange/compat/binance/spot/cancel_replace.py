"""Canceling an order and placing another: two commands, one after the other, and the truth about both."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Any

from django.db import InterfaceError, OperationalError

from access.errors import DomainError
from access.http import Scope
from exchange import trading
from exchange.compat.binance import refusals
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import NAME, Parameter, Values, choice, matching, whole
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot.canceling import RESTRICTION, cancel_one
from exchange.compat.binance.spot.order_shapes import Shape
from exchange.compat.binance.spot.placing import PLACEMENT, check_placement, order_form
from exchange.compat.binance.spot.sending_orders import place_one
from exchange.compat.binance.symbols import market_of_symbol
from exchange.compat.binance.translation import refusal_of

STOP, ALLOW = "STOP_ON_FAILURE", "ALLOW_FAILURE"
SUCCESS, FAILURE, NOT_ATTEMPTED, UNKNOWN = "SUCCESS", "FAILURE", "NOT_ATTEMPTED", "UNKNOWN"
PLACE_INDEX = 1  # of the second command in the request


@dataclass(frozen=True, slots=True)
class _Half:
    result: str
    response: Shape | None


async def _cancel_replace(call: Call) -> object:
    values = call.values
    market = await market_of_symbol(values["symbol"])
    sender = call.sender()
    trading.placement_of(sender, order_form(values, market, ""), market)  # refused before anything is sent
    number, name = values["cancelOrderId"], values["cancelOrigClientOrderId"]
    first = replace(sender, queued=_not_yet)
    canceled = await _half(cancel_one(call, first, market, number, name, values["cancelNewClientOrderId"]))
    if canceled.result != SUCCESS and values["cancelReplaceMode"] == STOP:
        placed = _Half(NOT_ATTEMPTED, None)
    else:
        placed = await _half(place_one(call, sender, market, index=PLACE_INDEX))
    return _answer(canceled, placed)


def _not_yet() -> None:
    """What was sent after this request comes after its second command too."""


async def _half(work: Awaitable[Shape]) -> _Half:
    try:
        response = await work
    except (DomainError, Refusal) as error:
        refusal = refusal_of(error)
    except (OperationalError, InterfaceError):  # of the database: the engine may have done it
        refusal = refusals.outcome_unknown()
    else:
        return _Half(SUCCESS, response)
    unknown = refusal.number == refusals.outcome_unknown().number
    return _Half(UNKNOWN if unknown else FAILURE, refusal.content())


def _answer(canceled: _Half, placed: _Half) -> dict[str, Any]:
    data = {
        "cancelResult": canceled.result,
        "newOrderResult": placed.result,
        "cancelResponse": canceled.response,
        "newOrderResponse": placed.response,
    }
    results = {canceled.result, placed.result}
    if UNKNOWN in results:
        unknown = refusals.outcome_unknown()
        raise Refusal(unknown.number, unknown.message, status=unknown.status, data=data)
    if results == {SUCCESS}:
        return data
    if SUCCESS in results:
        raise Refusal(-2021, "Order cancel-replace partially failed.", status=409, data=data)
    raise Refusal(-2022, "Order cancel-replace failed.", data=data)


def _check(values: Values) -> None:
    check_placement(values)
    if values["cancelOrderId"] is None and values["cancelOrigClientOrderId"] is None:
        raise refusals.one_of("cancelOrigClientOrderId", "cancelOrderId")


OPERATIONS = (
    Operation(
        "binance.order.cancel_replace",
        _cancel_replace,
        http=("POST", "/api/v3/order/cancelReplace"),
        socket="order.cancelReplace",
        security=Security.SIGNED,
        scope=Scope.TRADE,
        parameters=(
            *PLACEMENT,
            Parameter("cancelReplaceMode", choice((STOP, ALLOW)), required=True),
            Parameter("cancelOrderId", whole()),
            Parameter("cancelOrigClientOrderId", matching(NAME)),
            Parameter("cancelNewClientOrderId", matching(NAME)),
            RESTRICTION,
            Parameter("orderRateLimitExceededMode", choice(("DO_NOTHING", "CANCEL_ONLY"))),
        ),
        orders=1,
        check=_check,
    ),
)
