import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Place',
            fields=[
                ('code', models.CharField(db_collation='C', max_length=15, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('level', models.CharField(choices=[('nation', '国家'), ('province', '省'), ('city', '市（州）'), ('county', '县'), ('township', '乡镇'), ('village', '行政村'), ('group', '村民小组')], max_length=10)),
                ('named', models.BooleanField(default=True)),
                ('since', models.DateField(null=True)),
                ('until', models.DateField(null=True)),
                ('longitude', models.DecimalField(decimal_places=6, max_digits=9, null=True)),
                ('latitude', models.DecimalField(decimal_places=6, max_digits=9, null=True)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='places.place')),
            ],
            options={
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='VillageRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField()),
                ('poor_village', models.BooleanField(null=True)),
                ('deep_poor_village', models.BooleanField(null=True)),
                ('rural_households', models.PositiveIntegerField(null=True)),
                ('rural_persons', models.PositiveIntegerField(null=True)),
                ('village', models.ForeignKey(db_column='village_code', on_delete=django.db.models.deletion.PROTECT, related_name='records', to='places.place')),
            ],
            options={
                'ordering': ['village_id', '-as_of'],
            },
        ),
        migrations.AddIndex(
            model_name='place',
            index=models.Index(fields=['parent', 'name'], name='place_parent_name'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('since__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='place_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='villagerecord',
            constraint=models.UniqueConstraint(fields=('village', 'as_of'), name='one_village_record_a_day'),
        ),
    ]
