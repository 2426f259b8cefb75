"""What of a file's values a record takes: nothing that was only reported comes over what was checked."""

from django.db import migrations

# topics: the column that tells how a matter was seen -> the columns of that matter. A column of what was reported
# (…_reported) may fill a gap beside checked ones: it claims to be no more. Nothing else that is only reported may, since a
# matter has one evidence for all its columns.
CREATE = r"""
create function intake_taken(said jsonb, kept jsonb, topics jsonb) returns jsonb language sql immutable parallel safe as $$
  select said - coalesce((
    select array_agg(x.name) from jsonb_each(topics) t cross join lateral (
      select c.name from jsonb_array_elements_text(t.value) c(name)
        where not (jsonb_typeof(kept -> c.name) = 'null' and c.name ~ '_reported')
      union all select t.key union all select t.key || '_on') x(name)
    where kept ->> t.key = 'checked' and coalesce(said ->> t.key, 'reported') = 'reported'), '{}')
$$;
create function intake_left(said jsonb, kept jsonb, topics jsonb)
returns table (topic text, name text, value jsonb, before jsonb) language sql immutable parallel safe as $$
  select t.key, c.name, said -> c.name, kept -> c.name
  from jsonb_each(topics) t cross join lateral jsonb_array_elements_text(t.value) c(name)
  where kept ->> t.key = 'checked' and said ? c.name and not intake_taken(said, kept, topics) ? c.name
    and said -> c.name is distinct from kept -> c.name
$$;
"""
DROP = "drop function intake_left(jsonb, jsonb, jsonb); drop function intake_taken(jsonb, jsonb, jsonb)"


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_merge_values")]
    operations = [migrations.RunSQL(CREATE, DROP)]
