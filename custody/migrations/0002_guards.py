from django.db import migrations

from access.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("custody", "0001_initial")]

    operations = [AppendOnly("custody_termsversion"), AppendOnly("custody_withdrawalapproval")]
