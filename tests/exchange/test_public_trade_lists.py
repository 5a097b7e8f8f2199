"""Trades that everybody may see: from an id on, back from one, from a time on; across pages and markets."""

from itertools import islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.candles import stored_bars
from exchange.live_wire import PublicTrade
from exchange.models import Candle, Market, Trade
from exchange.rules import TRADE_ID_BITS, candle_id
from exchange.selectors_trades import PAGE, first_trade_since, last_trades, trades_back, trades_from
from exchange.services.markets import open_market
from ledger.services import open_asset, seed_assets

pytestmark = pytest.mark.django_db

MS = 1_000_000
BEGAN_NS = 1_700_000_000 * 10**9
NUMBER = 2 * PAGE + 7


@pytest.fixture
def markets() -> tuple[Market, Market]:
    """The first has a trade every 300 ms, the second has three at the beginning."""
    seed_assets()
    open_asset(code="ETH", name="Ether", decimals=8)
    first = open_market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=5)
    second = open_market(symbol="ETH-USDB", price_decimals=2, quantity_decimals=5)
    assert second.pk == first.pk + 1
    for market, number in ((first, NUMBER), (second, 3)):
        store([trade(market, at) for at in range(1, number + 1)])
    return first, second


def trade(market: Market, number: int) -> Trade:
    return Trade(
        id=(market.pk << TRADE_ID_BITS) + number,
        market=market,
        trade_id=number,
        sequence=number,
        timestamp_ns=BEGAN_NS + number * 300 * MS,
        maker_order_id=64,
        taker_order_id=128 + number,
        maker_account=1,
        taker_account=2,
        taker_side=number % 2,
        price_ticks=100 + number,
        quantity_lots=number,
        notional_atoms=number * 5,
        maker_fee_atoms=0,
        taker_fee_atoms=0,
    )


def store(trades: list[Trade]) -> None:
    Trade.objects.bulk_create(trades)
    names = [field.attname for field in Trade._meta.concrete_fields]
    rows = [tuple(getattr(one, name) for name in names) for one in trades]
    Candle.objects.bulk_create(
        Candle(id=candle_id(owner, width, bar.start_s), market_id=owner, interval_s=width, **bar._asdict())
        for owner, width, bar in stored_bars(rows)
    )


def ids(trades: object) -> list[int]:
    return [one.trade_id for one in trades]  # type: ignore[attr-defined]


def test_they_go_on_from_an_id_across_pages(markets: tuple[Market, Market]) -> None:
    first, second = markets
    assert ids(trades_from(first.pk, 0)) == list(range(1, NUMBER + 1))
    assert ids(trades_from(first.pk, NUMBER)) == [NUMBER]
    assert ids(trades_from(first.pk, NUMBER + 1)) == []
    assert ids(trades_from(first.pk, 2**63)) == []
    assert ids(trades_from(first.pk, -5))[0] == 1
    assert ids(trades_from(second.pk, 2)) == [2, 3]


def test_they_go_back_from_an_id_across_pages(markets: tuple[Market, Market]) -> None:
    first, second = markets
    assert ids(trades_back(first.pk, None)) == list(range(NUMBER, 0, -1))
    assert ids(trades_back(first.pk, 3)) == [2, 1]
    assert ids(trades_back(first.pk, 1)) == []
    assert ids(trades_back(second.pk, None)) == [3, 2, 1]


def test_a_trade_has_its_takers_order(markets: tuple[Market, Market]) -> None:
    (found,) = islice(trades_from(markets[0].pk, 7), 1)
    assert found == PublicTrade(7, 107, 7, 35, 1, BEGAN_NS + 2_100 * MS, 135)


def test_the_first_trade_of_a_time_is_found(markets: tuple[Market, Market]) -> None:
    first, second = markets
    assert first_trade_since(first.pk, 0) == 1
    for number in (1, 2, 3, 4, 5, 17, PAGE, NUMBER):
        at_ns = BEGAN_NS + number * 300 * MS
        assert first_trade_since(first.pk, at_ns) == number
        assert first_trade_since(first.pk, at_ns - 299 * MS) == number
        assert first_trade_since(first.pk, at_ns + 1) == (number + 1 if number < NUMBER else None)
    assert first_trade_since(second.pk, BEGAN_NS + 10**10) is None
    assert first_trade_since(second.pk, 2**63 - 1) is None
    assert first_trade_since(second.pk + 1, 0) is None


def test_the_last_trade_of_each_market_is_found(markets: tuple[Market, Market]) -> None:
    first, second = markets
    found = last_trades([first.pk, second.pk, second.pk + 1])
    assert {market: one.trade_id for market, one in found.items()} == {first.pk: NUMBER, second.pk: 3}
    assert last_trades([]) == {}


@pytest.mark.parametrize("page", [1, 5])
def test_no_more_are_read_than_are_wanted(markets: tuple[Market, Market], page: int) -> None:
    first = markets[0]
    for trades in (trades_from(first.pk, 1, page=page), trades_back(first.pk, None, page=page)):
        with CaptureQueriesContext(connection) as asked:
            assert len(list(islice(trades, page))) == page
        assert [query["sql"].rsplit("LIMIT", 1)[1].strip() for query in asked] == [str(page)]
    assert ids(islice(trades_from(first.pk, 1, page=page), 12)) == list(range(1, 13))
    assert ids(islice(trades_back(first.pk, None, page=page), 12)) == list(range(NUMBER, NUMBER - 12, -1))
