"""Candles for readers: what is stored, summed into the interval that was asked for, gaps filled."""

from access.intervals import Interval, Wanted, span
from exchange.candles import INTERVALS, Bar, aggregate
from exchange.models import Candle, Market
from exchange.rules import CANDLE_START_BITS, candle_id

_COLUMNS = (
    "start_s",
    "open_ticks",
    "high_ticks",
    "low_ticks",
    "close_ticks",
    "volume_lots",
    "volume_quote_atoms",
    "taker_buy_lots",
    "taker_buy_quote_atoms",
    "trades",
    "first_trade_id",
)


def candles_of(
    *,
    market: Market,
    interval: str,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int = 500,
    now_ms: int,
) -> list[Bar]:
    """At most `limit` (and never over MAX_CANDLES) candles that begin in [start_ms, end_ms), oldest first.

    With a start the first ones from there, without one the last ones before the end; without an end up to the
    one that `now_ms` is in. `interval` is a key of `exchange.candles.INTERVALS`, else KeyError.
    """
    kind = INTERVALS[interval]
    first = _first_start(market, kind)
    found = None if first is None else span(kind, first, Wanted(start_ms, end_ms, limit, now_ms))
    if found is None:
        return []
    start_s, end_s = found
    return aggregate(
        _bars(market, kind, start_s, end_s),
        kind,
        start_s=start_s,
        end_s=end_s,
        previous_close=_close_before(market, kind, start_s),
    )


def _first_start(market: Market, kind: Interval) -> int | None:
    low = candle_id(market.pk, kind.stored_s, 0)
    stored = Candle.objects.filter(id__gte=low, id__lt=low + (1 << CANDLE_START_BITS))
    return stored.order_by("id").values_list("start_s", flat=True).first()


def _close_before(market: Market, kind: Interval, start_s: int) -> int | None:
    stored = Candle.objects.filter(
        id__gte=candle_id(market.pk, kind.stored_s, 0), id__lt=candle_id(market.pk, kind.stored_s, start_s)
    )
    return stored.order_by("-id").values_list("close_ticks", flat=True).first()


def _bars(market: Market, kind: Interval, start_s: int, end_s: int) -> list[Bar]:
    stored = Candle.objects.filter(
        id__gte=candle_id(market.pk, kind.stored_s, start_s),
        id__lt=candle_id(market.pk, kind.stored_s, end_s),
    )
    return [
        Bar._make((*row[:5], *map(int, row[5:9]), *row[9:]))
        for row in stored.order_by("id").values_list(*_COLUMNS).iterator(chunk_size=5_000)
    ]
