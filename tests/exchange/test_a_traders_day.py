"""Stories of a trader's day: his orders, balances, fills, statement and the ledger tell the same."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from exchange.engine.commands import amend_order, cancel_order, set_switch
from exchange.engine.types import CloseReason, OrderStatus, OrderType, TimeInForce
from exchange.models import DeadMansSwitch, Trade
from exchange.selectors import fills_of, fills_of_order, order_by_client_id, switches_of
from ledger.models import Account
from ledger.rules import Purpose
from tests.exchange.scene import Scene
from tests.exchange.support import BUY, SELL, settle, ticks
from tests.exchange.trading_day import HOUR, MINUTE, SECOND, Day, money, status


@pytest.fixture
def day(scene: Scene) -> Day:
    return Day(scene)


def alice_buys(day: Day) -> None:
    """0.01 BTC at 50,000: 500 USDB and a taker's fee of 0.25."""
    day.order(day.bob, SELL, "50000")
    day.order(day.alice, BUY, "50000")
    assert day.has(day.alice) == {"BTC": money("10.01"), "USDB": money("999499.75")}


def test_a_stop_sells_what_was_bought_when_the_price_falls(day: Day) -> None:
    alice_buys(day)
    stop = day.conditional(day.alice, SELL, OrderType.STOP_MARKET, "49000", 1_000)
    assert status(stop) == OrderStatus.UNTRIGGERED
    day.order(day.bob, BUY, "48900", 2_000)
    day.trade("49000.01")
    assert status(stop) == OrderStatus.UNTRIGGERED  # one cent above
    day.trade("49000")
    assert status(stop) == OrderStatus.FILLED
    assert stop.triggered_ns == day.now_ns
    # 489 USDB less a fee of 0.2445
    assert day.has(day.alice) == {"BTC": money("10"), "USDB": money("999988.5055")}
    bought, sold = day.statement(day.alice)
    assert (bought["cost"], bought["average_cost"]) == (None, "50025.00000000")
    assert (sold["cost"], sold["profit"]) == ("500.25000000", "-11.49450000")
    assert Decimal("1000000") + Decimal(sold["profit"]) == day.has(day.alice)["USDB"][0]
    day.scene.check()


def test_a_take_profit_sells_it_when_the_price_rises(day: Day) -> None:
    alice_buys(day)
    profit = day.conditional(day.alice, SELL, OrderType.TAKE_PROFIT_MARKET, "52000", 600)
    day.order(day.bob, BUY, "51900", 5_000)
    day.trade("51999.99")
    assert status(profit) == OrderStatus.UNTRIGGERED
    day.trade("52000")
    assert status(profit) == OrderStatus.FILLED
    _, sold = day.statement(day.alice)
    # 0.006 BTC at 51,900 are 311.4 less 0.1557; they cost 6/10 of 500.25
    assert (sold["cost"], sold["profit"]) == ("300.15000000", "11.09430000")
    assert (sold["position_quantity"], sold["position_cost"]) == ("0.00400", "200.10000000")
    day.scene.check()


def test_a_stop_taken_back_never_sells(day: Day) -> None:
    alice_buys(day)
    stop = day.conditional(day.alice, SELL, OrderType.STOP_MARKET, "49000", 1_000)
    day.scene.tell(cancel_order(account=day.alice, order_id=stop.id))
    day.order(day.bob, BUY, "48000", 2_000)
    day.trade("49000")
    assert (status(stop), stop.close_reason) == (OrderStatus.CANCELED, CloseReason.USER)
    assert day.has(day.alice)["BTC"] == money("10.01")
    day.scene.check()


def test_an_order_made_smaller_gives_money_back_and_remembers_what_it_was(day: Day) -> None:
    order = day.order(day.alice, BUY, "40000", 2_000, client_order_id="dip")
    assert day.has(day.alice)["USDB"] == money("999199.59999999", "800.40000001")  # with the dearest fee
    day.scene.tell(amend_order(account=day.alice, client_order_id="dip", quantity_lots=1_000))
    order.refresh_from_db()
    assert (order.quantity_lots, order.original_quantity_lots) == (1_000, 2_000)
    assert day.has(day.alice)["USDB"] == money("999599.79999999", "400.20000001")
    day.scene.tell(amend_order(account=day.alice, client_order_id="dip", price_ticks=ticks("39000")))
    day.order(day.bob, SELL, "39000", 400)
    assert status(order) == OrderStatus.PARTIALLY_FILLED
    assert (order.price_ticks, order.original_price_ticks) == (ticks("39000"), ticks("40000"))
    assert [(one.price_ticks, one.quantity_lots) for one in fills_of_order(order=order, limit=9)] == [
        (ticks("39000"), 400)
    ]
    assert order_by_client_id(account=day.alice, client_order_id="dip") == order
    day.scene.check()


def test_an_order_for_an_hour_rests_for_an_hour(day: Day) -> None:
    order = day.order(day.alice, BUY, "45000", time_in_force=TimeInForce.GTD, expires_ns=day.now_ns + HOUR)
    day.later(HOUR - SECOND)
    assert status(order) == OrderStatus.NEW
    day.later(SECOND)
    assert (status(order), order.close_reason) == (OrderStatus.EXPIRED, CloseReason.GTD_EXPIRED)
    assert order.updated_ns == day.now_ns
    assert day.has(day.alice)["USDB"] == money("1000000")
    day.scene.check()


def test_a_robot_that_falls_silent_is_taken_out_of_the_market(day: Day) -> None:
    """The switch is set again each half minute; then nothing comes any more."""
    bid = day.order(day.alice, BUY, "49000")
    offer = day.order(day.alice, SELL, "51000")
    for _ in range(4):
        day.scene.tell(set_switch(account=day.alice, timeout_ns=MINUTE))
        day.later(MINUTE // 2)
    assert [one.due_ns for one in switches_of(account=day.alice)] == [day.now_ns + MINUTE // 2]
    assert {status(bid), status(offer)} == {OrderStatus.NEW}
    others = day.order(day.bob, BUY, "48000")
    day.later(MINUTE // 2)
    assert {status(bid), status(offer)} == {OrderStatus.CANCELED}
    assert {bid.close_reason, offer.close_reason} == {CloseReason.DEAD_MANS_SWITCH}
    assert status(others) == OrderStatus.NEW
    assert not DeadMansSwitch.objects.exists()
    assert day.has(day.alice) == {"BTC": money("10"), "USDB": money("1000000")}
    day.scene.check()


def test_what_the_day_moved_is_the_same_in_every_book(day: Day) -> None:
    """Three traders, trades at five prices: nothing is made and nothing is lost but fees to the house."""
    alice_buys(day)
    for minute, price in enumerate(("50100", "49900.50", "50050.25", "50000.01")):
        day.trade(price, 100 + minute)
        day.later(MINUTE)
    people = (day.alice, day.bob, day.carol)
    assert sum(day.has(one)["BTC"][0] for one in people) == 30
    sums = Trade.objects.aggregate(maker=Sum("maker_fee_atoms"), taker=Sum("taker_fee_atoms"))
    paid = sums["maker"] + sums["taker"]
    assert sum(sum(day.has(one)["USDB"]) for one in people) == 3_000_000 - Decimal(paid) / 10**8
    fees = Account.objects.get(purpose=Purpose.FEES, asset_id="USDB")
    assert fees.balance_atoms == paid
    for person in people:
        fills = fills_of(account=person, market_id=day.market.id, before=None, limit=100)
        assert len(fills) == len(day.statement(person)) > 0
    settle(day.scene.worker)
    day.scene.check()
