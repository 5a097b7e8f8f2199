"""Orders, trades, commands, markets and transfers between wallets are found by whatever names them."""

from exchange.engine.types import Side
from exchange.models import EngineRequest, JournalEntry, Market, Order, Trade
from exchange.services.requests import request_reference_price
from tests.admin.work.test_search import find, kinds
from tests.exchange.scene import Scene, limit
from tests.exchange.support import settle


def test_orders_by_number_and_by_the_clients_own_id(scene: Scene) -> None:
    order = Order.objects.get(client_order_id="a1")
    scene.tell(limit(scene.bob, Side.SELL, "1.00", 0, client_order_id="bad"))
    for term in ("a1", "alice/a1", "user:alice/a1", f"{scene.alice}/a1"):
        (found,) = find(term)
        assert found.kind == "order"
        assert found.title == f"Order {order.pk} of alice"
        assert "BUY 0.02000 BTC-USDB at 50000.00" in found.detail
    assert "order" in kinds(str(order.pk))
    assert kinds("bad") == set()  # a refused one is found with its account
    assert kinds("bob/bad") == {"order"}
    assert kinds("bob/a1") == set()


def test_trades_by_market_and_number(scene: Scene) -> None:
    trade = Trade.objects.get()
    for term in ("BTC-USDB/1", "btc-usdb/1", str(trade.pk)):
        assert "trade" in kinds(term), term
    assert "trade" in kinds("1")
    assert kinds("ETH-USDB/1") == set()


def test_markets_commands_and_requests(scene: Scene) -> None:
    assert kinds("btc-usdb") == {"market"}
    entry = JournalEntry.objects.order_by("pk")[0]
    assert "journal entry" in kinds(str(entry.command_id))
    request_reference_price(market=Market.objects.get(), price_ticks=1, reason="x", requested_by=None)
    settle(scene.worker)
    request = EngineRequest.objects.get()
    assert kinds(str(request.command_id)) == {"engine request", "journal entry"}
