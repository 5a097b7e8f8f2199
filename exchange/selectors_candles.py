"""Candles for readers: what is stored, summed into the interval that was asked for, gaps filled."""

from exchange.candles import INTERVALS, Bar, Interval, aggregate
from exchange.models import Candle, Market
from exchange.rules import CANDLE_START_BITS, candle_id

MAX_CANDLES = 1_000
_LATEST_S = 200_000_000_000  # the year 8307: what is asked for beyond is as good as this
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
    kind, limit = INTERVALS[interval], min(limit, MAX_CANDLES)
    first = _first_start(market, kind)
    if first is None or limit < 1:
        return []
    end_s = kind.after(kind.start(now_ms // 1_000))
    if end_ms is not None:
        end_s = min(end_s, _next_start(kind, max(end_ms, 0)))
    oldest = kind.start(first)
    if start_ms is None:
        start_s = max(oldest, kind.after(end_s, -limit))
    else:
        start_s = max(oldest, _next_start(kind, min(max(start_ms, 0), end_s * 1_000)))
    if start_s >= end_s:
        return []
    end_s = min(end_s, kind.after(start_s, limit))
    return aggregate(
        _bars(market, kind, start_s, end_s),
        kind,
        start_s=start_s,
        end_s=end_s,
        previous_close=_close_before(market, kind, start_s),
    )


def _next_start(kind: Interval, milliseconds: int) -> int:
    """The first beginning of an interval that is not before this time."""
    seconds = -(-milliseconds // 1_000)
    start_s = kind.start(min(seconds, _LATEST_S))
    return start_s if start_s == seconds else kind.after(start_s)


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
        Bar._make((*row[:5], *map(int, row[5:9]), row[9]))
        for row in stored.order_by("id").values_list(*_COLUMNS).iterator(chunk_size=5_000)
    ]
