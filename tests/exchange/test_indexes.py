"""The lists that grow for ever are read by an index that begins with what is asked for."""

import pytest
from django.db import connection
from django.db.models import Model, QuerySet

from exchange.engine.order_state import OPEN_STATUSES
from exchange.engine.types import OrderStatus
from exchange.models import Order
from exchange.selectors import orders_of, trades_of_market

MINE = Order.objects.filter(account_id=7)
NAMED = MINE.filter(client_order_id="a-1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "index"),
    [
        (orders_of(account=7, market_id=None, only_open=None), "order_by_account"),
        (orders_of(account=7, market_id=None, only_open=False), "order_by_account"),
        (orders_of(account=7, market_id=None, only_open=True), "order_open"),
        (NAMED.exclude(client_order_id="").exclude(status=OrderStatus.REJECTED), "order_by_client_id"),
        (NAMED.filter(status=OrderStatus.REJECTED), "order_refused_by_client_id"),
        (Order.objects.filter(status__in=sorted(OPEN_STATUSES)), "order_open"),
        (trades_of_market(market_id=3), "exchange_trade_pkey"),
        (trades_of_market(market_id=3).filter(id__lt=(3 << 40) + 7), "exchange_trade_pkey"),
    ],
)
def test_a_list_has_its_index(query: QuerySet[Model], index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    plan = query.order_by("-id")[:10].explain()
    assert f"using {index} on" in plan, plan
