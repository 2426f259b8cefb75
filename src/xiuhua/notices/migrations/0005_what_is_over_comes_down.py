"""A notice whose matter ended comes down at once, whatever days are left: a name does not hang for nothing."""

from django.db import migrations, models

OVER = """
-- Whether what a notice was of is over. The room that hangs it knows; here nothing is.
create function notices_is_over(reference text) returns boolean language sql stable as $$ select false $$;
create or replace function notices_notice_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a notice stays on record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'INSERT' then
    if new.hung_on > notices_today() or new.hung_on < notices_today() - 3 or new.days < 1 or new.taken_down_on is not null then
      raise exception 'a notice is recorded when it is hung' using errcode = 'check_violation';
    end if;
    if not notices_fit_to_hang(new.lines) then
      raise exception 'a notice says more than it may' using errcode = 'check_violation';
    end if;
    new.due_on := notices_due(new.hung_on, new.days, new.count);
    new.recorded_at := now();
    if new.handled_at = '' then
      new.handled_at := new.place_code;
    end if;
    if new.sheet_id is not null and not exists (
      select 1 from notices_sheet s, jsonb_array_elements(s.entries) one
      where s.id = new.sheet_id and s.place_code = new.place_code and s.hung_on = new.hung_on and s.days = new.days and s.count = new.count
        and one ->> 'reference' = new.reference and one -> 'line' = new.lines -> 0 and jsonb_array_length(new.lines) = 1) then
      raise exception 'the sheet says something else' using errcode = 'check_violation';
    end if;
  else
    if to_jsonb(new) - 'taken_down_on' - 'taken_down_by' - 'taken_down_proof_id' <> to_jsonb(old) - 'taken_down_on' - 'taken_down_by' - 'taken_down_proof_id'
       or old.taken_down_on is not null then
      raise exception 'what hangs is not changed' using errcode = 'insufficient_privilege';
    end if;
    if new.taken_down_on is null or new.taken_down_on > notices_today() or new.taken_down_on < old.hung_on
       or new.taken_down_on <= old.due_on and not notices_is_over(old.reference) then
      raise exception 'the days of the notice have not run' using errcode = 'check_violation';
    end if;
    if not notices_is_over(old.reference) and exists (select 1 from notices_objection o where o.notice_id = new.id and o.answered_at is null) then
      raise exception 'an objection is open' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_objections_go_above_and_pages_come_down")]
    operations = [
        migrations.RemoveConstraint("notice", "notice_hangs_before_it_comes_down"),
        migrations.AddConstraint(
            "notice",
            models.CheckConstraint(
                name="notice_hangs_before_it_comes_down",
                condition=models.Q(taken_down_on__isnull=True)
                | models.Q(taken_down_on__gte=models.F("hung_on"), taken_down_proof__isnull=False),
            ),
        ),
        migrations.RunSQL(OVER, migrations.RunSQL.noop),
    ]
