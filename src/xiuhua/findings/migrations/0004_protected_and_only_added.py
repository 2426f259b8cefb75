"""Explanations and moves lie in an area; a move is only added to, an explanation is answered once. A rule's finding is known
by its rule, household, person or year alone: what the register finds and what a file shows is then one row."""

from django.db import migrations

from xiuhua.places.scope import protect

GUARD = """
create function findings_only_added() returns trigger language plpgsql as $$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger findings_move_kept before update or delete on findings_move for each row execute function findings_only_added();
create trigger findings_move_kept_whole before truncate on findings_move for each statement execute function findings_only_added();
create function findings_explanation_guard() returns trigger language plpgsql as $$
declare
  answer text[] := '{accepted,reason,answered_by,answered_post,answered_official_id,answered_at,rests_until}';
begin
  if tg_op = 'DELETE' or old.accepted is not null
     or to_jsonb(new) - answer is distinct from to_jsonb(old) - answer then
    raise exception 'an explanation is given once and answered once' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger findings_explanation_guard before update or delete on findings_explanation
  for each row execute function findings_explanation_guard();
create trigger findings_explanation_kept before truncate on findings_explanation for each statement execute function findings_only_added();
"""

UNGUARD = """
drop trigger findings_explanation_kept on findings_explanation;
drop trigger findings_explanation_guard on findings_explanation;
drop function findings_explanation_guard();
drop trigger findings_move_kept_whole on findings_move;
drop trigger findings_move_kept on findings_move;
drop function findings_only_added();
"""

# Rules of the rulebook have a dot in their name, those of intake have none.
MARK_ANEW = """
update findings_finding set fingerprint = md5(rule || '|' || household_number || '|'
  || case when {of_person} then person_number else '' end || '||' || coalesce(params ->> 'year', ''))
where rule like '%.%';
"""
# Two that were one matter all along: the newer stays, the older is put away as what it is.
PUT_AWAY = """
update findings_finding f set state = 'closed', closed_at = now(), closed_by = '', closed_because = '与另一条是同一件事，已合并'
where f.state <> 'closed' and f.rule like '%.%' and exists (select 1 from findings_finding x where x.id > f.id and x.state <> 'closed'
  and x.place_code = f.place_code and x.rule = f.rule and x.household_number = f.household_number
  and (case when {of_person} then x.person_number = f.person_number else true end)
  and coalesce(x.params ->> 'year', '') = coalesce(f.params ->> 'year', ''));
"""


def mark_anew(apps, schema_editor):
    """Nothing to do in a new installation."""
    from xiuhua.engine import load

    of_person = ", ".join(f"'{rule.id}'" for rule in load().rules.values() if rule.grain == "person")
    with schema_editor.connection.cursor() as cursor:
        for statement in (PUT_AWAY, MARK_ANEW):
            prefix = "f." if statement is PUT_AWAY else ""
            cursor.execute(statement.replace("{of_person}", f"{prefix}rule in ({of_person})"))


class Migration(migrations.Migration):
    dependencies = [("findings", "0003_handed_out_explained_weighed"), ("places", "0002_scope_in_the_database")]
    operations = [
        migrations.RunSQL(*protect("findings_explanation", "place_code")),
        migrations.RunSQL(*protect("findings_move", "place_code")),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunPython(mark_anew, migrations.RunPython.noop),
    ]
