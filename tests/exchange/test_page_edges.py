"""A page may end between trades of one nanosecond in two shards: the next one loses none and repeats none."""

import pytest
from django.contrib.auth.models import User

from exchange.engine.types import Side
from exchange.models import Market, Trade
from exchange.rules import TRADE_ID_BITS
from exchange.selectors import fills_of, trades_of_account
from exchange.services.markets import open_market
from exchange.statements.trades import START, TradeStatement
from ledger.services import seed_assets

NOW_NS = 1_800_000_000_000_000_000
EACH = 7

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> int:
    """She traded in two markets of two shards at the same moments, now as maker and now as taker."""
    seed_assets()
    symbols = (("BTC-USDB", 0), ("USDB-BTC", 1))
    markets = [
        open_market(symbol=name, price_decimals=2, quantity_decimals=5, shard=shard)
        for name, shard in symbols
    ]
    alice, bob = (User.objects.create_user(name).pk for name in ("alice", "bob"))
    Market.objects.update(status="OPEN")
    for market in markets:
        for number in range(1, EACH + 1):
            maker, taker = (alice, bob) if (number + market.shard_id) % 2 else (bob, alice)
            _trade(market, number, maker, taker, NOW_NS + number // 3)
    return int(alice)


def _trade(market: Market, number: int, maker: int, taker: int, timestamp_ns: int) -> None:
    Trade.objects.create(
        id=(market.id << TRADE_ID_BITS) + number,
        market=market,
        trade_id=number,
        sequence=number,
        timestamp_ns=timestamp_ns,
        maker_order_id=2 * number,
        taker_order_id=2 * number + 1,
        maker_account=maker,
        taker_account=taker,
        taker_side=Side.BUY,
        price_ticks=100,
        quantity_lots=1,
        notional_atoms=100,
        maker_fee_atoms=0,
        taker_fee_atoms=0,
    )


@pytest.mark.parametrize("limit", range(1, 2 * EACH + 2))
def test_pages_of_any_length_hold_every_trade_once(alice: int, limit: int) -> None:
    whole = sorted(Trade.objects.values_list("timestamp_ns", "id"))
    oldest_first, place = [], (-1, -1)
    while page := trades_of_account(account=alice, market_id=None, after=place, limit=limit):
        oldest_first += [(trade.timestamp_ns, trade.id) for trade in page]
        place = oldest_first[-1]
    assert oldest_first == whole
    latest_first: list[tuple[int, int]] = []
    while page := fills_of(
        account=alice, market_id=None, before=latest_first[-1] if latest_first else None, limit=limit
    ):
        latest_first += [(trade.timestamp_ns, trade.id) for trade in page]
    assert latest_first == whole[::-1]


def test_a_statement_goes_on_behind_any_of_its_rows(alice: int) -> None:
    def rows(after: tuple[int, int]) -> list[object]:
        statement = TradeStatement(alice, market=None, start_ms=None, end_ms=None)
        return [found for found in statement.rows(after) if found is not None]

    whole = rows(START)
    assert len(whole) == 2 * EACH
    for number, found in enumerate(whole):
        place = found[0]  # type: ignore[index]
        assert rows(place) == whole[number + 1 :]
