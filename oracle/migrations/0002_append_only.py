from django.db import migrations

from access.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("oracle", "0001_initial")]

    operations = [AppendOnly("oracle_policyversion"), AppendOnly("oracle_approval")]
