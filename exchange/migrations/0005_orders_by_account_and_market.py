"""The index of an account's orders knows their markets."""

from django.db import migrations, models

import exchange.engine.types


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_first_trades_of_candles")]

    operations = [
        migrations.RemoveIndex(model_name="order", name="order_by_account"),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status", exchange.engine.types.OrderStatus["REJECTED"]), _negated=True),
                fields=["account", "id", "market"],
                name="order_by_account",
            ),
        ),
    ]
