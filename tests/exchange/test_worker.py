"""A command goes through the queue, the engine and one transaction, and its reply comes back."""

import pytest
from pytest_django import Settings

from exchange.connections import engine_connection
from exchange.engine.commands import place_order
from exchange.engine.events import OrderAccepted, OrderClosed, Trade
from exchange.engine.types import OrderStatus
from exchange.models import Balance, JournalEntry, Order, WalletTransfer
from exchange.models import Trade as TradeRow
from exchange.verification import verify_journal
from ledger.selectors import identity_violations
from tests.exchange.support import (
    BTC,
    BUY,
    MARKET,
    SELL,
    USDB,
    Clients,
    make_market,
    make_worker,
    person,
    settle,
    ticks,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _demo(settings: Settings) -> None:
    settings.DEMO = True


def _check_books() -> None:
    assert identity_violations() == []
    with engine_connection() as connection:
        assert verify_journal(connection, 0).problems == []


def test_two_orders_match_and_everything_is_committed() -> None:
    make_market()
    alice, bob = person("alice", usdb=100_000 * USDB), person("bob", btc=2 * BTC)
    worker = make_worker()
    settle(worker)
    clients = Clients()
    offer = place_order(
        account=bob, market=MARKET, side=SELL, price_ticks=ticks("50000"), quantity_lots=100_000
    )
    bid = place_order(
        account=alice,
        market=MARKET,
        side=BUY,
        price_ticks=ticks("50100"),
        quantity_lots=50_000,
        client_order_id="a-1",
    )
    sell, buy = clients.send(offer), clients.send(bid)
    settle(worker)
    replies = clients.replies()
    assert [type(event) for event in replies[sell].events] == [OrderAccepted]
    assert [type(event) for event in replies[buy].events] == [OrderAccepted, Trade, OrderClosed]
    assert WalletTransfer.objects.filter(status="POSTED").count() == 2
    order = Order.objects.get(client_order_id="a-1")
    fee = 25_000 * USDB * 5 // 10_000
    assert (order.status, order.filled_lots, order.fee_atoms) == (OrderStatus.FILLED, 50_000, fee)
    assert TradeRow.objects.count() == 1
    assert Balance.objects.get(account=alice, asset="BTC").free_atoms == BTC // 2
    assert JournalEntry.objects.count() == 5
    _check_books()
