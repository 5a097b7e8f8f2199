"""Candles learn which trade was their first. Trade ids are dense per market and candles count every trade, so
it is the number of trades before it, and one: no trade has to be read."""

from django.db import migrations, models

FILL = """
UPDATE exchange_candle AS c SET first_trade_id = counted.first
  FROM (SELECT id, sum(trades) OVER (PARTITION BY market_id, interval_s ORDER BY id) - trades + 1 AS first
          FROM exchange_candle) AS counted
 WHERE counted.id = c.id"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_complete_spot_market")]

    operations = [
        migrations.AddField(
            model_name="candle",
            name="first_trade_id",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
