"""Other departments' lists held against the register, and what they say of people as the rules may read it."""

import django.db.models.deletion
import xiuhua.registry.terms
from django.db import migrations, models

from xiuhua.places.scope import protect

# The view as 0004 made it, and what lists say beside it. A person is on a list (a hit that the household did not refute), or
# is not (a list of that kind covers the village, and they had this very number in the register when it was compared), or it
# is not known.
PEOPLE = """
create or replace view rec_person with (security_invoker = true) as
  select
    p.id as person_key, m.household_id as household_key, m.village_code, m.relation, p.sex, p.birth_date,
    p.ethnicity, p.education, p.student_status, p.school_grade, p.health, p.labour,
    p.work_place, p.work_months, p.basic_insured, p.serious_illness_insured, p.pension_insured, p.dibao,
    p.id_kind, p.id_valid, p.disability_category, p.disability_grade, (p.phone_blind is not null) as phone_known, p.phone_valid,
    p.seen, p.seen_on{columns}
  from registry_membership m join registry_person p on p.id = m.person_id{joined}
  where m.until is null
"""
COVERED = "p.id <= c.{kind}_until and p.id_blind is not null and coalesce(i.changed < c.{kind}_at, true)"
LISTED = f"""
    coalesce(h.{{kind}}, case when {COVERED} then false end) as {{kind}}_listed,{{more}}
    case when h.{{kind}} is not null then case when h.{{kind}}_heard then 'checked' else 'reported' end
      when {COVERED} then 'reported' end as {{kind}}_listed_seen"""
VEHICLE = """
    case when h.vehicle then h.vehicle_kind end as vehicle_listed_kind, case when h.vehicle then h.vehicle_fen end as vehicle_listed_fen,"""
KINDS = ("death", "vehicle", "business", "payroll", "house")
COLUMNS = ",".join(["", *(LISTED.format(kind=kind, more=VEHICLE if kind == "vehicle" else "") for kind in KINDS)])
HITS = ", ".join(
    f"bool_or(x.state <> 'not_so') filter (where x.kind = '{kind}') as {kind},"
    f" bool_and(x.state <> 'open') filter (where x.kind = '{kind}') as {kind}_heard"
    for kind in KINDS
)
COVERS = ", ".join(
    f"max(x.people_until) filter (where x.kind = '{kind}') as {kind}_until, max(x.at) filter (where x.kind = '{kind}') as {kind}_at"
    for kind in KINDS
)
JOINED = f"""
  left join lateral (select {COVERS}, bool_or(true) as some from registry_listingcover x where x.village_code = m.village_code) c on true
  left join lateral (select {HITS},
      (array_agg(x.what order by x.what = 'motorcycle', x.amount_fen desc nulls last) filter (where x.kind = 'vehicle' and x.state <> 'not_so'))[1]::text as vehicle_kind,
      max(x.amount_fen) filter (where x.kind = 'vehicle' and x.state <> 'not_so') as vehicle_fen
    from registry_listinghit x where x.person_id = p.id and x.id_blind = p.id_blind) h on true
  left join lateral (select max(e.pgh_created_at) as changed from registry_personevent e
    where c.some and e.pgh_obj_id = p.id and e.id_blind is distinct from p.id_blind) i on true"""
