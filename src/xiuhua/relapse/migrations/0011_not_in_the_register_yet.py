"""What a family asks that the register does not have is taken down by whoever works there: it has its row, owner and days like any other."""

import django.db.models.deletion
from django.db import migrations, models

DOOR = """    if current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
      raise exception 'no such door: an application comes from the page' using errcode = 'insufficient_privilege';
    end if;
    new.came_on := notices_today();
"""
# On paper, by phone, in person: by somebody in a post there, of a day that was; where it lies is the database's to say, as at the page's door.
DOORS = """    if current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
      if new.channel = 'page' or new.source_id is not null or octet_length(new.head_sealed) > 2000 or octet_length(new.said_sealed) > 20000
         or octet_length(new.contact_sealed) > 2000 then
        raise exception 'no such door: an application comes from the page' using errcode = 'insufficient_privilege';
      elsif not exists (select 1 from decisions_holder(new.appointment_id, new.village_code) h
          where h.role in ('village_worker', 'township_office', 'county_office')) then
        raise exception 'not in this post today, or not here' using errcode = 'check_violation';
      elsif not exists (select 1 from places_place p where p.code = new.village_code and p.level = 'village' and p.until is null) then
        raise exception 'no such village' using errcode = 'check_violation';
      elsif new.came_on > notices_today() or new.came_on < notices_today() - 366 then
        raise exception 'it was asked on a day that was' using errcode = 'check_violation';
      end if;
      new.owner_id := relapse_owner(new.village_code);
      new.tied_at := null;
    else
      new.came_on := notices_today();
    end if;
"""
PAGE, CHANNEL = "s.channel <> 'page'", "s.channel <> new.channel"


def forward(apps, schema_editor):
    """The application's guard, read from the database so that the rest of it stays what it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('relapse_application_guard'::regproc)")
        (was,) = cursor.fetchone()
    assert was.count(DOOR) == 1 and was.count(PAGE) == 1, "the application's guard reads otherwise than it did"
    schema_editor.execute(was.replace(DOOR, DOORS).replace(PAGE, CHANNEL), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0010_who_is_gone_and_who_is_to_be_watched"),
        ("accounts", "0003_who_they_are_in_the_register"),
    ]
    operations = [
        migrations.AddField(
            "application",
            "channel",
            models.CharField(max_length=10, choices=[("paper", "书面"), ("phone", "电话（含 12317）"), ("spoken", "当面"), ("page", "网页")], db_default="page"),
        ),
        migrations.AddField("application", "taken_by", models.CharField(blank=True, max_length=200, db_default="")),
        migrations.AddField(
            "application",
            "appointment",
            models.ForeignKey("accounts.Appointment", django.db.models.deletion.PROTECT, null=True, related_name="+"),
        ),
        migrations.AddConstraint(
            "application",
            models.CheckConstraint(
                name="application_came_some_way",
                condition=models.Q(channel="page", appointment__isnull=True, taken_by="")
                | models.Q(channel__in=("paper", "phone", "spoken"), appointment__isnull=False) & ~models.Q(taken_by=""),
            ),
        ),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
