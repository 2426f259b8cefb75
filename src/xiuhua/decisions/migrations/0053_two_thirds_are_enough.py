"""A meeting of exactly two thirds decides: the quorum is a fraction, counted without rounding."""

from django.db import migrations

# Older versions of a procedure wrote two thirds as 67 percent, which refuses 20 of 30; what began with them is counted alike. Of a vote that says
# no quorum all must be there.
LEAST = """
create function decisions_least_present(vote jsonb, entitled int) returns bigint language sql immutable set search_path = public, pg_temp as $$
  select coalesce((entitled::bigint * split_part(q.said, '/', 1)::int + split_part(q.said, '/', 2)::int - 1) / split_part(q.said, '/', 2)::int, entitled)
  from (select coalesce(vote ->> 'quorum', case (vote ->> 'quorum_percent')::int when 67 then '2/3' else (vote ->> 'quorum_percent') || '/100' end) as said) q
$$;
"""
WAS = "(v ->> 'present')::int * 100 < (s #>> '{vote,quorum_percent}')::int * (v ->> 'entitled')::int"
NOW = "(v ->> 'present')::int < decisions_least_present(s -> 'vote', (v ->> 'entitled')::int)"


def forward(apps, schema_editor):
    """The count, read from the database so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('decisions_vote_lacks'::regproc)")
        (was,) = cursor.fetchone()
    assert was.count(WAS) == 1, "the count of a vote reads otherwise than it did"
    schema_editor.execute(was.replace(WAS, NOW), params=None)


class Migration(migrations.Migration):
    dependencies = [("decisions", "0052_years_of_exit_take_two")]
    operations = [
        migrations.RunSQL(LEAST, migrations.RunSQL.noop),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
