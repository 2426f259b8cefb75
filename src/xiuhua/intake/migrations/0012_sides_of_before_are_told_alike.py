"""What was found before each side was told its own: of another village's the name and the number go, its township stays."""

from django.db import migrations

# The rules whose sentence names another side (intake/terms.py), with what it named there.
RULES = ("id_used_twice", "same_person_two_households", "person_moved", "id_changed", "row_to_remove", "number_to_correct",
         "row_left_aside", "household_ended")  # fmt: skip
NAMED = ("other", "before", "into")

# Where the other side lies: as the pair has it that asks about the finding, or that it came from; else where the register has the
# household that is named (a pair bears all marks of its rows: the one that its rule opened is meant). Where nobody knows it is told by its county, as a finding of today is.
TOLD = """
with sides as (
  select distinct on (p.county_code, p.found_by, m.mark) p.county_code, p.found_by, m.mark,
    case s.side when 'left' then p."left" else p."right" end as mine, case s.side when 'left' then p."right" else p."left" end as other
  from decisions_pair p cross join (values ('left'), ('right')) s (side)
  cross join lateral jsonb_array_elements_text(coalesce(p.findings -> s.side, '[]')) m (mark) order by p.county_code, p.found_by, m.mark, p.id desc),
lying as (select f.*, {lies} as lies from {table} f where f.rule = any(array{rules}) and not f.params ? 'place'
  and (f.rule = 'id_changed' or coalesce(f.params ->> 'other', f.params ->> 'into', '') <> '')),
found as (
  select f.id, f.lies, coalesce(nullif(a.other ->> 'village', ''),
      nullif(case when c."left" ->> 'household' = f.household_number then c."right" else c."left" end ->> 'village', ''),
      h.village_code, left(f.lies, 6)) as there,
    case when f.rule in ('person_moved', 'id_changed') then a.mine ->> 'name' end as own
  from lying f left join sides a on a.county_code = left(f.lies, 6) and a.found_by = f.rule and a.mark = f.fingerprint
  left join decisions_pair c on c.id = (f.params ->> 'pair')::bigint
  left join registry_household h on h.county_code = left(f.lies, 6) and f.rule <> 'id_used_twice'
    and h.number = coalesce(nullif(f.params ->> 'into', ''), f.params ->> 'other'))
update {table} f set params = case when f.rule = 'id_changed' then f.params
    else f.params - array{named} || jsonb_build_object('place', left(t.there, 9)) end
  || case when t.own is null then '{{}}' else jsonb_build_object('name', t.own) end
from found t where t.id = f.id and not starts_with(t.there, t.lies)
"""
# Heads of one number that was written for families of two villages.
HEADS = """
update {table} f set params = jsonb_set(f.params, '{{names}}', '""')
where f.rule = 'two_heads' and f.params ->> 'names' <> '' and 1 < (select count(distinct r.village_code) from intake_stagedrow r
  where r.batch_id = f.{batch} and r.household_number = f.household_number and r.book = 'person_export')
"""
# Each table with where a row of it lies and which batch it is of.
OF = (
    ("findings_finding", "f.place_code", "batch"),
    ("intake_sighting", "coalesce(nullif(f.village_code, ''), (select h.village_code from intake_stagedhousehold h"
     " where h.batch_id = f.batch_id and h.number = f.household_number), f.place_code)", "batch_id"),
)  # fmt: skip
ALIKE = [
    sql.format(table=table, lies=lies, batch=batch, rules=list(RULES), named=list(NAMED))
    for table, lies, batch in OF
    for sql in (TOLD, HEADS)
]


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0011_a_file_tells_a_kind"),
        ("decisions", "0029_the_whole_has_its_day"),
        ("findings", "0005_decided"),
        ("places", "0011_what_is_asked_goes_along"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in ALIKE]
