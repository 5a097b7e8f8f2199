from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_append_only_audit'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='apikey',
            options={'permissions': [('revoke_apikey', 'Can revoke API keys of others')]},
        ),
    ]
