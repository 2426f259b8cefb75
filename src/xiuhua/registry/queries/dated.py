"""What happened in the register between two days, from its dated rows: one row for each thing that happened.

Every query gives (place_code, household_id, people, what, day, subject): in which village, to which household, of how many
people, of which sort, on which day, and the key of what the reader opens (here the household). A count of a period and the
list behind it are the same query. Values: lo, hi (the area's range of codes), since, until (days, both included).
"""

from __future__ import annotations


def _stands(e: str, table: str = "registry_statusentry") -> str:
    return f"""left({e}.case_number, 1) <> 'A' and coalesce((select left(n.case_number, 1) from {table} n
  where n.household_id = {e}.household_id and n.id > {e}.id order by n.id limit 1), '') <> 'A'"""


# Entries that an appeal took back, and the ones that took them back, never were: of all that tells of a status's past.
STANDS = _stands("e")
# Who belonged to a household on the day of what happened to it.
_PEOPLE = """(select count(*) from registry_membership m where m.household_id = {household}
  and (m.since is null or m.since <= {day}) and (m.until is null or m.until > {day}))"""
_ENTRY = f"""select e.village_code as place_code, e.household_id, {_PEOPLE.format(household="e.household_id", day="e.since")} as people,
  e.status as what, {{day}} as day, e.household_id as subject
from registry_statusentry e join registry_household h on h.id = e.household_id
where e.village_code >= %(lo)s and e.village_code < %(hi)s and {{day}} between %(since)s and %(until)s and {STANDS}
  and h.ended_because <> 'undone'"""
_STATUS = _ENTRY.format(day="e.since")
# Of a household's entries up to a day the newest written counts: what completes a record of then is written later and holds earlier.
# So a household that was taken over came on the list with the first of its days, and an entry whose successor holds from before it never counted.
_FIRST = (
    "least(e.since, (select min(b.since) from registry_statusentry b where b.household_id = e.household_id))"
)
_EARLIER = f"""select b.status from registry_statusentry b where b.household_id = e.household_id and b.id < e.id
  and {_stands("b")}"""
_LISTED = f"""coalesce(({_EARLIER} and b.since <= e.since order by b.id desc limit 1), ({_EARLIER} order by b.id limit 1),
  'removed') <> 'removed'"""
# On or off the list by a case, while the household lived here: one that moved here brought its past along.
_BY_CASE = f"""{_STATUS} and e.basis = 'case' and (h.moved_from_code = '' or e.since > h.begun_on)
  and (h.ended_on is null or e.since <= h.ended_on) and not exists (select 1 from registry_statusentry b
    where b.household_id = e.household_id and b.id > e.id and b.since < e.since and {_stands("b")})"""
# Households on the list when a day ended: that have a status and were not removed, whatever they are today.
_LIST = f"""select h.village_code as place_code, h.id as household_id, {_PEOPLE.format(household="h.id", day="{counted}")} as people,
  {{what}} as what, {{day}} as day, h.id as subject
from registry_household h join lateral (select e.status, e.since from registry_statusentry e
  where e.household_id = h.id and e.since <= {{on}} and {STANDS} order by e.id desc limit 1) s on s.status <> 'removed'
where h.village_code >= %(lo)s and h.village_code < %(hi)s and h.ended_because <> 'undone'"""
_MEMBER = """select m.village_code as place_code, m.household_id, 1 as people, m.{because} as what, m.{day} as day, m.household_id as subject
from registry_membership m where m.village_code >= %(lo)s and m.village_code < %(hi)s and m.{day} between %(since)s and %(until)s"""
_HOUSEHOLD = """select h.village_code as place_code, h.id as household_id, {people} as people, {what} as what, h.{day} as day, h.id as subject
from registry_household h where h.village_code >= %(lo)s and h.village_code < %(hi)s and h.{day} between %(since)s and %(until)s"""

