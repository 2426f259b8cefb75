"""A step that rests on the judgement sheet rests on one that somebody wrote here, whole, at that step: a photo of a paper judges nothing."""

from django.db import migrations, models

# `step` and `round` are of the proceeding as it stood. Income and spending may be not known: for whoever comes in that stops nothing. What is
# hard for a family and what it has done about it is always something, if only that there is nothing.
WRITTEN = """
create function relapse_sheet_at() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  select c.at_step, c.round into new.step, new.round from decisions_proceeding c where c.id = new.proceeding_id;
  new.step := coalesce(new.step, '');
  new.round := coalesce(new.round, 0);
  return new;
end $$;
create trigger relapse_sheet_at before insert on relapse_sheet for each row execute function relapse_sheet_at();
create function relapse_written_first() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.sign = 'signed' and exists (
      select 1 from decisions_proceeding p join decisions_procedure d on d.id = p.procedure_id, jsonb_array_elements(d.definition -> 'steps') s,
        jsonb_array_elements(s -> 'evidence') one
      where p.id = new.proceeding_id and s ->> 'id' = new.step and one ->> 'kind' = 'sheet')
    and not exists (
      select 1 from relapse_sheet x where x.proceeding_id = new.proceeding_id and x.step = new.step and x.round = new.round
        and btrim(x.difficulties) <> '' and btrim(x.coping) <> '') then
    raise exception 'the judgement sheet is not written' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger relapse_written_first before insert on decisions_signature for each row execute function relapse_written_first();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0009_who_is_gone_and_who_is_to_be_watched"),
        ("decisions", "0029_the_whole_has_its_day"),
    ]
    operations = [
        migrations.AddField("sheet", "step", models.CharField(db_default="", default="", editable=False, max_length=60)),
        migrations.AddField("sheet", "round", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
        migrations.RunSQL(WRITTEN, migrations.RunSQL.noop),
    ]
