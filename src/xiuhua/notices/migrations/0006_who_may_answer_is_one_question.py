"""Who may open an objection and answer it is asked of the database in one question, before anything is made readable."""

from django.db import migrations

# What `decisions_objection_apart` refuses at the answer, asked beforehand: the place it goes to, a part in the matter, kin; of the person
# and of whomever they stand in for in any post today.
ASKED = """
create function notices_kept_from(asked bigint, appointment bigint) returns text language plpgsql stable security definer set search_path = public, pg_temp as $$
declare o notices_objection; h record;
begin
  select * into o from notices_objection x where x.id = asked and x.place_code >= places_scope_lo() and x.place_code < places_scope_hi();
  select * into h from decisions_holder(appointment, o.goes_to);
  if o.id is null or h.who is null or h.role <> all (array['township_office', 'county_office', 'higher_office']) then
    return 'elsewhere';
  end if;
  return decisions_kept_from_answer(asked, decisions_all_of(h.who, h.stands));
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0005_what_is_over_comes_down"),
        ("decisions", "0015_what_ends_is_let_go"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (ASKED,)]
