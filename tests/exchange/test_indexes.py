"""The lists that grow for ever are read by an index that begins with what is asked for."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model, QuerySet
from django.test.utils import CaptureQueriesContext

from exchange.engine.order_state import OPEN_STATUSES
from exchange.engine.types import OrderStatus
from exchange.models import Order
from exchange.selectors import trades_of_market
from exchange.selectors_orders import open_orders_of, orders_of

MINE = Order.objects.filter(account_id=7)
NAMED = MINE.filter(client_order_id="a-1")

# Of 30,000 orders the older half has one of account 7 in each five; all of them were filled in market 1.
FILLED = """
INSERT INTO exchange_order (id, account_id, market_id, client_order_id, side, order_type, time_in_force,
  post_only, price_ticks, quantity_lots, budget_atoms, self_trade_prevention, maker_fee_ppm, taker_fee_ppm,
  status, close_reason, reject_reason, filled_lots, prevented_lots, filled_quote_atoms, taker_quote_atoms,
  fee_atoms, created_ns, updated_ns)
SELECT n * 64, CASE WHEN n <= 15000 AND n % 5 = 0 THEN 7 ELSE 8 + n % 100 END, 1, '', 0, 0, 0, false, 100,
  100, 0, 0, 0, 0, 2, 1, 0, 100, 0, 0, 0, 0, n, n FROM generate_series(1, 30000) AS n"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "index"),
    [
        (open_orders_of(account=7, market_id=None), "order_open"),
        (NAMED.exclude(client_order_id="").exclude(status=OrderStatus.REJECTED), "order_by_client_id"),
        (NAMED.filter(status=OrderStatus.REJECTED), "order_refused_by_client_id"),
        (Order.objects.filter(status__in=sorted(OPEN_STATUSES)), "order_open"),
        (trades_of_market(market_id=3), "exchange_trade_pkey"),
        (trades_of_market(market_id=3).filter(id__lt=(3 << 40) + 7), "exchange_trade_pkey"),
    ],
)
def test_a_list_has_its_index(query: QuerySet[Model], index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILLED)
        cursor.execute("ANALYZE exchange_order")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    plan = query.order_by("-id")[:10].explain()
    assert f"using {index} on" in plan, plan


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("which", "first", "last", "number"),
    [
        ({}, 15_000, 14_955, 10),
        ({"before_id": 64 * 10_000}, 9_995, 9_950, 10),
        ({"first_id": 64 * 7_001, "oldest_first": True}, 7_005, 7_050, 10),
        ({"market_id": 1, "only_closed": True}, 15_000, 14_955, 10),
        ({"market_id": 2}, 0, 0, 0),
    ],
)
def test_an_accounts_orders_are_found_without_a_look_at_anybody_elses(
    which: dict[str, Any], first: int, last: int, number: int
) -> None:
    """Where he once had many PostgreSQL would like to go back by id until it has found enough of them."""
    with connection.cursor() as cursor:
        cursor.execute(FILLED)
        cursor.execute("ANALYZE exchange_order")
        with CaptureQueriesContext(connection) as asked:
            found = [order.id // 64 for order in orders_of(account=7, limit=10, **which)]
        assert (len(found), found[:1], found[-1:]) == (number, [first][:number], [last][:number])
        cursor.execute(f"EXPLAIN {asked[-1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "using order_by_account on" in plan, plan
    assert "Sort" not in plan, plan
    assert "Filter: (market_id" not in plan, plan