# What was said of a hit is added to, and goes with it; it is never changed.
KEEP = "create trigger registry_answer_kept before update on registry_listinganswer for each row execute function registry_only_added()"
UNKEEP = "drop trigger registry_answer_kept on registry_listinganswer"


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0003_exports'),
        ('registry', '0014_villages_by_year'),
    ]

    operations = [
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=15)),
                ('county_code', models.CharField(db_collation='C', max_length=6)),
                ('kind', models.CharField(choices=[('death', '死亡注销名单'), ('vehicle', '机动车登记名单'), ('business', '市场主体名单'), ('payroll', '财政供养人员名单'), ('house', '商品房登记名单'), ('dibao', '低保名单'), ('disability', '持证残疾人名单'), ('medical', '大额医疗支出名单'), ('dropout', '失学辍学名单'), ('disaster', '受灾人员名单')], max_length=12)),
                ('name', models.CharField(max_length=255)),
                ('basis', models.CharField(max_length=300)),
                ('purpose', models.CharField(max_length=300)),
                ('listed_on', models.DateField()),
                ('expires_on', models.DateField()),
                ('batch', models.BigIntegerField(null=True)),
                ('brought_by', models.CharField(max_length=150)),
                ('brought_post', models.CharField(max_length=200)),
                ('brought_at', models.DateTimeField()),
                ('rows', models.PositiveIntegerField(default=0)),
                ('unreadable', models.PositiveIntegerField(default=0)),
                ('unmatched', models.PositiveIntegerField(default=0)),
                ('people', models.PositiveIntegerField(default=0)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_because', models.CharField(blank=True, choices=[('expired', '到期'), ('withdrawn', '提前收回'), ('taken_back', '随批次撤回')], max_length=12)),
                ('ended_by', models.CharField(blank=True, max_length=150)),
                ('came_to', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['county_code', '-id'], name='listing_county')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('basis', ''), _negated=True), models.Q(('purpose', ''), _negated=True)), name='listing_has_basis_and_purpose'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_because', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_because', ''), _negated=True)), _connector='OR'), name='listing_ends_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ListingHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('village_code', models.CharField(db_collation='C', max_length=12)),
                ('kind', models.CharField(choices=[('death', '死亡注销名单'), ('vehicle', '机动车登记名单'), ('business', '市场主体名单'), ('payroll', '财政供养人员名单'), ('house', '商品房登记名单'), ('dibao', '低保名单'), ('disability', '持证残疾人名单'), ('medical', '大额医疗支出名单'), ('dropout', '失学辍学名单'), ('disaster', '受灾人员名单')], max_length=12)),
                ('what', models.CharField(blank=True, max_length=120)),
                ('said_on', models.DateField(null=True)),
                ('amount_fen', models.BigIntegerField(null=True)),
                ('id_blind', models.BinaryField()),
                ('name_differs', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('open', '待听取本户'), ('true', '属实'), ('not_so', '不属实')], default=xiuhua.registry.terms.Heard['OPEN'], max_length=8)),
                ('found_at', models.DateTimeField()),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hits', to='registry.listing')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hits', to='registry.person')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ListingAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('village_code', models.CharField(db_collation='C', max_length=12)),
                ('answer', models.CharField(choices=[('open', '待听取本户'), ('true', '属实'), ('not_so', '不属实')], max_length=8)),
                ('heard_on', models.DateField()),
                ('reason', models.CharField(max_length=400)),
                ('by', models.CharField(max_length=150)),
                ('post', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('evidence', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('hit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='registry.listinghit')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ListingCover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('village_code', models.CharField(db_collation='C', max_length=12)),
                ('kind', models.CharField(choices=[('death', '死亡注销名单'), ('vehicle', '机动车登记名单'), ('business', '市场主体名单'), ('payroll', '财政供养人员名单'), ('house', '商品房登记名单'), ('dibao', '低保名单'), ('disability', '持证残疾人名单'), ('medical', '大额医疗支出名单'), ('dropout', '失学辍学名单'), ('disaster', '受灾人员名单')], max_length=12)),
                ('people_until', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='covers', to='registry.listing')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('village_code', 'kind', 'listing'), name='one_cover_a_village')],
            },
        ),
        migrations.AddIndex(
            model_name='listinghit',
            index=models.Index(fields=['village_code', 'state'], name='hit_village'),
        ),
        migrations.AddConstraint(
            model_name='listinghit',
            constraint=models.UniqueConstraint(fields=('person', 'kind', 'what', 'said_on', 'amount_fen'), name='one_hit_a_saying', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='listinganswer',
            constraint=models.CheckConstraint(condition=models.Q(('answer', 'true'), models.Q(('answer', 'not_so'), ('evidence__isnull', False)), _connector='OR'), name='not_so_has_evidence'),
        ),
        migrations.AddConstraint(
            model_name='listinganswer',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='answer_has_a_reason'),
        ),
        *(
            migrations.RunSQL(*protect(f"registry_{table}"))
            for table in ("listingcover", "listinghit", "listinganswer")
        ),
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(
            PEOPLE.format(columns=COLUMNS, joined=JOINED), "drop view rec_person; " + PEOPLE.format(columns="", joined="")
        ),
    ]
