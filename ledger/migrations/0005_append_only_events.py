from django.db import migrations

from access.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_vaults_and_events")]

    operations = [AppendOnly("ledger_domainevent")]
