"""A new order as Binance's clients word it: its parameters, which go together, what the house makes of it.

Everything that can be known without the engine is refused here, before anything is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from exchange.compat.binance import refusals
from exchange.compat.binance.parameters import (
    NAME,
    Parameter,
    Values,
    choice,
    decimal,
    flag,
    matching,
    whole,
)
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot import order_words as words
from exchange.compat.binance.symbols import symbol
from exchange.engine.types import INT64_MAX
from exchange.models import Market
from exchange.rules import scaled

ANSWER_KINDS = ("ACK", "RESULT", "FULL")
LOWEST_STRATEGY_TYPE = 1_000_000

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NAME_LENGTH = 22  # of 62 letters: more than an UUID's 128 bits


def _strategy_type(name: str, text: str) -> int:
    number: int = whole()(name, text)
    if number < LOWEST_STRATEGY_TYPE:
        raise Refusal(-1134, "strategyType was less than 1000000.")
    return number


PLACEMENT = (
    symbol(),
    Parameter("side", choice(words.SIDES, Refusal(-1117, "Invalid side.")), required=True),
    Parameter("type", choice(words.TYPES, Refusal(-1116, "Invalid orderType.")), required=True),
    Parameter("timeInForce", choice(words.TIMES_IN_FORCE, Refusal(-1115, "Invalid timeInForce."))),
    decimal("quantity"),
    decimal("quoteOrderQty"),
    decimal("price"),
    decimal("stopPrice"),
    decimal("icebergQty"),
    Parameter("trailingDelta", whole()),
    Parameter("newClientOrderId", matching(NAME)),
    Parameter("newOrderRespType", choice(ANSWER_KINDS)),
    Parameter("selfTradePreventionMode", choice(words.PREVENTIONS)),
    Parameter("strategyId", whole()),
    Parameter("strategyType", _strategy_type),
)
TEST = (*PLACEMENT, Parameter("computeCommissionRates", flag, default=False))


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which parameters of `_SHAPING` a type needs and may have. All others are too much."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


_SHAPING = ("timeInForce", "quantity", "quoteOrderQty", "price", "stopPrice")
_LIMIT_STOP = _Shape(("timeInForce", "quantity", "price", "stopPrice"))
_MARKET_STOP = _Shape(("quantity", "stopPrice"))
_SHAPES = {
    "LIMIT": _Shape(("timeInForce", "quantity", "price")),
    "LIMIT_MAKER": _Shape(("quantity", "price")),
    "MARKET": _Shape((), ("quantity", "quoteOrderQty")),
    "STOP_LOSS": _MARKET_STOP,
    "STOP_LOSS_LIMIT": _LIMIT_STOP,
    "TAKE_PROFIT": _MARKET_STOP,
    "TAKE_PROFIT_LIMIT": _LIMIT_STOP,
}


def check_placement(values: Values) -> None:
    """What of an order does not go together, whatever the market. Raises Refusal."""
    if values["trailingDelta"] is not None:
        raise Refusal(-2010, "Trailing stop orders are not supported for this symbol.")
    if values["icebergQty"] is not None and values["icebergQty"].strip("0."):
        raise Refusal(-2010, "Iceberg orders are not supported for this symbol.")
    shape = _SHAPES[values["type"]]
    for name in shape.required:
        if values[name] is None:
            raise refusals.mandatory(name)
    for name in _SHAPING:
        if values[name] is not None and name not in shape.required + shape.optional:
            raise refusals.not_required(name)
    if values["type"] == "MARKET":
        _check_amount(values)


def _check_amount(values: Values) -> None:
    if values["quantity"] is None and values["quoteOrderQty"] is None:
        raise refusals.one_of("quantity", "quoteOrderQty")
    if values["quantity"] is not None and values["quoteOrderQty"] is not None:
        raise Refusal(-1128, "Combination of optional parameters invalid.")


def order_form(values: Values, market: Market, name: str) -> dict[str, Any]:
    """What `exchange.trading.place` takes. `name` is the client order id where none was chosen.

    Raises -1111 and -1013 for numbers that the market cannot have.
    """
    for parameter, decimals, failure in _limits(market):
        if values[parameter] is not None:
            check_number(parameter, values[parameter], decimals, failure)
    return {
        "market": market.symbol,
        "side": values["side"],
        "type": words.TYPES[values["type"]].name,
        "time_in_force": values["timeInForce"],
        "price": values["price"],
        "quantity": values["quantity"],
        "quote_budget": values["quoteOrderQty"],
        "trigger_price": values["stopPrice"],
        "expires_at_ms": None,
        "post_only": values["type"] == "LIMIT_MAKER",
        "self_trade_prevention": values["selfTradePreventionMode"],
        "client_order_id": values["newClientOrderId"] or name,
    }


def _limits(market: Market) -> tuple[tuple[str, int, str], ...]:
    """Of each number: how many decimals its asset has, and the filter that its size breaks."""
    return (
        ("quantity", market.base_decimals, "LOT_SIZE"),
        ("quoteOrderQty", market.quote_decimals, "NOTIONAL"),
        ("price", market.quote_decimals, "PRICE_FILTER"),
        ("stopPrice", market.quote_decimals, "PRICE_FILTER"),
    )


def check_number(name: str, text: str, decimals: int, failure: str) -> None:
    """Finer than the asset is too precise; off the market's step is for the house to refuse."""
    value = scaled(text, decimals)
    if value is None:
        raise refusals.too_precise(name)
    if not value:
        raise (
            Refusal(-1013, f"Invalid {name}.")
            if name == "quoteOrderQty"
            else refusals.filter_failure(failure)
        )
    if value > INT64_MAX:
        raise refusals.filter_failure(failure)


def answer_kind(values: Mapping[str, Any]) -> str:
    """Of orders that may trade at once all is told, of others that they are there."""
    kind: str | None = values["newOrderRespType"]
    return kind or ("FULL" if values["type"] in ("LIMIT", "MARKET") else "ACK")


def made_up_name(command_id: UUID) -> str:
    """A client order id that follows from the command: a replay of the request has the same."""
    number, letters = command_id.int, []
    for _ in range(_NAME_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return "".join(reversed(letters))
