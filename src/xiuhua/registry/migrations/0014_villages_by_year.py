"""A village's years, seen within the area only and with their history, and what the contract says of villages and counties."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from xiuhua.places.scope import protect

KEEP = """
create trigger registry_history_kept before update or delete on registry_villageyearevent for each row execute function registry_only_added();
create trigger registry_history_kept_whole before truncate on registry_villageyearevent for each statement execute function registry_only_added();
"""
UNKEEP = """
drop trigger registry_history_kept_whole on registry_villageyearevent;
drop trigger registry_history_kept on registry_villageyearevent;
"""
VIEWS = """
create view rec_village_year with (security_invoker = true) as
  select village_code, year, natural_villages, registered_households, labour_persons, away_persons,
    collective_income_fen, road_hardened, bus_service, life_power_households, production_power, safe_water_households,
    water_difficult_households, dangerous_house_households, broadband, tv_households, clinic, licensed_doctors,
    culture_room, industry, cooperatives, cooperative_households, resident_team, first_secretary,
    seen, seen_on
  from registry_villageyear;
create view rec_county with (security_invoker = true) as
  select c.code as county_code, c.name, r.region, r.poor_county, r.key_county, r.deep_poor_county, r.rural_households, r.rural_persons,
    case when r.id is not null then 'reported' end as seen, r.as_of as seen_on
  from places_place c
  left join lateral (select * from places_countyrecord x where x.county_code = c.code order by x.as_of desc limit 1) r on true
  where c.level = 'county' and c.until is null;
