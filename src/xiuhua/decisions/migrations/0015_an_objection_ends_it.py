"""An objection that was upheld ends a proceeding at its notice, by a signed no with its reasons; without one nobody says no there."""

from django.db import migrations

NO = """
create function decisions_no_at_notice() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.sign = 'no' and exists (
      select 1 from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id,
        jsonb_array_elements(p.definition -> 'steps') x
      where c.id = new.proceeding_id and x ->> 'id' = new.step and x ->> 'does' in ('notice', 'announcement')) then
    if not exists (select 1 from notices_notice n join notices_objection o on o.notice_id = n.id
        where n.reference = format('proceeding:%s:%s:%s', new.proceeding_id, new.step, new.round) and o.upheld) then
      raise exception 'nobody says no at a notice without an objection that was upheld' using errcode = 'check_violation';
    elsif exists (select 1 from notices_notice n
        where n.reference = format('proceeding:%s:%s:%s', new.proceeding_id, new.step, new.round) and n.taken_down_on is null) then
      raise exception 'the notice still hangs' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
-- After the guard, whose name comes before: the guard sets the round.
create trigger decisions_signature_no_at_notice before insert on decisions_signature for each row execute function decisions_no_at_notice();
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0014_where_it_is_handled_and_what_the_web_may_show"), ("notices", "0004_objections_go_above_and_pages_come_down")]

    operations = [migrations.RunSQL(NO, migrations.RunSQL.noop)]
