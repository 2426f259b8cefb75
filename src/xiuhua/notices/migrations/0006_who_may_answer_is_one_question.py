"""Who may open an objection and answer it is asked of the database in one question, before anything is made readable."""

from django.db import migrations

# What `decisions_objection_apart` refuses at the answer, asked beforehand: the place it goes to, a part in the matter, kin; of the person
# and of whomever they stand in for in any post today.
ASKED = """
create function notices_kept_from(asked bigint, appointment bigint) returns text language plpgsql stable security definer set search_path = public, pg_temp as $$
declare o notices_objection; h record; c decisions_proceeding; both_of bigint[];
begin
  select * into o from notices_objection x where x.id = asked and x.place_code >= places_scope_lo() and x.place_code < places_scope_hi();
  select * into h from decisions_holder(appointment, o.goes_to);
  if o.id is null or h.who is null or h.role <> all (array['township_office', 'county_office', 'higher_office']) then
    return 'elsewhere';
  end if;
  select p.* into c from notices_notice n join decisions_proceeding p on p.id = decisions_of_notice(n.reference) where n.id = o.notice_id;
  select array_agg(x.official_id) into both_of from accounts_appointment a join accounts_appointment x on x.id = a.deputy_for_id
  where a.official_id = h.who and a.since <= notices_today() and (a.until is null or a.until >= notices_today());
  both_of := array_remove(coalesce(both_of, '{}') || array[h.who, h.stands], null);
  if exists (select 1 from decisions_signature x where x.proceeding_id = c.id and (x.official_id = any (both_of) or x.deputises_id = any (both_of))) then
    return 'part';
  elsif exists (select 1 from decisions_kin k where k.household_id = c.household_id and k.official_id = any (both_of)
      and (k.until is null or k.until >= notices_today())) then
    return 'kin';
  end if;
  return '';
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0005_what_is_over_comes_down"),
        ("decisions", "0014_where_it_is_handled_and_what_the_web_may_show"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (ASKED,)]
