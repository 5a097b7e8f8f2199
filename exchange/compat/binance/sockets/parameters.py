"""The `params` of a websocket request as the text that they would have been in a query. Pure.

A signature covers that text, so a number is as it was spelled; an array or an object is compact JSON.
"""

import json
from typing import Any

from exchange.compat.binance import refusals
from exchange.compat.binance.parameters import MAX_PARAMETERS, Raw
from exchange.compat.binance.refusals import Refusal


def invalid_json() -> Refusal:
    return Refusal(-1135, "Invalid JSON Request")


def raw_of(params: Any) -> Raw:
    """Raises Refusal. What is null was not sent."""
    if params is None:
        return {}
    if type(params) is not dict:
        raise invalid_json()
    if len(params) > MAX_PARAMETERS:
        raise refusals.too_many_parameters()
    return {name: _text(value) for name, value in params.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, str):  # a number with a fraction too
        return str(value)
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
