import django.db.models.deletion
import xiuhua.findings.terms
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=15)),
                ('kind', models.CharField(choices=[('refused', '校验未通过'), ('asked', '待判断'), ('warned', '存疑'), ('mended', '已自动更正')], max_length=10)),
                ('rule', models.CharField(max_length=80)),
                ('field', models.CharField(blank=True, max_length=60)),
                ('household_number', models.CharField(blank=True, max_length=40)),
                ('person_number', models.CharField(blank=True, max_length=40)),
                ('params', models.JSONField(default=dict)),
                ('file_name', models.CharField(blank=True, max_length=255)),
                ('sheet', models.CharField(blank=True, max_length=120)),
                ('row', models.PositiveIntegerField(null=True)),
                ('column', models.PositiveIntegerField(null=True)),
                ('batch', models.BigIntegerField(null=True)),
                ('fingerprint', models.CharField(max_length=32)),
                ('state', models.CharField(choices=[('open', '待办'), ('noted', '已记录'), ('closed', '已办结')], default=xiuhua.findings.terms.State['OPEN'], max_length=10)),
                ('due_on', models.DateField(null=True)),
                ('found_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.CharField(blank=True, max_length=150)),
                ('closed_because', models.CharField(blank=True, max_length=200)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.post')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['place_code', 'state', 'rule'], name='finding_place_state_rule'), models.Index(fields=['household_number'], name='finding_household'), models.Index(fields=['batch'], name='finding_batch')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'closed'), _negated=True), fields=('place_code', 'fingerprint'), name='one_open_finding'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('closed_at__isnull', False), models.Q(('closed_because', ''), _negated=True)), _connector='OR'), name='closed_by_somebody')],
            },
        ),
    ]
