"""What a client may ask lists and markets for."""

import base64
import binascii

from access.errors import InvalidCursor
from access.fields import ChoiceField, IntegerField, StrictField, SymbolField
from access.intervals import MAX_CANDLES
from access.pagination import DEFAULT_LIMIT, MAX_LIMIT, PageQuery, SpanQuery
from access.serializers import StrictSerializer
from exchange.api.forms import OrderIdField
from exchange.candles import INTERVALS
from exchange.engine.types import INT64_MAX

MAX_DEPTH = 500


class MarketQuery(StrictSerializer):
    market = SymbolField(required=False)


class OrdersQuery(PageQuery):
    market = SymbolField(required=False)
    status = ChoiceField(["open", "closed"], required=False)


class PairCursorField(StrictField):
    """Gives two numbers that say where the last page ended: time (ns) and trade of its last fill, say."""

    def parse(self, value: object) -> tuple[int, int]:
        try:
            raw = base64.urlsafe_b64decode(f"{value}==".encode("ascii"))
        except (binascii.Error, ValueError):
            raise InvalidCursor from None
        numbers = int.from_bytes(raw[:8], "big"), int.from_bytes(raw[8:], "big")
        if len(raw) != 16 or max(numbers) > INT64_MAX or pair_cursor(*numbers) != value:
            raise InvalidCursor
        return numbers


def pair_cursor(first: int, second: int) -> str:
    raw = first.to_bytes(8, "big") + second.to_bytes(8, "big")
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


class FillsQuery(StrictSerializer):
    market = SymbolField(required=False)
    order_id = OrderIdField(required=False)
    limit = IntegerField(1, MAX_LIMIT, default=DEFAULT_LIMIT)
    cursor = PairCursorField(default=None)


class DepthQuery(StrictSerializer):
    depth = IntegerField(1, MAX_DEPTH, required=False, default=50)


class CandlesQuery(SpanQuery):
    interval = ChoiceField(list(INTERVALS))
    limit = IntegerField(1, MAX_CANDLES, default=500)


class StatementQuery(SpanQuery):
    limit = IntegerField(1, MAX_LIMIT, default=DEFAULT_LIMIT)
    cursor = PairCursorField(default=None)
    format = ChoiceField(["json", "csv"], required=False)


class TradeStatementQuery(StatementQuery):
    market = SymbolField(required=False)
