"""Who was there and who says what it comes to is asked of the posts and of kin; help alone ends no clue; a clue goes along abroad."""

import django.db.models.deletion
from django.db import migrations, models

ACTS = """
-- Who acts: holds a post of these here today, and is no kin of the household, nor is anybody they stand in for.
create function relapse_acts(appointment bigint, code text, home bigint, roles text[], out who bigint, out stands bigint, out both_of bigint[])
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare h record;
begin
  if not exists (select 1 from registry_household x where x.id = home and x.village_code = code and code >= places_scope_lo() and code < places_scope_hi()) then
    raise exception 'no such household here' using errcode = 'check_violation';
  end if;
  select * into h from decisions_holder(appointment, code);
  if h.who is null then
    raise exception 'not in this post today, or not here' using errcode = 'check_violation';
  elsif not (h.role = any (roles)) then
    raise exception 'this post does not do this' using errcode = 'check_violation';
  end if;
  who := h.who;
  stands := h.stands;
  both_of := decisions_all_of(who, stands);
  if decisions_are_kin(both_of, home) then
    raise exception 'nobody decides on their own kin' using errcode = 'check_violation';
  end if;
end $$;
"""

CLUE = """
create or replace function relapse_clue_guard() returns trigger language plpgsql as $$
declare s relapse_sheet; acts record; may_change text[] := array['village_code', 'owner_id', 'end', 'ended_on', 'end_reason', 'ended_by', 'ended_official_id', 'ended_appointment_id', 'proceeding_id'];
begin
  if tg_op = 'DELETE' then
    raise exception 'a clue stays on record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'INSERT' then
    if new."end" <> '' or new.came_on > notices_today() or new.came_on < notices_today() - 366 or new.check_days < 1 or new.whole_days < 1 then
      raise exception 'a clue begins open, on a day that was' using errcode = 'check_violation';
    end if;
    new.check_due_on := notices_due(new.came_on, new.check_days, 'calendar');
    new.due_on := notices_due(new.came_on, new.whole_days, 'working');
    new.recorded_at := now();
    return new;
  end if;
  if to_jsonb(new) - may_change <> to_jsonb(old) - may_change then
    raise exception 'what a clue says is not changed' using errcode = 'insufficient_privilege';
  end if;
  if new.village_code <> old.village_code and current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
    raise exception 'a clue lies where its household lives' using errcode = 'insufficient_privilege';
  end if;
  if old."end" <> '' then
    if to_jsonb(new) - 'village_code' <> to_jsonb(old) - 'village_code' then
      raise exception 'a clue ends once' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new."end" = '' then
    return new;
  end if;
  if new.ended_on <> notices_today() then
    raise exception 'a clue ends today' using errcode = 'check_violation';
  end if;
  if new."end" = 'moved' then
    -- Goes on where the household went: only the move itself says so.
    if current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
      raise exception 'a clue moves with its household' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end if;
  -- Who ends it follows from the post, not from what is written; a deputy is held with whoever they stand in for.
  select * into acts from relapse_acts(new.ended_appointment_id, new.village_code, new.household_id,
    case new."end" when 'proceeding' then array['village_worker', 'township_office', 'county_office'] else array['township_office', 'county_office'] end);
  new.ended_official_id := acts.who;
  if new."end" = 'proceeding' then
    if not exists (select 1 from decisions_proceeding p join decisions_procedure d on d.id = p.procedure_id
        where p.id = new.proceeding_id and p.household_id = new.household_id and d.definition ->> 'direction' = 'entering'
          and (p.course = 'open' or (p.begun_at at time zone 'Asia/Shanghai')::date >= new.came_on)) then
      raise exception 'no such proceeding of this household' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new."end" = 'helped' and not exists (
      select 1 from relapse_relief r where r.household_id = new.household_id and r.given_on >= new.came_on) then
    raise exception 'no help was recorded' using errcode = 'check_violation';
  end if;
  -- Somebody was there and heard the household since the last saying; somebody else says what it comes to.
  select * into s from relapse_sheet x where x.clue_id = new.id order by x.id desc limit 1;
  if s.id is null then
    raise exception 'the household was not heard' using errcode = 'check_violation';
  elsif exists (select 1 from relapse_cluesource c where c.clue_id = new.id and c.at > s.at) then
    raise exception 'something was said since the visit' using errcode = 'check_violation';
  elsif acts.both_of && array[s.official_id, s.deputises_id] then
    raise exception 'whoever was there does not end it alone' using errcode = 'check_violation';
  end if;
  -- As no risk, everything asked is known.
  if new."end" = 'no_risk' and (s.judgement <> 'no_risk' or s.net_income_fen is null or s.medical_own_fen is null or s.education_own_fen is null
       or s.disaster_own_fen is null or s.other_spending_fen is null or s.food_clothing is null or s.schooling is null or s.medical is null
       or s.house is null or s.water is null) then
    raise exception 'not known is not no risk' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""

OTHERS = """
create or replace function relapse_sheet_guard() returns trigger language plpgsql as $$
declare acts record;
begin
  if new.visited_on > notices_today() or new.visited_on < notices_today() - 60 then
    raise exception 'a visit is recorded when it was made' using errcode = 'check_violation';
  end if;
  if new.clue_id is not null and not exists (select 1 from relapse_clue c where c.id = new.clue_id and c.household_id = new.household_id and c."end" = '') then
    raise exception 'no such open clue of this household' using errcode = 'check_violation';
  end if;
  if new.proceeding_id is not null and not exists (
      select 1 from decisions_proceeding p where p.id = new.proceeding_id and p.household_id = new.household_id and p.course = 'open') then
    raise exception 'no such open proceeding of this household' using errcode = 'check_violation';
  end if;
  select * into acts from relapse_acts(new.appointment_id, new.village_code, new.household_id, array['village_worker', 'township_office', 'county_office']);
  new.official_id := acts.who;
  new.deputises_id := acts.stands;
  new.at := clock_timestamp();
  return new;
