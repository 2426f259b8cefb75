"""The register looked at by the rules: the pool says what is so now, once, and only the rule itself closes what it found."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections

from findings.conftest import RULE, Faulty, acting, moves_of, one_finding
from intake import taking
from workbench.conftest import Town, some
from xiuhua.common.clock import beijing_today
from xiuhua.findings.models import Finding
from xiuhua.findings.services import explain
from xiuhua.findings.terms import rule_fingerprint
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership
from xiuhua.registry.services import look_at_all
from xiuhua.registry.tasks import look_at, look_nightly

pytestmark = pytest.mark.database
COUNTY = taking.COUNTY
STANDING = (
    "select rule, household_number, person_number, params ->> 'year', kind from findings_finding"
    " where rule like '%%.%%' and state <> 'closed'"
)


def test_the_register_finds_what_the_files_showed_and_nothing_twice(town: Town) -> None:
    before = Counter(taking.ask(STANDING))
    looked = look_at_all(COUNTY)
    after = Counter(taking.ask(STANDING))
    # New is only what is not known, where the rulebook asks for it.
    assert before - after == Counter()
    assert {row[4] for row in after - before} == {"unknown"}
    assert {row[0] for row in after - before} == {"doubt.exited_education", "doubt.exited_medical"}
    assert (looked.closed, max(after.values())) == (0, 1)
    moved = taking.ask("select act, count(*) from findings_move group by 1")
    again = look_at_all(COUNTY)
    assert (again.failing, again.closed) == (looked.failing, 0)
    assert Counter(taking.ask(STANDING)) == after
    # A look that finds nothing new writes nothing.
    assert taking.ask("select act, count(*) from findings_move group by 1") == moved


def test_the_night_closes_what_holds_and_opens_again_what_fails_again(faulty: Faulty) -> None:
    one = one_finding(RULE, faulty.number)
    faulty.set(health="chronic")
    look_at(COUNTY)
    closed = one_finding(RULE, faulty.number)
    assert (closed["id"], closed["state"], closed["closed_by"]) == (one["id"], "closed", "")
    # It says which rule, and what it saw.
    assert (
        closed["closed_because"].startswith("“因病户有患病或残疾成员”") and "：" in closed["closed_because"]
    )
    faulty.set(health="healthy")
    look_at(COUNTY)
    back = one_finding(RULE, faulty.number)
    assert (back["id"], back["state"], back["closed_because"]) == (one["id"], "open", "")
    assert moves_of(one["id"]) == [("found", ""), ("closed", "holds"), ("reopened", "")]


def test_what_becomes_unknown_is_not_closed(faulty: Faulty) -> None:
    faulty.set(health=None)
    look_at(COUNTY)
    assert one_finding(RULE, faulty.number)["state"] == "open"


def test_a_household_that_waits_outside_is_judged_by_its_file_alone(faulty: Faulty) -> None:
    with within(scope_of(COUNTY)):
        Finding.objects.filter(household_number=faulty.number).update(held=True)
    faulty.set(health="chronic")
    look_at(COUNTY)
    assert one_finding(RULE, faulty.number)["state"] == "open"


def test_a_finding_follows_its_household_to_where_it_lives_and_its_history_goes_along(faulty: Faulty) -> None:
    pk = faulty.finding().pk
    with acting(faulty.village) as who:
        explain(
            by=who,
            finding=faulty.finding(),
            text="待补录",
            valid_until=beijing_today() + timedelta(days=60),
            evidence=None,
        )
    told = moves_of(pk)
    with within(scope_of(COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=faulty.key).update(village_code="990521001002")
        Membership.objects.filter(household=faulty.key).update(village_code="990521001002")
    look_at(COUNTY)
    assert one_finding(RULE, faulty.number)["place_code"] == "990521001002"
    lying = "select place_code from findings_move where finding_id = %s union all select place_code from findings_explanation where finding_id = %s"
    assert (
        set(taking.ask(lying, values=[pk, pk])) == {("990521001002",)} and moves_of(pk)[: len(told)] == told
    )
    assert "待补录" in faulty.client(faulty.other_village).get(f"/findings/{pk}/").content.decode()


def test_two_looks_at_once_leave_one_open_finding(faulty: Faulty) -> None:
    faulty.set(health="chronic")
    look_at_all(COUNTY)
    faulty.set(health="healthy")
    ready, failed = threading.Barrier(2), []

    def look() -> None:
        try:
            ready.wait(10)
            look_at_all(COUNTY)
        except BaseException as why:
            failed.append(why)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look) for _turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    twice = "select place_code, fingerprint from findings_finding where state <> 'closed' group by 1, 2 having count(*) > 1"
    assert taking.ask(twice) == []
    assert one_finding(RULE, faulty.number)["state"] == "open"
    acts = [act for act, _way in moves_of(one_finding(RULE, faulty.number)["id"])]
    assert acts == ["found", "closed", "reopened"]


def test_the_table_itself_refuses_a_second_open_finding(faulty: Faulty) -> None:
    with pytest.raises(IntegrityError, match="one_open_finding"):
        taking.ask(
            "insert into findings_finding (place_code, kind, rule, field, household_number, person_number, params, file_name, sheet,"
            " fingerprint, state, found_at, closed_by, closed_because) select place_code, kind, rule, field, household_number,"
            " person_number, params, file_name, sheet, fingerprint, 'open', now(), '', '' from findings_finding"
            " where rule = 'quality.cause_illness' and state = 'open' limit 1 returning id"
        )


def test_a_file_and_the_register_mark_one_matter_alike(town: Town) -> None:
    marks = taking.ask(
        "select rule, household_number, person_number, (params ->> 'year')::int, fingerprint from findings_finding"
        " where rule like '%%.%%'"
    )
    assert marks
    for rule, household, person, year, mark in marks:
        assert mark == rule_fingerprint(rule, household, person, year)


def test_the_night_asks_for_one_look_a_county_and_a_second_time_for_none_more(faulty: Faulty) -> None:
    look_nightly(0)
    look_nightly(0)
    jobs = taking.ask(
        "select args ->> 'place_code', count(*) from procrastinate_jobs where task_name = 'registry.look_at' group by 1 order by 1"
    )
    assert jobs == [("990521", 1), ("990522", 1)]


def test_no_number_stands_in_what_the_register_writes_into_the_pool(town: Town) -> None:
    look_at_all(COUNTY)
    told: list[Any] = taking.ask("select params, closed_because from findings_finding")
    told += taking.ask("select says, by from findings_move")
    ids = [m.id_number for h in town.files.county.households for m in h.members if m.id_number]
    assert some("h.kind = 'registered'") and len(ids) > 100
    text = json.dumps(told, ensure_ascii=False, default=str)
    assert [number for number in ids if number in text] == []
