"""Candles: what the trades of a market came to, per interval of time."""

from django.db import models

from exchange.models.markets import Market
from exchange.rules import CANDLE_MARKET_BITS


class Candle(models.Model):
    """One interval of a market in which there was a trade; written with its trades, in one transaction.

    `id` packs market, stored interval and start (see `exchange.rules.candle_id`), so that the primary key
    lists them in order. Stored are 1 s, 1 m, 1 h and 1 d; all others are sums of these. Volumes are whole
    numbers that may outgrow 64 bits: each trade fits them, a day of trades need not.
    """

    id = models.BigIntegerField(primary_key=True)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    interval_s = models.IntegerField()
    start_s = models.BigIntegerField()
    open_ticks = models.BigIntegerField()
    high_ticks = models.BigIntegerField()
    low_ticks = models.BigIntegerField()
    close_ticks = models.BigIntegerField()
    volume_lots = models.DecimalField(max_digits=38, decimal_places=0)
    volume_quote_atoms = models.DecimalField(max_digits=38, decimal_places=0)
    taker_buy_lots = models.DecimalField(max_digits=38, decimal_places=0)
    taker_buy_quote_atoms = models.DecimalField(max_digits=38, decimal_places=0)
    trades = models.IntegerField()
    first_trade_id = models.BigIntegerField(db_default=0)  # 0: an earlier release wrote the candle

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(market_id__lt=1 << CANDLE_MARKET_BITS), name="candle_market_in_range"
            )
        ]

    def __str__(self) -> str:
        return f"{self.interval_s} s candle of market {self.market_id} at {self.start_s}"
