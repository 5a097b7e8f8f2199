"""Candles know which trade was their first, those of an earlier release too, which never wrote it down."""

from importlib import import_module

import pytest
from django.db import connection

from exchange.models import Candle, Trade
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL

FILL = import_module("exchange.migrations.0004_first_trades_of_candles").FILL

pytestmark = pytest.mark.django_db(transaction=True)


def test_trades_of_later_batches_leave_the_first_one(scene: Scene) -> None:
    for _ in range(3):
        scene.tell(limit(scene.bob, SELL, "50000", 10))
        scene.tell(limit(scene.alice, BUY, "50000", 10))
    for interval_s in (60, 3_600, 86_400):
        whole = Candle.objects.filter(interval_s=interval_s).order_by("id")
        assert next(row.first_trade_id for row in whole) == 1
        assert sum(row.trades for row in whole) == 3


def test_candles_of_an_earlier_release_are_told_their_first_trades(scene: Scene) -> None:
    for lots in (10, 20, 30):
        scene.tell(limit(scene.bob, SELL, "50000", lots))
        scene.tell(limit(scene.bob, SELL, "50001", lots))
        scene.tell(limit(scene.alice, BUY, "50001", 2 * lots))
    known = dict(Candle.objects.values_list("id", "first_trade_id"))
    assert Trade.objects.count() == 6
    assert set(known.values()) <= set(range(1, 7))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_candle SET first_trade_id = 0")
        cursor.execute(FILL)
    assert dict(Candle.objects.values_list("id", "first_trade_id")) == known
    scene.check()
