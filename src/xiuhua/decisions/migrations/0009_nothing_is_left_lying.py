"""What follows: a day by which a step is due, a proceeding that lapses, one that its household withdraws, and an appeal."""

import django.db.models.deletion
from django.db import migrations, models

from xiuhua.places.scope import protect

DAYS = """
-- How many days a rule of days gives at a place: the nearest place that set its own, else the nation's; null where nobody did.
create function decisions_days(said jsonb, place text) returns int language sql stable as $$
  select coalesce((select x.value::int from jsonb_each_text(coalesce(said -> 'most_at', '{}')) x where left(place, length(x.key)) = x.key
    order by length(x.key) desc limit 1), (said ->> 'most')::int)
$$;
"""

# The clock of a step runs from the end of the step it names, else from its own beginning; it does not begin anew when a step is
# sent back behind the one it names.
MOVES = """
create function decisions_due_on(c decisions_proceeding, was text) returns date language plpgsql stable security definer set search_path = public as $$
declare days jsonb; n int; start date;
begin
  select x -> 'days' into days from decisions_procedure p, jsonb_array_elements(p.definition -> 'steps') x where p.id = c.procedure_id and x ->> 'id' = c.at_step;
  n := decisions_days(days, c.place_code);
  if n is null or c.course <> 'open' then
    return null;
  end if;
  start := c.step_since;
  if days ->> 'since' is not null and days ->> 'since' <> was then
    select coalesce(max((x.at at time zone 'Asia/Shanghai')::date), start) into start
    from decisions_signature x where x.proceeding_id = c.id and x.step = days ->> 'since' and x.sign = 'signed';
  end if;
  return notices_due(start, n, days ->> 'count');
end $$;
create function decisions_proceeding_moves() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.begun_at := decisions_now();
    new.due_on := decisions_due_on(new, '');
    new.closed_on := null;
  else
    new.closed_on := case when new.course = 'open' then null when old.course = 'open' then notices_today() else old.closed_on end;
    if new.at_step <> old.at_step or new.round <> old.round or new.course <> old.course then
      new.due_on := decisions_due_on(new, old.at_step);
    end if;
  end if;
  return new;
end $$;
-- After the guard, whose name comes before: triggers run in the order of their names.
create trigger decisions_proceeding_moves before insert or update on decisions_proceeding for each row execute function decisions_proceeding_moves();
create or replace function decisions_brought_guard() returns trigger language plpgsql as $$
declare c decisions_proceeding;
begin
  select * into c from decisions_proceeding where id = new.proceeding_id for update;
  if c.id is null or c.place_code <> new.place_code or c.course <> 'open' or new.step <> c.at_step then
    raise exception 'this belongs to the step that the proceeding is at' using errcode = 'check_violation';
  end if;
  new.round := c.round;
  new.at := decisions_now();
  return new;
end $$;
"""

# What lies too long at one step ends by itself, before it took effect: evidence grows old. Never what somebody applied for:
# the reader of the rulebook refuses a procedure of entering that lapses, and so does this.
LAPSES = """
create function decisions_lies_too_long(wanted bigint) returns boolean language sql stable set search_path = public as $$
  select c.course = 'open' and c.effect_on is null and p.definition ->> 'direction' <> 'entering'
    and notices_today() > notices_due(c.step_since, decisions_days(p.definition -> 'lapses', c.place_code), p.definition #>> '{lapses,count}')
  from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id
  where c.id = wanted and c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()
    and decisions_days(p.definition -> 'lapses', c.place_code) is not null
$$;
create function decisions_lapse(wanted bigint) returns boolean language plpgsql security definer set search_path = public as $$
begin
  perform 1 from decisions_proceeding where id = wanted for update;
  if coalesce(decisions_lies_too_long(wanted), false) then
    update decisions_proceeding set course = 'lapsed' where id = wanted;
    return true;
  end if;
  return false;
end $$;
"""