HAPPENED = {
    "identified": f"{_BY_CASE} and e.status <> 'removed' and not {_LISTED}",
    "exited": f"{_STATUS} and e.basis = 'case' and e.status = 'exited'",
    "returned": f"{_STATUS} and e.basis = 'case' and e.status = 'returned'",
    "removed": f"{_BY_CASE} and e.status = 'removed' and {_LISTED}",
    "taken_over": f"{_ENTRY.format(day=_FIRST)} and e.basis = 'opening'",
    # On the list, and from elsewhere; or elsewhere to, into another household, nobody left.
    "moved_in": _LIST.format(counted="h.begun_on", what="s.status", day="h.begun_on", on="h.begun_on")
    + " and h.moved_from_code <> '' and h.begun_on between %(since)s and %(until)s",
    "struck": _LIST.format(
        counted="h.ended_on - 1", what="h.ended_because", day="h.ended_on", on="h.ended_on"
    )
    + " and h.ended_on between %(since)s and %(until)s",
    # One that was undone holds on no day; another head is no new member.
    "joined": f"""{_MEMBER.format(because="begun_because", day="since")} and (m.until is null or m.until > m.since)
  and m.begun_because in ('birth', 'marriage', 'adoption', 'return', 'move')""",
    "left": f"""{_MEMBER.format(because="ended_because", day="until")} and m.ended_because in ('death', 'marriage', 'adoption', 'move')""",
    "households_begun": _HOUSEHOLD.format(
        people=_PEOPLE.format(household="h.id", day="h.begun_on"), what="''", day="begun_on"
    )
    + " and h.ended_because <> 'undone'",
    "households_ended": _HOUSEHOLD.format(people="0", what="h.ended_because", day="ended_on")
    + " and h.ended_because <> 'undone'",
}

# Registered households as they stood at the end of a day %(until)s.
STOOD = (
    _LIST.format(counted="%(until)s::date", what="s.status", day="s.since", on="%(until)s")
    + " and (h.ended_on is null or h.ended_on > %(until)s) and (h.moved_from_code = '' or h.begun_on <= %(until)s)"
)
_WATCH = f"""select w.village_code as place_code, w.household_id, {_PEOPLE.format(household="w.household_id", day="w.since")} as people,
  w.{{what}} as what, w.since as day, w.household_id as subject
from registry_watchentry w where w.village_code >= %(lo)s and w.village_code < %(hi)s and w.since between %(since)s and %(until)s and w.basis = 'case'
  and {_stands("w", "registry_watchentry")}"""
_LAST = f"""coalesce((select b.watch_class from registry_watchentry b where b.household_id = w.household_id and b.id < w.id
  and {_stands("b", "registry_watchentry")} order by b.id desc limit 1), 'none')"""
# Another class is no new household.
HAPPENED["watch_begun"] = (
    f"{_WATCH.format(what='watch_class')} and w.watch_class <> 'none' and {_LAST} = 'none'"
)
HAPPENED["watch_ended"] = f"{_WATCH.format(what='mode')} and w.watch_class = 'none'"
# Watched at the end of a day %(until)s by the newest decision from that day or before; who is watched by a file alone is not.
WATCHED = f"""select h.village_code as place_code, h.id as household_id, {_PEOPLE.format(household="h.id", day="%(until)s::date")} as people,
  s.watch_class as what, s.since as day, h.id as subject
from registry_household h join lateral (
  select e.watch_class, e.since from registry_watchentry e where e.household_id = h.id and e.since <= %(until)s
    and {_stands("e", "registry_watchentry")} order by e.id desc limit 1) s on true
where h.village_code >= %(lo)s and h.village_code < %(hi)s and s.watch_class <> 'none' and (h.ended_on is null or h.ended_on > %(until)s)"""
# Households of which it is not known now whether they meet the demands of leaving: the register as it stands, of no other day.
NOT_KNOWN = """select h.village_code as place_code, h.id as household_id, coalesce(s.members, h.members_reported, 0) as people,
  r.rule as what, s.as_of as day, h.id as subject
from registry_household h join registry_standing s on s.household_id = h.id cross join lateral unnest(s.exit_unknown) r (rule)
where h.village_code >= %(lo)s and h.village_code < %(hi)s and h.kind = 'registered' and h.ended_on is null and r.rule = any(%(demands)s::varchar[])"""
