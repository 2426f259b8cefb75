"""What the check found to become true of new households; seen only by those whose area the batch is."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from xiuhua.places.scope import protect


class Migration(migrations.Migration):

    dependencies = [
        ("intake", "0007_batch_taken_back"),
    ]

    operations = [
        migrations.CreateModel(
            name='ForeseenStanding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=15)),
                ('block', models.BigIntegerField()),
                ('households', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('status', models.CharField(max_length=10, null=True)),
                ('members', models.SmallIntegerField(null=True)),
                ('exit_fails', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None)),
                ('exit_unknown', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None)),
                ('doubts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None)),
                ('quality_fails', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intake.batch')),
            ],
            options={
                'indexes': [models.Index(fields=['batch', 'block'], name='foreseen_block')],
            },
        ),
        migrations.RunSQL(*protect("intake_foreseenstanding", "place_code")),
    ]