APPEALED = """
create function decisions_appeal_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  c decisions_proceeding; d jsonb; n int; base date; who bigint; behind bigint; both_of bigint[]; place text; role text;
begin
  if tg_op = 'DELETE' then
    raise exception 'an appeal stays on record' using errcode = 'insufficient_privilege';
  end if;
  select * into c from decisions_proceeding where id = new.proceeding_id for update;
  if c.id is null or c.place_code <> new.place_code or not (c.place_code >= places_scope_lo() and c.place_code < places_scope_hi()) then
    raise exception 'no such proceeding here' using errcode = 'check_violation';
  end if;
  select definition into d from decisions_procedure where id = c.procedure_id;
  if tg_op = 'INSERT' then
    n := decisions_days(d -> 'appeal', c.place_code);
    base := case when c.course = 'refused' then c.closed_on when d ->> 'direction' = 'leaving' then c.effect_on end;
    if n is null or base is null or new.answered_at is not null or new.upheld is not null or btrim(new.said) = '' then
      raise exception 'nothing here is appealed against' using errcode = 'check_violation';
    elsif new.came_on > notices_today() or new.came_on < base or new.came_on > notices_due(base, n, 'calendar') then
      raise exception 'the days of an appeal are over' using errcode = 'check_violation';
    end if;
    new.round := c.round;
    new.taken_at := decisions_now();
    return new;
  end if;
  if to_jsonb(new) - 'upheld' - 'answer' - 'answered_by' - 'answered_appointment_id' - 'answered_at'
       <> to_jsonb(old) - 'upheld' - 'answer' - 'answered_by' - 'answered_appointment_id' - 'answered_at' or old.answered_at is not null then
    raise exception 'an appeal is decided once' using errcode = 'insufficient_privilege';
  elsif new.upheld is null or btrim(new.answer) = '' then
    raise exception 'an appeal is decided with its reasons' using errcode = 'check_violation';
  end if;
  select a.official_id, x.official_id, p.place_code, p.role into who, behind, place, role
  from accounts_appointment a join accounts_post p on p.id = a.post_id left join accounts_appointment x on x.id = a.deputy_for_id
  where a.id = new.answered_appointment_id and a.since <= notices_today() and (a.until is null or a.until >= notices_today())
    and (x.id is null or (x.since <= notices_today() and (x.until is null or x.until >= notices_today())));
  both_of := array_remove(array[who, behind], null);
  if who is null or left(c.place_code, length(place)) <> place or not (case d #>> '{appeal,level}'
      when 'township' then role = 'township_office' and length(place) = 9 when 'county' then role = 'county_office' and length(place) = 6
      when 'city' then role = 'higher_office' and length(place) = 4 when 'province' then role = 'higher_office' and length(place) = 2 else false end) then
    raise exception 'this appeal is decided elsewhere' using errcode = 'check_violation';
  elsif new.taken_official_id = any (both_of) or exists (select 1 from decisions_signature x where x.proceeding_id = c.id
      and (x.official_id = any (both_of) or x.deputises_id = any (both_of))) then
    raise exception 'whoever had a part in it does not judge it' using errcode = 'check_violation';
  elsif exists (select 1 from decisions_kin k where k.official_id = any (both_of) and k.household_id = c.household_id and (k.until is null or k.until >= notices_today())) then
    raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
  end if;
  new.answered_at := decisions_now();
  return new;
end $$;
create trigger decisions_appeal_guard before insert or update or delete on decisions_appeal for each row execute function decisions_appeal_guard();
create trigger decisions_appeal_kept_whole before truncate on decisions_appeal for each statement execute function decisions_only_added();
-- What an appeal that was upheld leads to, once it says so itself.
create function decisions_appeal_follows() returns trigger language plpgsql security definer set search_path = public as $$
declare c decisions_proceeding; refused text; before text;
begin
  if not new.upheld then
    return null;
  end if;
  select * into c from decisions_proceeding where id = new.proceeding_id;
  if c.course = 'refused' then
    -- Done anew from where it was refused, unless the household has begun again meanwhile.
    if not exists (select 1 from decisions_proceeding x where x.kind = c.kind and x.household_id = c.household_id and x.course = 'open') then
      select x.step into refused from decisions_signature x where x.proceeding_id = c.id and x.sign = 'no' order by x.number desc limit 1;
      update decisions_proceeding set course = 'open', at_step = refused, round = round + 1, step_since = notices_today() where id = c.id;
    end if;
  elsif c.household_id is not null and c.effect_status <> '' then
    -- What this proceeding took is given back, while nothing newer stands on it.
    if (select s.case_number from registry_statusentry s where s.household_id = c.household_id order by s.id desc limit 1) <> 'P' || c.id then
      raise exception 'its status has changed since' using errcode = 'check_violation';
    end if;
    select s.status into before from registry_statusentry s where s.household_id = c.household_id order by s.id desc offset 1 limit 1;
    if before is not null then
      insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
      values (c.household_id, c.place_code, before, notices_today(), 'case', 'A' || new.id, decisions_now(), new.answered_by);
      perform decisions_kind_follows(c.household_id, before);
    end if;
    update decisions_proceeding set course = 'ended' where id = c.id and course = 'open';
  end if;
  return null;
end $$;
create trigger decisions_appeal_follows after update on decisions_appeal for each row when (old.upheld is null and new.upheld is not null) execute function decisions_appeal_follows();
create or replace function decisions_overruled(c decisions_proceeding, people bigint[]) returns boolean language sql stable set search_path = public as $$
  select exists (select 1 from decisions_appeal a where a.proceeding_id = c.id and a.upheld and a.round < c.round)
    and exists (select 1 from decisions_signature x where x.proceeding_id = c.id and x.step = c.at_step and x.sign = 'no' and x.round < c.round
      and (x.official_id = any (people) or x.deputises_id = any (people)))
$$;
"""

