import django.db.models.deletion
import xiuhua.intake.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('files', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=15)),
                ('step', models.CharField(choices=[('reading', '读取'), ('mapping', '对应列'), ('checking', '校验'), ('preview', '预览'), ('merging', '并入'), ('done', '已并入'), ('stopped', '已停止'), ('failed', '未能完成')], default=xiuhua.intake.models.Step['READING'], max_length=10)),
                ('data_date', models.DateField(null=True)),
                ('started_by', models.CharField(max_length=150)),
                ('started_post', models.CharField(blank=True, max_length=200)),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('merge_wanted_by', models.CharField(blank=True, max_length=150)),
                ('stop_wanted', models.BooleanField(default=False)),
                ('stopped_in', models.CharField(blank=True, max_length=10)),
                ('trouble', models.JSONField(null=True)),
                ('counts', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name_plural': 'batches',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['place_code', '-id'], name='batch_place')],
            },
        ),
        migrations.CreateModel(
            name='RememberedColumn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=15)),
                ('book', models.CharField(max_length=30)),
                ('heading', models.CharField(max_length=120)),
                ('field', models.CharField(blank=True, max_length=60)),
                ('said_by', models.CharField(max_length=150)),
                ('said_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('place_code', 'book', 'heading'), name='one_meaning_a_heading')],
            },
        ),
        migrations.CreateModel(
            name='Sheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=15)),
                ('file_name', models.CharField(max_length=255)),
                ('name', models.CharField(max_length=120)),
                ('position', models.PositiveSmallIntegerField()),
                ('book', models.CharField(blank=True, max_length=30)),
                ('header_row', models.PositiveIntegerField(null=True)),
                ('columns', models.JSONField(default=dict)),
                ('unsure', models.JSONField(default=list)),
                ('unmapped', models.JSONField(default=list)),
                ('missing', models.JSONField(default=list)),
                ('data_date', models.DateField(null=True)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('staged', models.BooleanField(default=False)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='intake.batch')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
            ],
            options={
                'ordering': ['batch_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Sighting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=15)),
                ('kind', models.CharField(max_length=10)),
                ('rule', models.CharField(max_length=80)),
                ('row', models.PositiveIntegerField(null=True)),
                ('column', models.PositiveIntegerField(null=True)),
                ('field', models.CharField(blank=True, max_length=60)),
                ('household_number', models.CharField(blank=True, max_length=40)),
                ('person_number', models.CharField(blank=True, max_length=40)),
                ('village_code', models.CharField(blank=True, db_collation='C', max_length=12)),
                ('params', models.JSONField(default=dict)),
                ('fingerprint', models.CharField(max_length=32)),
                ('comparing', models.BooleanField(default=False)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sightings', to='intake.batch')),
                ('sheet', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intake.sheet')),
            ],
            options={
                'ordering': ['batch_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='StagedHousehold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=15)),
                ('number', models.CharField(max_length=40)),
                ('village_code', models.CharField(db_collation='C', max_length=12, null=True)),
                ('known', models.BigIntegerField(null=True)),
                ('household', models.JSONField(default=dict)),
                ('change', models.CharField(choices=[('new', '新增'), ('changed', '变更'), ('unchanged', '无变化'), ('held', '暂缓并入')], default=xiuhua.intake.models.Change['NEW'], max_length=10)),
                ('differences', models.JSONField(default=list)),
                ('merged_at', models.DateTimeField(null=True)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='households', to='intake.batch')),
            ],
            options={
                'ordering': ['batch_id', 'number'],
            },
        ),
        migrations.CreateModel(
            name='StagedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=15)),
                ('book', models.CharField(max_length=30)),
                ('row', models.PositiveIntegerField()),
                ('household_number', models.CharField(max_length=40, null=True)),
                ('person_number', models.CharField(max_length=40, null=True)),
                ('year', models.PositiveSmallIntegerField(null=True)),
                ('village_code', models.CharField(db_collation='C', max_length=12, null=True)),
                ('id_blind', models.BinaryField(null=True)),
                ('household', models.JSONField(default=dict)),
                ('person', models.JSONField(default=dict)),
                ('period', models.JSONField(default=dict)),
                ('village', models.JSONField(default=dict)),
                ('refused', models.BooleanField(default=False)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='intake.batch')),
                ('sheet', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='staged_rows', to='intake.sheet')),
            ],
            options={
                'ordering': ['batch_id', 'sheet_id', 'row'],
            },
        ),
        migrations.AddConstraint(
            model_name='sheet',
            constraint=models.UniqueConstraint(fields=('batch', 'file', 'position'), name='one_sheet_a_position'),
        ),
        migrations.AddIndex(
            model_name='sighting',
            index=models.Index(fields=['batch', 'rule'], name='sighting_rule'),
        ),
        migrations.AddIndex(
            model_name='sighting',
            index=models.Index(fields=['batch', 'household_number'], name='sighting_household'),
        ),
        migrations.AddIndex(
            model_name='stagedhousehold',
            index=models.Index(fields=['batch', 'change'], name='staged_change'),
        ),
        migrations.AddConstraint(
            model_name='stagedhousehold',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='one_staged_household'),
        ),
        migrations.AddIndex(
            model_name='stagedrow',
            index=models.Index(fields=['batch', 'household_number'], name='staged_household'),
        ),
        migrations.AddIndex(
            model_name='stagedrow',
            index=models.Index(fields=['sheet'], name='staged_sheet'),
        ),
    ]
