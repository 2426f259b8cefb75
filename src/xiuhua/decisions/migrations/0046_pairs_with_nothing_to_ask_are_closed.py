"""A pair one side of which died, left or ended asks nothing any more, wherever it lies: it is closed, and open again when what closed it
is undone. And a case keeps the pair that it was decided from, also when it is corrected."""

from django.db import migrations

MOOT = """
-- Whether the register had a side's person in that household and has them there no more. What only a file says is not gone.
create function decisions_side_gone(side jsonb, county text) returns boolean language sql stable set search_path = public, pg_temp as $$
  with homes as (
    select m.until from registry_membership m join registry_household h on h.id = m.household_id join registry_person p on p.id = m.person_id
    where h.county_code = county and h.number = side ->> 'household' and case when side ->> 'person_id' is not null
      then p.id = (side ->> 'person_id')::bigint else p.county_code = county and p.number = nullif(side ->> 'person', '') end)
  select not exists (select 1 from homes where until is null) and (side ->> 'person_id' is not null or exists (select 1 from homes))
$$;
-- Of a person whom a file has in two households the row is still to be sent back; of a number of two people the other's is still in doubt.
create function decisions_pair_moot(q decisions_pair) returns boolean language sql stable set search_path = public, pg_temp as $$
  select case
    when q.kind = 'household_moved' then not exists (select 1 from registry_household h where h.county_code = q.county_code
      and h.number = q."left" ->> 'household' and h.ended_on is null and h.village_code = q."left" ->> 'village')
    when q.kind in ('person_moved', 'id_changed', 'release_asked') then decisions_side_gone(q."left", q.county_code)
    when q.kind = 'may_be_same' then decisions_side_gone(q."left", q.county_code) or decisions_side_gone(q."right", q.county_code)
    when q.kind in ('same_person', 'id_twice') then (
      select l and r or q.kind = 'same_person' and (l and q."left" #>> '{source,where}' = 'register' or r and q."right" #>> '{source,where}' = 'register')
      from (select decisions_side_gone(q."left", q.county_code) as l, decisions_side_gone(q."right", q.county_code) as r) x)
    else false end
$$;
create function decisions_pairs_close(wanted bigint[], because text) returns setof bigint
language sql volatile security definer set search_path = public, pg_temp as $$
  update decisions_pair q set state = 'gone', answer = '', reason = left(because, 400)
  where q.state = 'open'
    and (q.case_id is null or exists (select 1 from decisions_case c where c.id = q.case_id and c.state in ('refused', 'withdrawn', 'undone')))
    and (wanted is null and q.place_code >= places_scope_lo() and q.place_code < places_scope_hi()
      or exists (select 1 from registry_household h where h.id = any (wanted) and h.county_code = q.county_code
        and h.village_code >= places_scope_lo() and h.village_code < places_scope_hi()
        and h.number in (q."left" ->> 'household', q."right" ->> 'household')))
    and decisions_pair_moot(q)
  returning q.id
$$;
create function decisions_pairs_open_again(wanted bigint[], because text) returns setof bigint
language sql volatile security definer set search_path = public, pg_temp as $$
  update decisions_pair q set state = 'open', reason = ''
  where q.state = 'gone' and q.reason = left(because, 400) and not decisions_pair_moot(q)
    and exists (select 1 from registry_household h where h.id = any (wanted) and h.county_code = q.county_code
      and h.village_code >= places_scope_lo() and h.village_code < places_scope_hi()
      and h.number in (q."left" ->> 'household', q."right" ->> 'household'))
  returning q.id
$$;
-- Whoever left there by another way than the pair's case was let go there too.
create or replace function decisions_release_answer(wanted bigint) returns text
language sql stable security definer set search_path = public, pg_temp as $$
  select case when o.state = 'gone' then 'released' when c.state in ('accepted', 'undo_asked') then 'released'
    when o.case_id is null and o.state = 'decided' then case o.answer when 'release' then 'released' else 'kept' end else 'open' end
  from decisions_pair q join decisions_pair o on o.mark = decisions_release_mark(q.id) and o.kind = 'release_asked'
  left join decisions_case c on c.id = o.case_id
  where q.id = wanted and q.place_code >= places_scope_lo() and q.place_code < places_scope_hi()
$$;
"""
STAYS = """
create function decisions_case_pair_stays() returns trigger language plpgsql as $$
begin
  if old.payload ? 'pair' and (new.payload -> 'pair', new.payload -> 'because') is distinct from (old.payload -> 'pair', old.payload -> 'because') then
    raise exception 'a case keeps the pair that it was decided from' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger decisions_case_pair_stays before update of payload on decisions_case for each row execute function decisions_case_pair_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0045_many_at_once"),
        ("registry", "0026_who_was_given_up_is_taken_in_by_nobody"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (MOOT, STAYS)]
