from django.db import migrations

from access.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [AppendOnly("access_auditentry")]
