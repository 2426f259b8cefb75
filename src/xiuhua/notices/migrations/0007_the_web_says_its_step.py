"""What the web may show of a notice says its step and its household, whoever wrote it; moments follow the database's day."""

from importlib import import_module

from django.db import migrations

above = import_module("xiuhua.notices.migrations.0004_objections_go_above_and_pages_come_down")
over = import_module("xiuhua.notices.migrations.0005_what_is_over_comes_down")

# What the web shows of a step that may have a page comes from the procedure and the register, whoever wrote the notice.
SAYS = r"""
create function notices_says_its_step() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare step jsonb := decisions_step_of_notice(new.reference); c decisions_proceeding; says jsonb; here text; name text; line jsonb;
begin
  if not coalesce((step ->> 'web')::boolean, false) then
    return new;
  end if;
  select * into c from decisions_proceeding where id = decisions_of_notice(new.reference);
  select definition -> 'says' into says from decisions_procedure where id = c.procedure_id;
  new.matter := jsonb_build_object('zh', (says ->> 'zh') || ' · ' || (step #>> '{says,zh}'), 'en', (says ->> 'en') || ' · ' || (step #>> '{says,en}'));
  select p.name into here from places_place p where p.code = c.place_code;
  select coalesce(h.head_name, '') into name from registry_household h where h.id = c.household_id;
  line := new.lines -> 0;
  if jsonb_array_length(new.lines) <> 1 or new.board ~ '[0-9０-９]{6}' then
    raise exception 'a notice says more than it may' using errcode = 'check_violation';
  elsif coalesce(line ->> 'village', here) <> here or coalesce(line ->> 'head', name, '') <> coalesce(name, '')
     or (c.household_id is null and coalesce(line ->> 'matter', here) <> here) or (c.household_id is not null and line ? 'matter') then
    raise exception 'a notice says whose matter it is' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger notices_says_its_step before insert on notices_notice for each row execute function notices_says_its_step();
"""

# A notice and its sheet are recorded on the day that the database lives in, as they are hung on it: a demonstration lives ahead.
NOW = """
create function notices_now() returns timestamptz language sql stable security definer set search_path = public, pg_temp as $$
  select now() + make_interval(days => coalesce((select days_ahead from notices_clock), 0))
$$;
"""


def clocked(sql: str, name: str) -> str:
    """A function of an earlier migration as it was, by the house's clock."""
    start = sql.index(f"function {name}()")
    body = sql[start : sql.index("end $$;", start) + len("end $$;")]
    assert ":= now();" in body or ":= clock_timestamp();" in body
    told = body.replace(":= now();", ":= notices_now();")
    return "create or replace " + told.replace(":= clock_timestamp();", ":= clock_timestamp() + (notices_now() - now());")


MOMENTS = (clocked(over.OVER, "notices_notice_guard"), clocked(above.FIT, "notices_sheet_guard"))


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0006_who_may_answer_is_one_question"),
        ("decisions", "0014_where_it_is_handled_and_what_the_web_may_show"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (SAYS, NOW, *MOMENTS)]
