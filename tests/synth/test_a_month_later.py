"""The later file: what is said to have changed has changed, and nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

from xiuhua.synth.county import County, differences, invent, next_file, plant
from xiuhua.synth.later import DEFAULT_CHANGES


@pytest.fixture(scope="module")
def county() -> County:
    county = invent(21, 500)
    plant(county, 0.3)
    return county


def test_a_month_without_changes_has_no_differences(county: County) -> None:
    assert list(differences(county, next_file(county, 1, {}).county)) == []


def test_every_change_is_told_and_nothing_else_changed(county: County) -> None:
    later = next_file(county, 3)
    assert Counter(c.kind for c in later.changes) == DEFAULT_CHANGES
    told = {c.household for c in later.changes} | {c.after for c in later.changes if c.kind == "person_moved"}
    for d in differences(county, later.county):
        if d.book == "village_list":
            assert d.field in ("rural_households", "rural_persons")
        else:
            assert d.record[:13] in told, d
    faulty = {f.household for f in county.faults} | {f.also for f in county.faults}
    assert told.isdisjoint(faulty)


def test_the_events_are_what_they_say(county: County) -> None:
    later = next_file(county, 3)
    before = {p.number: p for h in county.households for p in h.members}
    after = {p.number: p for h in later.county.households for p in h.members}
    houses = {h.number: h for h in later.county.households}
    old_houses = {h.number: h for h in county.households}
    for c in later.changes:
        if c.kind == "person_gone":
            assert c.person in before and c.person not in after
        elif c.kind == "person_born":
            assert c.person not in before and after[str(c.person)].birth_date.year == 2017
        elif c.kind == "person_moved":
            assert c.person not in after
            (moved,) = [
                p for p in houses[str(c.after)].members if p.id_number == before[str(c.person)].id_number
            ]
            assert moved.name == before[str(c.person)].name
        elif c.kind == "id_corrected":
            assert (before[str(c.person)].id_number, after[str(c.person)].id_number) == (c.before, c.after)
            assert str(c.before)[:14] == str(c.after)[:14] and c.before != c.after
        elif c.kind == "status_changed":
            assert (old_houses[c.household].status, houses[c.household].status) == ("poor", "exited")
            assert houses[c.household].per_head_fen >= 295_200
        elif c.kind == "household_moved":
            assert (
                old_houses[c.household].village.code
                == c.before
                != c.after
                == houses[c.household].village.code
            )
        elif c.kind == "household_new":
            assert c.household in houses and c.household not in old_houses
        elif c.kind == "household_gone":
            assert c.household not in houses and c.household in old_houses
    ids = [p.id_number for h in later.county.households for p in h.members]
    assert len(ids) == len(set(ids)) or county.faults


def test_the_first_file_stays_as_it_was(county: County) -> None:
    copy = county.copy()
    next_file(county, 4)
    assert list(differences(copy, county)) == [] and county.data_date == copy.data_date
    assert next_file(county, 4).changes == next_file(county, 4).changes
    with pytest.raises(ValueError, match="no such kind"):
        next_file(county, 4, {"flood": 1})
    with pytest.raises(ValueError, match="too small"):
        next_file(county, 4, {"household_gone": 501})
