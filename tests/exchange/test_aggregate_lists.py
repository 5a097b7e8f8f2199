"""Lists of aggregate trades where one order took very many: none is cut, and none reads without an end."""

from typing import Any

import pytest
from django.db import connection

from exchange.compat.binance.spot.trade_lists import MAX_FOLDED, aggregates_of
from exchange.models import Market
from exchange.services.markets import open_market
from ledger.services import seed_assets

pytestmark = pytest.mark.django_db

LONG = MAX_FOLDED + 500
LAST = LONG + 10
# The first order took LONG trades; ten more took one each, a millisecond after the other.
STORE = f"""
INSERT INTO exchange_trade (id, market_id, trade_id, sequence, timestamp_ns, maker_order_id, taker_order_id,
    maker_account, taker_account, taker_side, price_ticks, quantity_lots, notional_atoms, maker_fee_atoms,
    taker_fee_atoms)
SELECT (%s::bigint << 40) + number, %s, number, 1, 1000000 * greatest(number - {LONG}, 0), 1,
       greatest(number - {LONG}, 0), 1, 2, 0, 100, 2, 200, 0, 0 FROM generate_series(1, {LAST}) AS number"""


@pytest.fixture
def market() -> Market:
    seed_assets()
    market = open_market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=5)
    with connection.cursor() as cursor:
        cursor.execute(STORE, [market.pk, market.pk])
    return market


def asked(market: Market, **values: Any) -> list[tuple[int, int, int]]:
    """First and last trade and quantity of each."""
    usual = {"limit": 500, "fromId": None, "startTime": None, "endTime": None}
    return [
        (one.first_trade_id, one.last_trade_id, one.quantity_lots)
        for one in aggregates_of(market.pk, {**usual, **values})
    ]


def test_the_longest_one_is_whole_and_then_the_list_ends(market: Market) -> None:
    assert asked(market, fromId=1) == [(1, LONG, 2 * LONG)]


def test_the_list_goes_on_after_it_from_any_of_its_trades(market: Market) -> None:
    rest = [(number, number, 2) for number in range(LONG + 1, LAST + 1)]
    assert asked(market, fromId=LONG + 1) == rest
    assert asked(market, fromId=LONG - 3) == rest
    assert asked(market, fromId=2, limit=1) == rest[:1]


def test_the_newest_ones_come_with_it(market: Market) -> None:
    rest = [(number, number, 2) for number in range(LONG + 1, LAST + 1)]
    assert asked(market, limit=10) == rest
    assert asked(market) == [(1, LONG, 2 * LONG), *rest]