"""
UNVIEW = "drop view rec_county; drop view rec_village_year;"


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0013_history_is_only_added_to'),
        ('places', '0006_counties_say_of_themselves'),
    ]

    operations = [
        migrations.CreateModel(
            name='VillageYearEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('village_code', models.CharField(db_collation='C', max_length=12)),
                ('year', models.PositiveSmallIntegerField()),
                ('brought_by', models.BigIntegerField(null=True)),
                ('changed_by', models.BigIntegerField(null=True)),
                ('natural_villages', models.PositiveIntegerField(null=True)),
                ('registered_households', models.PositiveIntegerField(null=True)),
                ('labour_persons', models.PositiveIntegerField(null=True)),
                ('away_persons', models.PositiveIntegerField(null=True)),
                ('collective_income_fen', models.BigIntegerField(null=True)),
                ('road_hardened', models.BooleanField(null=True)),
                ('bus_service', models.BooleanField(null=True)),
                ('life_power_households', models.PositiveIntegerField(null=True)),
                ('production_power', models.BooleanField(null=True)),
                ('safe_water_households', models.PositiveIntegerField(null=True)),
                ('water_difficult_households', models.PositiveIntegerField(null=True)),
                ('dangerous_house_households', models.PositiveIntegerField(null=True)),
                ('broadband', models.BooleanField(null=True)),
                ('tv_households', models.PositiveIntegerField(null=True)),
                ('clinic', models.BooleanField(null=True)),
                ('licensed_doctors', models.PositiveIntegerField(null=True)),
                ('culture_room', models.BooleanField(null=True)),
                ('industry', models.BooleanField(null=True)),
                ('cooperatives', models.PositiveIntegerField(null=True)),
                ('cooperative_households', models.PositiveIntegerField(null=True)),
                ('resident_team', models.BooleanField(null=True)),
                ('first_secretary', models.BooleanField(null=True)),
                ('seen', models.CharField(choices=[('reported', '据表'), ('checked', '已核')], max_length=10, null=True)),
                ('seen_on', models.DateField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='VillageYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('village_code', models.CharField(db_collation='C', max_length=12)),
                ('year', models.PositiveSmallIntegerField()),
                ('brought_by', models.BigIntegerField(null=True)),
                ('changed_by', models.BigIntegerField(null=True)),
                ('natural_villages', models.PositiveIntegerField(null=True)),
                ('registered_households', models.PositiveIntegerField(null=True)),
                ('labour_persons', models.PositiveIntegerField(null=True)),
                ('away_persons', models.PositiveIntegerField(null=True)),
                ('collective_income_fen', models.BigIntegerField(null=True)),
                ('road_hardened', models.BooleanField(null=True)),
                ('bus_service', models.BooleanField(null=True)),
                ('life_power_households', models.PositiveIntegerField(null=True)),
                ('production_power', models.BooleanField(null=True)),
                ('safe_water_households', models.PositiveIntegerField(null=True)),
                ('water_difficult_households', models.PositiveIntegerField(null=True)),
                ('dangerous_house_households', models.PositiveIntegerField(null=True)),
                ('broadband', models.BooleanField(null=True)),
                ('tv_households', models.PositiveIntegerField(null=True)),
                ('clinic', models.BooleanField(null=True)),
                ('licensed_doctors', models.PositiveIntegerField(null=True)),
                ('culture_room', models.BooleanField(null=True)),
                ('industry', models.BooleanField(null=True)),
                ('cooperatives', models.PositiveIntegerField(null=True)),
                ('cooperative_households', models.PositiveIntegerField(null=True)),
                ('resident_team', models.BooleanField(null=True)),
                ('first_secretary', models.BooleanField(null=True)),
                ('seen', models.CharField(choices=[('reported', '据表'), ('checked', '已核')], max_length=10, null=True)),
                ('seen_on', models.DateField(null=True)),
            ],
            options={
                'ordering': ['village_code', 'year'],
                'constraints': [models.UniqueConstraint(fields=('village_code', 'year'), name='one_village_year')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='villageyear',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "registry_villageyearevent" ("away_persons", "broadband", "brought_by", "bus_service", "changed_by", "clinic", "collective_income_fen", "cooperative_households", "cooperatives", "culture_room", "dangerous_house_households", "first_secretary", "id", "industry", "labour_persons", "licensed_doctors", "life_power_households", "natural_villages", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "production_power", "registered_households", "resident_team", "road_hardened", "safe_water_households", "seen", "seen_on", "tv_households", "village_code", "water_difficult_households", "year") SELECT old_values."away_persons", old_values."broadband", old_values."brought_by", old_values."bus_service", old_values."changed_by", old_values."clinic", old_values."collective_income_fen", old_values."cooperative_households", old_values."cooperatives", old_values."culture_room", old_values."dangerous_house_households", old_values."first_secretary", old_values."id", old_values."industry", old_values."labour_persons", old_values."licensed_doctors", old_values."life_power_households", old_values."natural_villages", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', old_values."id", old_values."production_power", old_values."registered_households", old_values."resident_team", old_values."road_hardened", old_values."safe_water_households", old_values."seen", old_values."seen_on", old_values."tv_households", old_values."village_code", old_values."water_difficult_households", old_values."year" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='508cf2d07a04902dde2e2016bafe72a25aab9985', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_changed_update_84d1f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='registry_villageyear', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='villageyear',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "registry_villageyearevent" ("away_persons", "broadband", "brought_by", "bus_service", "changed_by", "clinic", "collective_income_fen", "cooperative_households", "cooperatives", "culture_room", "dangerous_house_households", "first_secretary", "id", "industry", "labour_persons", "licensed_doctors", "life_power_households", "natural_villages", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "production_power", "registered_households", "resident_team", "road_hardened", "safe_water_households", "seen", "seen_on", "tv_households", "village_code", "water_difficult_households", "year") SELECT old_values."away_persons", old_values."broadband", old_values."brought_by", old_values."bus_service", old_values."changed_by", old_values."clinic", old_values."collective_income_fen", old_values."cooperative_households", old_values."cooperatives", old_values."culture_room", old_values."dangerous_house_households", old_values."first_secretary", old_values."id", old_values."industry", old_values."labour_persons", old_values."licensed_doctors", old_values."life_power_households", old_values."natural_villages", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', old_values."id", old_values."production_power", old_values."registered_households", old_values."resident_team", old_values."road_hardened", old_values."safe_water_households", old_values."seen", old_values."seen_on", old_values."tv_households", old_values."village_code", old_values."water_difficult_households", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0ca2ec04f4de370829dcbb8e7bc1dfcc4214a24c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_removed_delete_0f455', referencing='REFERENCING OLD TABLE AS old_values ', table='registry_villageyear', when='AFTER')),
        ),
        migrations.AddField(
            model_name='villageyearevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='registry.villageyear'),
        ),
        migrations.RunSQL(*protect("registry_villageyear")),
        migrations.RunSQL(*protect("registry_villageyearevent", history=True)),
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(VIEWS, UNVIEW),
    ]
