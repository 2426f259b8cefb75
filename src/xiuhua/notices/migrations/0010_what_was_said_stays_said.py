"""An objection's words stay as they came; its answer holds no number that is somebody's; one that came in time is taken down later too."""

from django.db import migrations

SEALED = " - 'who_sealed' - 'said_sealed'"
HANGS = "n.taken_down_on is not null or new.answered_at is not null"
# What came while the notice hung is heard as long as its step is not done: nobody's objection is lost because a clerk was slow.
CAME = """n.taken_down_on is not null and (new.came_on < n.hung_on or new.came_on > n.taken_down_on or notices_is_over(n.reference))
       or new.answered_at is not null"""

ANSWERED = r"""
create function notices_answer_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if normalize(new.answer, NFKC) ~ '\d{7}|(?<!\d)\d{3,4}([ -]\d{4}){2}|(?<!\d)\d{6} ?\d{4}' then
    raise exception 'an answer holds a number that may be somebody''s' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger notices_answer_guard before update on notices_objection for each row
  when (old.answered_at is null and new.answered_at is not null) execute function notices_answer_guard();
"""


def forward(apps, schema_editor):
    """The guard with these two things changed: read from the database, so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('notices_objection_guard'::regproc)")
        (was,) = cursor.fetchone()
    assert was.count(SEALED) == 2 and was.count(HANGS) == 1, was
    schema_editor.execute(was.replace(SEALED, "").replace(HANGS, CAME), params=None)


class Migration(migrations.Migration):
    dependencies = [("notices", "0009_who_hung_it")]
    operations = [
        migrations.RunPython(forward, migrations.RunPython.noop),
        migrations.RunSQL(ANSWERED, migrations.RunSQL.noop),
    ]
