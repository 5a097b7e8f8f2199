"""Orders and trades of an account as spans of time and of ids, oldest first. Reads only."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, F, Func, QuerySet, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from exchange.engine.order_state import OPEN_STATUSES
from exchange.engine.types import INT64_MAX, SHARD_SLOTS, OrderStatus, RejectReason
from exchange.models import Market, Order, Trade
from exchange.rules import TRADE_ID_BITS
from exchange.selectors import fills_of, trades_of_account

# Halves the sequences until one is left, in one statement.
_FIRST_SINCE = f"""
WITH RECURSIVE search(low, high) AS (
    SELECT 1::bigint, sequence + 1 FROM exchange_shard WHERE number = %(shard)s
    UNION ALL
    SELECT CASE WHEN is_before THEN middle + 1 ELSE low END, CASE WHEN is_before THEN high ELSE middle END
      FROM (SELECT low, high, (low + high) / 2 AS middle,
                   coalesce((SELECT timestamp_ns < %(since)s FROM exchange_journalentry
                              WHERE id = (low + high) / 2 * {SHARD_SLOTS} + %(shard)s), true) AS is_before
              FROM search WHERE low < high) AS halved)
SELECT low FROM search WHERE low = high"""  # noqa: S608 (a number of ours)


def orders_of(
    *,
    account: int,
    market_id: int | None = None,
    first_id: int = 0,
    before_id: int | None = None,
    limit: int,
    oldest_first: bool = False,
    only_closed: bool = False,
) -> list[Order]:
    """Accepted orders with `first_id` <= id < `before_id`, of one market or of all.

    Account and id are compared and ordered as one, so that only the index which begins with the account
    gives this order: asked by id alone PostgreSQL would rather pass over everybody's orders.
    """
    found = Order.objects.exclude(status=OrderStatus.REJECTED).filter(
        GreaterThanOrEqual(_PLACE, _place(account, first_id)),
        LessThan(_PLACE, _place(account, INT64_MAX if before_id is None else before_id)),
    )
    if market_id is not None:
        found = found.filter(market_id=market_id)
    if only_closed:
        found = found.exclude(status__in=sorted(OPEN_STATUSES))
    order = ("account_id", "id") if oldest_first else ("-account_id", "-id")
    return list(found.order_by(*order)[:limit])


def _place(account: int, order_id: int) -> Func:
    return Func(Value(account), Value(order_id), function="ROW", output_field=BigIntegerField())


_PLACE = Func(F("account_id"), F("id"), function="ROW", output_field=BigIntegerField())


def open_orders_of(*, account: int, market_id: int | None) -> QuerySet[Order]:
    """For a page by id."""
    found = Order.objects.filter(account_id=account, status__in=sorted(OPEN_STATUSES))
    return found if market_id is None else found.filter(market_id=market_id)


def unfilled_order(*, account: int, order_id: int) -> Order | None:
    """A fill-or-kill order that was refused because it could not be filled, by the id it would have had."""
    return Order.objects.filter(
        account_id=account,
        id=order_id,
        status=OrderStatus.REJECTED,
        reject_reason=RejectReason.FOK_UNFILLED,
    ).first()


def open_orders(*, account: int, market: Market | None) -> Sequence[Order]:
    """Oldest first, of each shard. There are no more than the markets allow."""
    return list(open_orders_of(account=account, market_id=market.id if market else None).order_by("id"))


def is_open(order: Order) -> bool:
    return order.status in OPEN_STATUSES


def orders_in_span(
    *,
    account: int,
    market: Market,
    limit: int,
    first_id: int | None = None,
    start_ns: int | None = None,
    end_ns: int | None = None,
) -> Sequence[Order]:
    """Placed in [start_ns, end_ns), oldest first: with `first_id` or `start_ns` the oldest from there, else
    the latest ones; `limit` of them."""
    # Ids grow with time in a shard, and there is an index of them alone.
    low = first_id or 0
    if start_ns is not None:
        low = max(low, _sequence_at(market.shard_id, start_ns) * SHARD_SLOTS)
    end = None if end_ns is None else _sequence_at(market.shard_id, end_ns) * SHARD_SLOTS
    which: dict[str, Any] = {"account": account, "market_id": market.id, "limit": limit}
    if first_id is None and start_ns is None:
        return orders_of(**which, before_id=end)[::-1]
    return orders_of(**which, first_id=low, before_id=end, oldest_first=True)


def _sequence_at(shard: int, timestamp_ns: int) -> int:
    """The first sequence of the shard at or after this time: its journal has every one, in the order of time.
    An entry that is not there any more is an old one."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_SINCE, {"shard": shard, "since": timestamp_ns})
        return int(cursor.fetchone()[0])


def trades_in_span(
    *,
    account: int,
    market: Market,
    limit: int,
    first_id: int | None = None,
    start_ns: int | None = None,
    end_ns: int | None = None,
) -> Sequence[Trade]:
    """Of [start_ns, end_ns), oldest first: with `first_id` (a trade's id in its market) or `start_ns` the
    oldest `limit` from there, else the latest ones."""
    which: dict[str, Any] = {"account": account, "market_id": market.id, "limit": limit}
    after = _place_before(market, first_id) if first_id is not None else None
    if start_ns is not None:
        after = (start_ns, -1)
    if after is None:
        before = (end_ns, 0) if end_ns is not None else None
        return fills_of(**which, before=before)[::-1]
    found = trades_of_account(**which, after=after)
    return [trade for trade in found if end_ns is None or trade.timestamp_ns < end_ns]


def _place_before(market: Market, trade_id: int) -> tuple[int, int]:
    """Time and key that come just before the first trade with this id or a higher one."""
    low = market.id << TRADE_ID_BITS
    high = low + (1 << TRADE_ID_BITS) - 1
    key = min(low + trade_id, high)
    first = Trade.objects.filter(id__gte=key, id__lte=high).order_by("id").first()
    return (first.timestamp_ns, first.id - 1) if first else (2**63 - 1, high)


def trades_of_order(*, order: Order, limit: int, first_id: int | None = None) -> Sequence[Trade]:
    """Oldest first: with `first_id` (as in `trades_in_span`) the oldest from there, else the latest ones."""
    which: dict[str, Any] = {"account": order.account_id, "market_id": order.market_id, "limit": limit}
    if first_id is None:
        return fills_of(**which, before=None, order=order)[::-1]
    return trades_of_account(**which, after=_place_before(order.market, first_id), order=order)
