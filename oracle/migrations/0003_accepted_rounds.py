from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oracle", "0002_append_only")]

    operations = [
        migrations.AddIndex(
            model_name="round",
            index=models.Index(
                name="oracle_round_accepted",
                fields=["time_ms", "id"],
                condition=models.Q(("price_e8__isnull", False)),
            ),
        )
    ]
