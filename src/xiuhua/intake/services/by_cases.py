"""What a case decided here, told in a comparison as what is to be entered there: who left, what ended, who came, with day and
reason. An export that does not know it yet is behind; nothing of it is ever taken back by a file.
"""

from __future__ import annotations

# Who left a registered household by a case and is in none now, beside who the export has there: also by name alone, since
# somebody who is no member any more is found in no household. An act that was undone ended nothing.
GONE = """
create temp table gone on commit drop as
  select p.id as person_id, coalesce(p.name, '') as name, g.household_id, h.number as household_number, h.village_code,
    g.ended_because, g.until, g.ended_by_case
  from our_person p join lateral (select * from registry_membership m where m.person_id = p.id and m.until is not null
    and m.ended_because not in ('undone', 'new_head') order by m.until desc, m.id desc limit 1) g on g.ended_by_case is not null
  join registry_household h on h.id = g.household_id and h.kind = 'registered'
  left join registry_household k on k.id = p.household_id where k.kind is distinct from 'registered';
create index on gone (person_id); create index on gone (household_number); analyze gone;
insert into pair select min(t.number), min(g.person_id)
  from their_person t join gone g on g.household_number = t.ours and g.name = t.name
  where not exists (select 1 from pair x where x.theirs = t.number) and not exists (select 1 from pair x where x.ours = g.person_id)
  group by g.household_id, t.name having count(*) = 1;
create temp table ended on commit drop as
  select h.id, h.number, h.village_code, h.head_name, h.ended_because, h.ended_on, h.ended_by_case
  from our_household o join registry_household h on h.id = o.id where h.ended_on is not null and h.ended_because <> 'undone'
"""

_INTO = 'insert into found_now (found, grain, household_number, person_number, name, household_id, person_id, village_code, field, people, theirs_known, ours_known, sheet_id, "row", change, because, changed_on, by_case)'

# Somebody gone whom the export has in the household that they left (the dead: anywhere) is told so once, not cell by cell;
# so is a household that ended. Whom the export has in another household meanwhile is looked into as before.
REMOVED = f"""
create temp table removed on commit drop as
  select g.*, t.number, t.sheet_id, t."row" from gone g join pair x on x.ours = g.person_id join their_person t on t.number = x.theirs
  where t.ours = g.household_number or g.ended_because = 'death';
delete from found_now f using removed g where f.person_id = g.person_id;
{_INTO}
  select 'only_there', 'person', household_number, number, name, household_id, person_id, village_code, '', null::int, true, false, sheet_id, "row",
    'left', ended_because, until, ended_by_case from removed;
delete from found_now f using ended e where f.household_id = e.id and f.grain = 'household';
{_INTO}
  select 'only_there', 'household', e.number, '', coalesce(e.head_name, ''), e.id, null::bigint, e.village_code, '', t.people, true, false, t.sheet_id, t."row",
    case when e.ended_by_case is null then '' else 'ended' end, e.ended_because, e.ended_on, e.ended_by_case
  from ended e join their_household t on t.number = e.number
"""

# Who came into the household by a case, or the household itself; a new relation to a new head; a household that moved village.
# Another head begins a membership anew and brings nobody: what counts is how they first came.
TOLD = """
create temp table came on commit drop as
  select distinct on (m.person_id) m.person_id, m.begun_because, m.since, m.begun_by_case
  from our_person p join our_household h on h.id = p.household_id and h.kind = 'registered'
  join registry_membership m on m.person_id = p.id and m.household_id = h.id and m.begun_because <> 'new_head' and m.ended_because <> 'undone'
  where p.id in (select person_id from found_now where field in ('', 'household_number'))
  order by m.person_id, m.since desc nulls last, m.id desc;
update found_now f set change = case when f.found = 'only_here' then 'added' else 'moved' end, because = c.begun_because, changed_on = c.since,
    by_case = c.begun_by_case
  from came c where c.person_id = f.person_id and c.begun_by_case is not null and f.found <> 'only_there' and f.field in ('', 'household_number');
update found_now f set change = 'altered', because = m.begun_because, changed_on = m.since, by_case = m.begun_by_case
  from registry_membership m where f.field = 'relation' and f.ours_known and m.person_id = f.person_id and m.until is null and m.begun_by_case is not null;
update found_now f set change = 'added', because = case when h.split_from_id is not null then 'split' when h.moved_from_code <> '' then 'move' else 'entered' end, changed_on = h.begun_on, by_case = h.begun_by_case
  from registry_household h where f.found = 'only_here' and f.grain = 'household' and h.id = f.household_id and h.begun_by_case is not null;
update found_now f set change = 'moved', because = 'move', changed_on = c.effective_on, by_case = c.id
  from (select distinct on (w.household_id) w.household_id, k.id, k.effective_on from found_now w
    join decisions_case k on k.kind in ('move', 'taken_household_move') and k.state = 'accepted' and w.household_id = any (k.households)
    where w.field = 'village' order by w.household_id, k.id desc) c
  where f.field = 'village' and f.household_id = c.household_id
"""

# Who decided it, and when, where no row of ours is left to ask.
DECIDED_BY = """
update intake_difference d set ours_changed_at = s.at, ours_changed_by = s.actor, ours_batch = null
from (select distinct on (x.case_id) x.case_id, x.at, x.actor from decisions_casestep x
  where x.act in ('accepted', 'received') and x.case_id in (select by_case from found_now) order by x.case_id, x.number desc) s
where d.batch_id = %(batch)s and d.settled_at is null and d.by_case = s.case_id
"""
