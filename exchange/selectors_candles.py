"""Candles for readers: what is stored, summed into the interval that was asked for, gaps filled."""

from django.db import connection
from django.db.models import Sum

from access.intervals import Interval, Wanted, span
from exchange.candles import INTERVALS, Bar, aggregate, widths_of
from exchange.models import Candle, Market
from exchange.rules import CANDLE_START_BITS, candle_id

_STORED = f"""
SELECT {", ".join(Bar._fields)} FROM unnest(%s::bigint[], %s::bigint[]) AS range(low, high)
 CROSS JOIN LATERAL (SELECT * FROM exchange_candle WHERE id >= range.low AND id < range.high) AS candle
 WHERE NOT start_s = ANY(%s::bigint[])"""  # noqa: S608 (names of ours)


def candles_of(
    *,
    market: Market,
    interval: str | Interval,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int = 500,
    now_ms: int,
) -> list[Bar]:
    """At most `limit` (and never over MAX_CANDLES) candles that begin in [start_ms, end_ms), oldest first.

    With a start the first ones from there, without one the last ones before the end; without an end up to the
    one that `now_ms` is in. `interval` is a key of `exchange.candles.INTERVALS`, else KeyError, or one of
    these in a time zone.
    """
    kind = INTERVALS[interval] if isinstance(interval, str) else interval
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


def traded_since(market: Market, since_s: int) -> tuple[int, int]:
    """Volume in lots and in atoms of quote, from this second on."""
    low = candle_id(market.pk, 1, since_s)
    stored = Candle.objects.filter(id__gte=low, id__lt=candle_id(market.pk, 1, 0) + (1 << CANDLE_START_BITS))
    sums = stored.aggregate(lots=Sum("volume_lots"), atoms=Sum("volume_quote_atoms"))
    return int(sums["lots"] or 0), int(sums["atoms"] or 0)


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
    """Of each time the widest that are stored and that no interval's edge cuts: one that begins in the middle
    of stored days is made of days, and of the hours at its ends."""
    edges = [start_s]
    while edges[-1] < end_s:
        edges.append(kind.after(edges[-1]))
    found: list[Bar] = []
    ranges = [(start_s, end_s)]
    for width in widths_of(kind):
        cut = sorted({edge - edge % width for edge in edges if edge % width})
        found += _stored(market, width, ranges, cut)
        ranges = [(max(one, start_s), min(one + width, end_s)) for one in cut]
    return sorted(found)


def _stored(market: Market, width: int, ranges: list[tuple[int, int]], cut: list[int]) -> list[Bar]:
    """Those that begin in the ranges, but for these."""
    lows, highs = ([candle_id(market.pk, width, one[end]) for one in ranges] for end in (0, 1))
    if not ranges:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [lows, highs, cut])
        return [Bar._make((*row[:5], *map(int, row[5:9]), *row[9:])) for row in cursor.fetchall()]
