from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='InvariantResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('extent', models.CharField(max_length=10)),
                ('about', models.CharField(max_length=300)),
                ('violations', models.BigIntegerField(default=0)),
                ('offenders', models.JSONField(default=list)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('violated_since', models.DateTimeField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('tried_at', models.DateTimeField()),
                ('took_ms', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name', 'extent'), name='invariant_result_once')],
            },
        ),
    ]
