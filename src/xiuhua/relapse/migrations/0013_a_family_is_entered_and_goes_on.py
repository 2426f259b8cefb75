"""A family that the register does not have is entered on the roll from its application, which goes on to it in the moment in which that is
decided; and whoever asked reads that it was taken back in the family's name, which goes on all the same."""

import django.db.models.deletion
from django.db import migrations, models

MAY = "may_change text[] := array['owner_id', 'source_id', 'tied_by', 'tied_at'];"
MAY_TOO = "may_change text[] := array['owner_id', 'source_id', 'tied_by', 'tied_at', 'registration_id'];"
TIED = "  if new.source_id is distinct from old.source_id then"
# One entry at a time: of this county, proposed now, and another only once the one before came to nothing.
ENTERED = """  if new.registration_id is distinct from old.registration_id and not (
      exists (select 1 from decisions_case c where c.id = new.registration_id and c.kind = 'household_begins' and c.state = 'pending'
        and left(c.place_code, 6) = left(new.village_code, 6))
      and not exists (select 1 from decisions_case c where c.id = old.registration_id and c.state not in ('refused', 'withdrawn', 'undone'))
      and not exists (select 1 from relapse_cluesource x join registry_household h on h.id = x.household_id where x.id = old.source_id and h.ended_on is null)) then
    raise exception 'its family is being entered already, or is there' using errcode = 'check_violation';
  end if;
"""

# After decisions_step_household_begins, which asks whether it was entered at all.
GOES_ON = """
create function relapse_step_goes_on() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.act = 'accepted' and exists (select 1 from relapse_application a left join relapse_cluesource s on s.id = a.source_id
      left join registry_household h on h.id = s.household_id where a.registration_id = new.case_id and h.begun_by_case is distinct from new.case_id) then
    raise exception 'what the family asked goes on with its entry' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger relapse_step_goes_on before insert on decisions_casestep for each row execute function relapse_step_goes_on();
"""

# Taken back in its name it goes on as a clue of the old days (0008): what comes of that one is the answer.
CLOSED = """    ended := case c."end" when 'proceeding' then (select p.closed_on from decisions_proceeding p where p.id = c.proceeding_id)"""
ANSWERED = "    stands := case when ended is null then 'handled' else 'answered' end;"
TAKEN_BACK = """    stands := case when ended is null then 'handled'
      when c."end" = 'proceeding' and exists (select 1 from decisions_proceeding p where p.id = c.proceeding_id and p.course = 'withdrawn') then 'taken_back'
      else 'answered' end;"""
OPEN = """  if c."end" = '' then"""
FOLLOWED = """  for hop in 1 .. 20 loop
    exit when c."end" <> 'proceeding' or not exists (select 1 from decisions_proceeding p where p.id = c.proceeding_id and p.course = 'withdrawn');
    select y.* into n from relapse_clue y where y.household_id = c.household_id and y.id > c.id order by y.id limit 1;
    -- While nobody has done anything of the one that goes on, what there is to tell is that it was taken back.
    exit when n.id is null or n."end" = '' and not exists (select 1 from relapse_sheet x where x.clue_id = n.id);
    c := n;
  end loop;
"""


def forward(apps, schema_editor):
    """Two functions with a sentence more each: read from the database, so that the rest of them stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('relapse_application_guard'::regproc), pg_get_functiondef('relapse_standing'::regproc)")
        guard, standing = cursor.fetchone()
    assert guard.count(MAY) == 1 and guard.count(TIED) == 1, "the application's guard reads otherwise than it did"
    assert standing.count(CLOSED) == 1 and standing.count(ANSWERED) == 1 and standing.count(OPEN) == 1, "how it stands reads otherwise than it did"
    schema_editor.execute(guard.replace(MAY, MAY_TOO).replace(TIED, ENTERED + TIED), params=None)
    schema_editor.execute(standing.replace(ANSWERED, TAKEN_BACK).replace(OPEN, FOLLOWED + OPEN), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0048_who_is_entered_and_who_is_told"),
        ("relapse", "0012_help_is_on_record_or_not"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="registration",
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="decisions.case"),
        ),
        migrations.RunSQL(GOES_ON, "drop trigger relapse_step_goes_on on decisions_casestep; drop function relapse_step_goes_on();"),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
