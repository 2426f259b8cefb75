"""The second line of scope: functions that every policy asks. Without a scope they raise; silence would look like zero."""

from django.db import migrations

FUNCTIONS = """
create function places_scope_lo() returns text language plpgsql stable parallel safe as $$
declare bound text := nullif(current_setting('xiuhua.lo', true), '');
begin
  if bound is null then
    raise exception 'no scope: a protected table was asked without saying for which area' using errcode = 'insufficient_privilege';
  end if;
  return bound;
end $$;
create function places_scope_hi() returns text language plpgsql stable parallel safe as $$
declare bound text := nullif(current_setting('xiuhua.hi', true), '');
begin
  if bound is null then
    raise exception 'no scope: a protected table was asked without saying for which area' using errcode = 'insufficient_privilege';
  end if;
  return bound;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, "drop function places_scope_lo(); drop function places_scope_hi();"),
    ]
