"""What a client may ask lists and markets for."""

import base64
import binascii
from typing import Any

from access.errors import InvalidCursor, InvalidTime
from access.fields import ChoiceField, IntegerField, StrictField, StrictSerializer, SymbolField, TimeField
from access.pagination import DEFAULT_LIMIT, MAX_LIMIT, PageQuery
from exchange.api.forms import OrderIdField
from exchange.candles import INTERVALS
from exchange.engine.types import INT64_MAX
from exchange.selectors_candles import MAX_CANDLES

MAX_DEPTH = 500


class MarketQuery(StrictSerializer):
    market = SymbolField(required=False)


class OrdersQuery(PageQuery):
    market = SymbolField(required=False)
    status = ChoiceField(["open", "closed"], required=False)


class FillCursorField(StrictField):
    """Gives time (ns) and trade of the last fill of a page: fills of several markets stand in one list."""

    def parse(self, value: object) -> tuple[int, int]:
        try:
            raw = base64.urlsafe_b64decode(f"{value}==".encode("ascii"))
        except (binascii.Error, ValueError):
            raise InvalidCursor from None
        numbers = int.from_bytes(raw[:8], "big"), int.from_bytes(raw[8:], "big")
        if len(raw) != 16 or max(numbers) > INT64_MAX or fill_cursor(*numbers) != value:
            raise InvalidCursor
        return numbers


def fill_cursor(timestamp_ns: int, trade: int) -> str:
    raw = timestamp_ns.to_bytes(8, "big") + trade.to_bytes(8, "big")
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


class FillsQuery(StrictSerializer):
    market = SymbolField(required=False)
    order_id = OrderIdField(required=False)
    limit = IntegerField(1, MAX_LIMIT, default=DEFAULT_LIMIT)
    cursor = FillCursorField(default=None)


class DepthQuery(StrictSerializer):
    depth = IntegerField(1, MAX_DEPTH, required=False, default=50)


class SpanQuery(StrictSerializer):
    """[start, end) in milliseconds, to inherit from."""

    start = TimeField(required=False)
    end = TimeField(required=False)

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        start, end = values["start"], values["end"]
        if start is not None and end is not None and start > end:
            raise InvalidTime("The start is after the end.", field="start")


class CandlesQuery(SpanQuery):
    interval = ChoiceField(list(INTERVALS))
    start = TimeField(required=False)
    end = TimeField(required=False)
    limit = IntegerField(1, MAX_CANDLES, default=500)
