"""Boundaries of places, dated, under row-level security as every table that bears a place."""

import django.db.models.deletion
from django.db import migrations, models

from xiuhua.places.scope import protect


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0007_places_leave_poverty'),
    ]

    operations = [
        migrations.CreateModel(
            name='Outline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField()),
                ('shape', models.JSONField()),
                ('source', models.CharField(blank=True, max_length=200)),
                ('brought_by', models.CharField(max_length=150)),
                ('brought_post', models.CharField(blank=True, max_length=200)),
                ('brought_at', models.DateTimeField()),
                ('place', models.ForeignKey(db_column='place_code', on_delete=django.db.models.deletion.PROTECT, related_name='outlines', to='places.place')),
            ],
            options={
                'ordering': ['place_id', '-as_of'],
                'constraints': [models.UniqueConstraint(fields=('place', 'as_of'), name='one_outline_a_day')],
            },
        ),
        migrations.RunSQL(*protect("places_outline", "place_code")),
    ]