end $$;
create or replace function relapse_assessment_guard() returns trigger language plpgsql as $$
declare acts record;
begin
  if new.year not between extract(year from notices_today())::int - 1 and extract(year from notices_today())::int or new.assessed_on <> notices_today()
     or decisions_status_of(new.household_id) <> 'exited' then
    raise exception 'a household that left poverty is judged in its year' using errcode = 'check_violation';
  end if;
  select * into acts from relapse_acts(new.appointment_id, new.village_code, new.household_id, array['village_worker', 'township_office', 'county_office']);
  new.official_id := acts.who;
  new.deputises_id := acts.stands;
  new.at := now();
  return new;
end $$;
"""

# A household that goes to another county begins anew there, with its statuses (registry): what is open on it goes on there too.
ALONG = """
create function relapse_goes_along() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare there registry_household; c relapse_clue; made bigint;
begin
  select * into there from registry_household h
  where h.begun_by_case = new.ended_by_case and h.village_code = new.moved_to_code and h.moved_from_code = new.village_code and h.ended_on is null
  order by h.id desc limit 1;
  select * into c from relapse_clue x where x.household_id = new.id and x."end" = '' for update;
  if c.id is null or there.id is null then
    return null;
  end if;
  insert into relapse_clue (household_id, village_code, came_on, check_days, whole_days, check_due_on, due_on, owner_id, recorded_at, "end", end_reason, ended_by)
  values (there.id, there.village_code, greatest(c.came_on, notices_today() - 366), c.check_days, c.whole_days, c.check_due_on, c.due_on, coalesce(
    (select min(p.id) from accounts_post p join accounts_appointment a on a.post_id = p.id and a.until is null
      where p.role = 'village_worker' and p.place_code = there.village_code),
    (select min(p.id) from accounts_post p where p.role = 'village_worker' and p.place_code = there.village_code),
    (select min(p.id) from accounts_post p where p.role = 'township_office' and p.place_code = left(there.village_code, 9)),
    (select min(p.id) from accounts_post p where p.role = 'county_office' and p.place_code = left(there.village_code, 6))), now(), '', '', '')
  returning id into made;
  -- The row of a list stays with the county it was given to.
  insert into relapse_cluesource (clue_id, household_id, village_code, origin, channel, risk, said, told_by, rule, list_kind, hit, mark, came_on, by, post, at)
  select made, there.id, there.village_code, s.origin, s.channel, s.risk, s.said, s.told_by, s.rule, s.list_kind, null, s.mark, s.came_on, s.by, s.post, now()
  from relapse_cluesource s where s.clue_id = c.id order by s.id;
  update relapse_clue set "end" = 'moved', ended_on = notices_today(), end_reason = '随户迁出' where id = c.id;
  return null;
end $$;
create trigger relapse_goes_along after update of ended_on on registry_household for each row
  when (old.ended_on is null and new.ended_on is not null and new.ended_because = 'moved' and new.moved_to_code <> '')
  execute function relapse_goes_along();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("relapse", "0002_clues_end_in_something"),
        ("accounts", "0002_tokens_for_programs"),
        ("registry", "0019_causes_and_incomes_not_known_are_tallied"),
        ("decisions", "0015_what_ends_is_let_go"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='clue',
            name='clue_ends_whole',
        ),
        migrations.RemoveConstraint(
            model_name='cluesource',
            name='said_once',
        ),
        migrations.AddField(
            model_name='assessment',
            name='appointment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.appointment'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='deputises',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.official'),
        ),
        migrations.AddField(
            model_name='clue',
            name='ended_appointment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.appointment'),
        ),
        migrations.AddField(
            model_name='sheet',
            name='appointment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.appointment'),
        ),
        migrations.AddField(
            model_name='sheet',
            name='deputises',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.official'),
        ),
        migrations.AlterField(
            model_name='clue',
            name='end',
            field=models.CharField(blank=True, choices=[('proceeding', '转入识别程序'), ('helped', '已帮扶解决'), ('no_risk', '没有风险'), ('moved', '随户迁出，由迁入地接办')], default='', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='clue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('ended_official__isnull', True), ('ended_on__isnull', True), ('proceeding__isnull', True)), models.Q(('end', 'proceeding'), ('ended_official__isnull', False), ('ended_on__isnull', False), ('proceeding__isnull', False)), models.Q(('end__in', ('helped', 'no_risk')), ('ended_official__isnull', False), ('ended_on__isnull', False), models.Q(('end_reason', ''), _negated=True)), models.Q(('end', 'moved'), ('ended_official__isnull', True), ('ended_on__isnull', False)), _connector='OR'), name='clue_ends_whole'),
        ),
        migrations.AddConstraint(
            model_name='cluesource',
            constraint=models.UniqueConstraint(condition=models.Q(('mark', ''), _negated=True), fields=('clue', 'mark'), name='said_once'),
        ),
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (ACTS, CLUE, OTHERS, ALONG)),
    ]
