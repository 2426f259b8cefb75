from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('book', models.CharField(db_collation='C', max_length=6)),
                ('number', models.PositiveBigIntegerField()),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=150)),
                ('post', models.CharField(blank=True, max_length=200)),
                ('place_code', models.CharField(db_collation='C', max_length=15)),
                ('action', models.CharField(max_length=60)),
                ('subject', models.CharField(blank=True, max_length=80)),
                ('detail', models.JSONField(default=dict)),
                ('previous', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name_plural': 'entries',
                'ordering': ['book', 'number'],
                'indexes': [models.Index(fields=['subject', '-at'], name='entry_subject'), models.Index(fields=['place_code', '-at'], name='entry_place')],
                'constraints': [models.UniqueConstraint(fields=('book', 'number'), name='one_entry_a_number')],
            },
        ),
    ]