STATUS = """
create or replace function registry_status_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare
  opened registry_opening;
  home text;
begin
  select village_code into home from registry_household where id = new.household_id;
  if home is distinct from new.village_code then
    raise exception 'a status lies where its household lives' using errcode = 'check_violation';
  end if;
  if new.basis = 'moved' then
    -- The move's own door answers its transfer after it wrote these rows; before and afterwards nobody else can.
    if not exists (select 1 from decisions_transfer t join decisions_casestep s on s.case_id = t.case_number and s.act = 'received'
        where t.case_number::text = new.case_number and left(new.village_code, length(t.place_code)) = t.place_code and t.household is null) then
      raise exception 'no move was received: a status changes only through a procedure' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.basis = 'case' then
    -- Its proceeding has just taken effect and said so before it wrote this row; where it is, only its signatures say. Or an
    -- appeal against it was upheld, and gives back what stood before.
    if not exists (select 1 from decisions_proceeding p where 'P' || p.id = new.case_number and p.household_id = new.household_id
        and p.effect_status = new.status and p.effect_on = new.since)
       and not exists (select 1 from decisions_appeal a join decisions_proceeding p on p.id = a.proceeding_id
         join registry_statusentry e on e.case_number = 'P' || p.id and e.household_id = p.household_id
         where 'A' || a.id = new.case_number and a.upheld and p.household_id = new.household_id and new.since = notices_today()
           and new.status = (select b.status from registry_statusentry b where b.household_id = p.household_id and b.id < e.id order by b.id desc limit 1))
       or exists (select 1 from registry_statusentry e where e.case_number = new.case_number and e.household_id = new.household_id) then
      raise exception 'no approved case: a status changes only through a procedure' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  select * into opened from registry_opening where id = new.opening_id for share;
  if opened.closed_at is not null then
    raise exception 'the opening is closed: statuses change only through a procedure' using errcode = 'check_violation';
  end if;
  if left(new.village_code, 6) <> opened.county_code then
    raise exception 'the opening is another county''s' using errcode = 'check_violation';
  end if;
  if exists (select 1 from registry_statusentry where household_id = new.household_id) then
    raise exception 'the household has a status already' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_tokens_for_programs"),
        ("decisions", "0008_watching_takes_effect"),
        ("registry", "0016_exits_are_tallied"),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=12)),
                ('round', models.PositiveSmallIntegerField()),
                ('channel', models.CharField(choices=[('paper', '书面'), ('phone', '电话'), ('spoken', '当面'), ('page', '网页')], max_length=10)),
                ('came_on', models.DateField()),
                ('said', models.CharField(max_length=1000)),
                ('taken_by', models.CharField(max_length=200)),
                ('taken_at', models.DateTimeField()),
                ('upheld', models.BooleanField(null=True)),
                ('answer', models.CharField(blank=True, max_length=400)),
                ('answered_by', models.CharField(blank=True, max_length=200)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='proceeding',
            name='closed_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='proceeding',
            name='due_on',
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name='proceeding',
            index=models.Index(condition=models.Q(('course', 'open')), fields=['place_code', 'due_on'], name='proceeding_due'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='answered_appointment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.appointment'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='proceeding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='decisions.proceeding'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='taken_official',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.official'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(fields=['place_code', 'answered_at'], name='appeal_place'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(fields=('proceeding', 'round'), name='one_appeal_a_round'),
        ),
        migrations.RunSQL(*protect("decisions_appeal", "place_code")),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (DAYS, MOVES, LAPSES, APPEALED, STATUS)),
    ]
