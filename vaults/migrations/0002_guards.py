from django.db import migrations

from access.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("vaults", "0001_initial")]

    operations = [AppendOnly("vaults_figuresversion"), AppendOnly("vaults_operation"), AppendOnly("vaults_reservesnapshot")]
