import django.db.models.deletion
import xiuhua.common.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Official',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('unit', models.CharField(blank=True, max_length=120)),
                ('phone_sealed', models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=60, unique=True)),
                ('is_active', models.BooleanField(default=True)),
                ('must_change_password', models.BooleanField(default=False)),
                ('temporary_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('official', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='account', to='accounts.official')),
            ],
            options={
                'ordering': ['username'],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('office', models.CharField(choices=[('leading_group', '扶贫开发领导小组'), ('rural_work_group', '党委农村工作领导小组'), ('poverty_office', '扶贫办（局）'), ('rural_bureau', '农业农村局（乡村振兴局）'), ('department', '行业部门'), ('government', '党委政府'), ('township_station', '乡镇扶贫工作站'), ('village_committee', '村“两委”'), ('work_team', '驻村工作队'), ('helper', '帮扶单位'), ('audit', '审计机关'), ('service', '系统运维')], max_length=20)),
                ('title', models.CharField(choices=[('secretary', '党委书记'), ('head', '行政首长'), ('group_leader', '领导小组组长'), ('director', '主任（局长）'), ('officer', '业务干部'), ('township_officer', '扶贫专干'), ('first_secretary', '第一书记'), ('team_member', '驻村工作队员'), ('village_secretary', '村党支部书记'), ('village_director', '村委会主任'), ('village_clerk', '村信息员'), ('helper', '帮扶责任人'), ('auditor', '审计人员'), ('administrator', '账号管理员')], max_length=20)),
                ('role', models.CharField(choices=[('leader', '领导'), ('county_office', '县级业务'), ('township_office', '乡镇业务'), ('village_worker', '村级工作'), ('higher_office', '上级业务'), ('auditor', '监督检查'), ('administrator', '账号管理')], max_length=20)),
                ('label', models.CharField(blank=True, max_length=80)),
                ('place', models.ForeignKey(db_column='place_code', on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='places.place')),
            ],
            options={
                'ordering': ['place_id', 'office', 'title'],
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('named_on', models.DateField(default=xiuhua.common.clock.beijing_today)),
                ('deputy_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deputies', to='accounts.appointment')),
                ('official', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='accounts.official')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='accounts.post')),
            ],
            options={
                'ordering': ['since', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='appointment_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('deputy_for__isnull', True), models.Q(('since__gt', models.F('named_on')), ('until__isnull', False)), _connector='OR'), name='deputy_named_beforehand'), models.UniqueConstraint(fields=('official', 'post', 'since'), name='one_appointment_a_day')],
            },
        ),
        migrations.CreateModel(
            name='AccountRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wish', models.CharField(choices=[('create', '开通账号'), ('reset', '重置密码')], max_length=10)),
                ('username', models.CharField(max_length=60)),
                ('reason', models.CharField(max_length=200)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('granted', models.BooleanField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answered', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(db_column='place_code', on_delete=django.db.models.deletion.PROTECT, to='places.place')),
                ('official', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='accounts.official')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.post')),
            ],
            options={
                'ordering': ['-asked_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_by__isnull', True)), fields=('official', 'wish'), name='one_open_request'), models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('asked_by')), _negated=True), _connector='OR'), name='asker_does_not_answer'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('granted__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('granted__isnull', False)), _connector='OR'), name='answered_by_somebody_sometime')],
            },
        ),
    ]
