"""A market's trades as everybody may see them, read in pages from where one wants to begin."""

from collections.abc import Iterator, Sequence

from django.db import connection

from exchange.candles import NS
from exchange.live_wire import PublicTrade
from exchange.models import Candle, Trade
from exchange.rules import CANDLE_START_BITS, TRADE_ID_BITS, candle_id
from exchange.selectors import trades_of_market

PAGE = 1_000
_LAST = f"""
SELECT market.id, trade.* FROM unnest(%s::bigint[]) AS market(id)
 CROSS JOIN LATERAL (SELECT {", ".join(PublicTrade._fields)} FROM exchange_trade
                      WHERE id >= market.id << %s AND id < (market.id + 1) << %s
                      ORDER BY id DESC LIMIT 1) AS trade"""  # noqa: S608 (names of ours)


def trades_from(market_id: int, trade_id: int, *, page: int = PAGE) -> Iterator[PublicTrade]:
    """Those with this id or a higher one, oldest first, read as they are taken, a page at a time."""
    wanted = trades_of_market(market_id=market_id).order_by("id")
    low = _key(market_id, min(max(trade_id, 0), 1 << TRADE_ID_BITS))
    while True:
        rows = list(wanted.filter(id__gte=low).values_list(*PublicTrade._fields)[:page])
        yield from map(PublicTrade._make, rows)
        if len(rows) < page:
            return
        low = _key(market_id, rows[-1][0] + 1)


def trades_back(market_id: int, before_id: int | None, *, page: int = PAGE) -> Iterator[PublicTrade]:
    """Those with a lower id, or all, latest first, read as they are taken, a page at a time."""
    wanted = trades_of_market(market_id=market_id).order_by("-id")
    high = _key(market_id, 1 << TRADE_ID_BITS if before_id is None else before_id)
    while True:
        rows = list(wanted.filter(id__lt=high).values_list(*PublicTrade._fields)[:page])
        yield from map(PublicTrade._make, rows)
        if len(rows) < page:
            return
        high = _key(market_id, rows[-1][0])


def last_trades(market_ids: Sequence[int]) -> dict[int, PublicTrade]:
    """The latest trade of each of these that has one."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [list(market_ids), TRADE_ID_BITS, TRADE_ID_BITS])
        return {row[0]: PublicTrade._make(row[1:]) for row in cursor.fetchall()}


def first_trade_since(market_id: int, time_ns: int) -> int | None:
    """The id of the first trade at this time or later; None where there is none. Engine time never goes back,
    so the candle of one second, whose first trade is known, leads there."""
    second = min(max(time_ns, 0) // NS, (1 << CANDLE_START_BITS) - 1)
    later = Candle.objects.filter(
        id__gte=candle_id(market_id, 1, second),
        id__lt=candle_id(market_id, 1, 0) + (1 << CANDLE_START_BITS),
        first_trade_id__gt=0,
    )
    first = later.order_by("id").values_list("first_trade_id", flat=True).first()
    if first is None:
        return None
    found = Trade.objects.filter(
        id__gte=_key(market_id, first), id__lt=_key(market_id + 1, 0), timestamp_ns__gte=time_ns
    )
    return found.order_by("id").values_list("trade_id", flat=True).first()


def _key(market_id: int, trade_id: int) -> int:
    return (market_id << TRADE_ID_BITS) + trade_id
