"""A form that only reports does not overwrite what somebody went and checked: the register keeps it, and asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intake import taking
from intake.unit import small
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.database

CHECKED = {"核实方式": "入户核实", "核实日期": "2017-08-20"}
REPORTED = {"核实方式": "村级上报"}
KEPT = (
    "select water_litres_per_day, water_minutes, water_seen, water_seen_on::text from registry_periodrecord"
)


@pytest.fixture
def visited(tmp_path: Path, fresh_database: Any) -> Path:
    """A household whose water was measured on a visit."""
    year = small.years(tmp_path, {"日人均水量(升)": 50, "水质是否达标": "是", **CHECKED})
    taking.take([small.villages(tmp_path), small.persons(tmp_path, small.household({})), year])
    assert taking.ask(KEPT) == [(50, None, "checked", "2017-08-20")]
    return tmp_path / "later"


def test_a_report_does_not_come_over_a_check(visited: Path) -> None:
    said = small.years(
        visited, {"日人均水量(升)": 60, "水质是否达标": "是", "取水往返时间(分钟)": 5, **REPORTED}
    )
    batch = taking.preview([said])
    assert small.told(batch) == {
        ("checked_differs", "asked", 2, "C"),
        ("checked_differs", "asked", 2, "E"),
    }
    first, second = (line["says"]["zh"] for line in taking.lines(batch))
    assert first == "“日人均水量”（2017年）这次上报的是“60”，已核实的是“50”（2017-08-20）。登记保持核实的结果"
    assert second.startswith("“取水往返时间”（2017年）这次上报的是“5”，已核实的是“没有填”")
    assert taking.changes(batch)["unchanged"] == 1
    taking.merge(batch)
    assert taking.ask(KEPT) == [(50, None, "checked", "2017-08-20")]
    # Merged again, the same is asked again, and the pool holds it once.
    assert small.told(taking.take([said])) == small.told(batch)
    asked = "select count(*) from findings_finding where rule = 'checked_differs' and state = 'open'"
    assert taking.ask(asked) == [(2,)]


def test_the_same_value_reported_later_does_not_lower_what_is_known_of_it(visited: Path) -> None:
    batch = taking.take([small.years(visited, {"日人均水量(升)": 50, **REPORTED})])
    assert (small.told(batch), taking.changes(batch)["unchanged"]) == (set(), 1)
    assert taking.ask(KEPT) == [(50, None, "checked", "2017-08-20")]


def test_a_new_check_counts(visited: Path) -> None:
    later = {"日人均水量(升)": 60, "核实方式": "入户核实", "核实日期": "2017-09-25"}
    batch = taking.take([small.years(visited, later)])
    assert (small.told(batch), taking.changes(batch)["changed"]) == (set(), 1)
    assert taking.ask(KEPT) == [(60, None, "checked", "2017-09-25")]
    # A file says so, and nobody by name: an exit that rests on it will show that (rule hollow.checked_by_somebody).
    by_file = "select decisions_checked_by_file(household_id, '2017-12-31') from registry_periodrecord"
    assert taking.ask(by_file) == [(1,)]


def test_a_matter_that_was_not_checked_is_taken_as_reported(visited: Path) -> None:
    batch = taking.take([small.years(visited, {"吃穿是否有保障": "是", **REPORTED})])
    assert small.told(batch) == set()
    kept = "select food_clothing_ok, food_clothing_seen, water_seen from registry_periodrecord"
    assert taking.ask(kept) == [(True, "reported", "checked")]


def test_files_in_one_batch_or_in_several_end_in_the_same_register(visited: Path) -> None:
    # The export's own column of what was reported fills its gap beside a house that was graded on a visit.
    graded = small.years(visited, {"危房等级": "A", "核实方式": "入户核实", "核实日期": "2017-08-20"})
    taking.take([graded])
    taking.take([small.persons(visited, small.household({"是否危房户": "否"}))], data_date=small.DAY)
    kept = "select house_grade, house_dangerous_reported, house_seen from registry_periodrecord"
    assert taking.ask(kept) == [("A", False, "checked")]
    # Once there, another report is asked about.
    batch = taking.take([small.persons(visited, small.household({"是否危房户": "是"}))], data_date=small.DAY)
    assert {line["rule"] for line in taking.lines(batch)} == {"checked_differs"}
    assert taking.ask(kept) == [("A", False, "checked")]


def test_people_and_households_that_were_visited(visited: Path) -> None:
    with within(scope_of(taking.COUNTY), who={"account": "t"}):
        from xiuhua.registry.models import Household, Person

        Person.objects.update(seen="checked", seen_on="2017-09-01")
        Household.objects.update(seen="checked", seen_on="2017-09-01")
    other = {
        "健康状况": "长期慢性病",
        "与户主关系": "户主",
        "贫困户属性": "低保贫困户",
        "联系电话": "19912345678",
    }
    batch = taking.take([small.persons(visited, small.household(other))], data_date=small.DAY)
    assert small.told(batch) == {
        ("checked_differs", "asked", 2, "N"),
        ("checked_differs", "asked", 2, "T"),
        ("checked_differs", "asked", 2, "Z"),
    }
    phone = next(line["says"] for line in taking.lines(batch) if line["column"] == 26)
    assert "199" not in phone["zh"] + phone["en"]
    assert taking.changes(batch)["unchanged"] == 1
    assert taking.ask("select health, seen from registry_person") == [("healthy", "checked")]
    assert taking.ask("select attribute, seen from registry_household") == [("general", "checked")]
