"""Frozen figures of a place: which freeze covers it, and sums over kinds and statuses."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

import people
from freezes.laid_in import its_own, laid_in
from xiuhua.common.clock import BEIJING
from xiuhua.freezes import queries
from xiuhua.freezes.models import Freeze
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.django_db


def frozen(place: str, hour: int, documents: list[dict[str, Any]], *, other_day: bool = False) -> Freeze:
    """A finished freeze with these documents."""
    at = datetime(2026, 11, 26, hour, tzinfo=BEIJING)
    with within(scope_of("CN")):
        return laid_in(place, date(2017, 9, 30), at, documents, of_other_day=other_day)


def document(place: str, level: str, kind: str, status: str, n: int, **more: Any) -> dict[str, Any]:
    return {
        "place_code": place, "level": level, "kind": kind, "status": status, "households": n, "persons": 3 * n,
        "rules": {"exit.income": {"holds": n, "fails": 1, "not_known": 2, "checked": 1}},
        "measures": {
            "bands": {"parts": {"2500": n}, "unknown": 1},
            "gap": {"persons": n, "gap": 10 * n, "per": 1_000_000, "known": n},
            "share": {"of": 1, "per": n},
        },
        **more,
    }  # fmt: skip


COUNTY = [
    document(people.COUNTY, "county", "registered", "poor", 10),
    document(people.COUNTY, "county", "registered", "exited", 20, facts={"cause": {"parts": {"illness": 4}, "unknown": 0}}),
    document(people.COUNTY, "county", "watched", "none", 5),
    document(people.COUNTY, "county", "all", "all", 0, rules={"county.rate": {"holds": 1}}, measures={}),
    document(people.VILLAGE, "village", "registered", "poor", 4),
    document(people.SECOND_VILLAGE, "village", "registered", "poor", 6),
    document(people.OTHER_COUNTY, "county", "registered", "poor", 99),
]  # fmt: skip


def test_sums_over_kinds_and_statuses() -> None:
    one = frozen("99", 8, COUNTY)
    with within(scope_of(people.COUNTY)):
        found = queries.figures(one, people.COUNTY)
        assert (found.households(), found.persons()) == (35, 105)
        assert found.households(kind="registered") == 30
        assert found.households(kind=("registered", "watched"), status=("poor", "none")) == 15
        assert found.rule("exit.income") == queries.Counts(35, 3, 6, 0, 3)
        assert found.rule("exit.income", kind="watched") == queries.Counts(5, 1, 2, 0, 1)
        assert found.rule("county.rate").asked == 1 and found.rule("no.such") == queries.Counts()
        assert found.measure("bands", kind="registered") == {"parts": {"2500": 30}, "unknown": 2}
        # Millionths stay millionths; what a share is divided by is counted.
        assert found.measure("gap", kind="registered") == {
            "persons": 30,
            "gap": 300,
            "per": 1_000_000,
            "known": 30,
        }
        assert found.measure("share", kind="registered") == {"of": 2, "per": 30}
        assert found.fact("cause") == {"parts": {"illness": 4}, "unknown": 0}
        assert list(found.all("facts")) == ["cause"]
        assert not queries.figures(one, people.TOWNSHIP)


def test_places_below_by_code_and_read_together(django_assert_num_queries: Any) -> None:
    one = frozen("99", 8, COUNTY)
    with within(scope_of(people.COUNTY)):
        with django_assert_num_queries(3):
            found = queries.below(one, people.COUNTY, "village")
            next(iter(found.values())).held.fetch(rules=["exit.income"], measures=["bands"])
            assert [(code, each.rule("exit.income").holds) for code, each in found.items()] == [
                (people.VILLAGE, 4), (people.SECOND_VILLAGE, 6)]  # fmt: skip
            assert found[people.VILLAGE].measure("bands")["parts"] == {"2500": 4}
        with django_assert_num_queries(1):
            assert found[people.VILLAGE].rule("other") == queries.Counts()


def test_the_newest_that_covers_the_place_and_is_by_its_data_s_own_day() -> None:
    province, county = frozen("99", 8, []), frozen(people.COUNTY, 9, [])
    village = frozen(people.VILLAGE, 10, [])
    with within(scope_of(people.COUNTY)):
        assert queries.latest(people.COUNTY) == county and queries.latest(people.VILLAGE) == village
        assert queries.since(county)["zh"] == "数据快照 2026-11-26 09:00"
    other = frozen(people.COUNTY, 11, [], other_day=True)
    with within(scope_of(people.COUNTY)):
        assert queries.latest(people.COUNTY) == county and queries.latest(people.VILLAGE) == village
        assert queries.since(other)["zh"] == "数据快照 2026-11-26 11:00（规则按 2017-09-30）"
        with pytest.raises(DatabaseError), transaction.atomic():
            Freeze.objects.filter(pk=other.pk).update(of_other_day=False)
    with within(scope_of(people.OTHER_COUNTY)):
        assert queries.latest(people.OTHER_COUNTY) == province
        assert not Freeze.objects.filter(pk=county.pk).exists(), "a neighbour's freeze is not there"
        assert Freeze.objects.filter(pk=province.pk).exists(), "one from above is"
    with within(scope_of("CN")):
        assert queries.latest("CN") is None


def test_a_neighbour_reads_no_figures_of_ours() -> None:
    one = frozen("99", 8, COUNTY)
    with within(scope_of(people.OTHER_COUNTY)):
        assert not queries.figures(one, people.COUNTY)
        assert queries.figures(one, people.OTHER_COUNTY).households() == 99


@pytest.mark.parametrize(
    "statement",
    [
        "update freezes_freeze set reason = 'another'",
        "update freezes_freeze set step = 'failed'",
        "update freezes_freeze set manifest = '{}'",
        "delete from freezes_freeze",
        "update freezes_tallied set households = 0",
        "delete from freezes_tallied",
        (
            "insert into freezes_tallied (freeze_id, tallied_place, level, kind, status, households, persons, rules, facts, measures)"
            " select freeze_id, tallied_place, level, kind, 'late', 0, 0, rules, facts, measures from freezes_tallied limit 1"
        ),
    ],
)
def test_what_is_frozen_is_never_changed(statement: str) -> None:
    frozen("99", 8, COUNTY)
    with (
        within(scope_of("CN")),
        pytest.raises(DatabaseError, match=r"never|only added|while"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def steps(one: Freeze, at: datetime) -> dict[str, dict[str, Any]]:
    """What an update past the services would write at each step, as the job does it."""
    manifest = its_own(one, at, {"area": {"code": one.place_code, "name": "示例"}})
    tally = {"freeze": str(one.freeze_id), "freeze_sha256": "0" * 64, "sha256": "1" * 64}
    return {
        "freezing": {"step": "freezing"},
        "sealed": {"manifest": manifest, "sha256": "0" * 64, "taken_at": at},
        "tallying": {"step": "tallying"},
        "done": {"step": "done", "tally": tally, "tallied_at": at},
    }


@pytest.mark.parametrize(
    "many",
    [
        ["tallying"],
        ["sealed"],
        ["freezing", "tallying"],
        ["freezing", "sealed", "done"],
        ["freezing", "tallying", "sealed"],
    ],
)
def test_no_freeze_is_brought_in_past_a_step(many: list[str]) -> None:
    with within(scope_of("CN")):
        one = Freeze.objects.create(place_code="99", as_of=date(2017, 9, 30), asked_by="li")
        coming = steps(one, datetime(2026, 11, 26, tzinfo=BEIJING))
        with pytest.raises(DatabaseError, match=r"sealed once|was tallied"), transaction.atomic():
            for name in many:
                Freeze.objects.filter(pk=one.pk).update(**coming[name])


@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        ("sealed", {"sha256": "0"}),
        ("sealed", {"taken_at": datetime(2026, 11, 27, tzinfo=BEIJING)}),
        ("sealed", {"step": "tallying"}),
        *(("sealed", {"manifest": {name: value}}) for name, value in (("id", str(uuid4())), ("as_of", "2017-09-29"), ("area", {"code": "98"}), ("taken_at", None))),
        *(("done", {"tally": {name: value}}) for name, value in (("freeze", str(uuid4())), ("freeze_sha256", "2" * 64))),
        ("done", {"step": "tallying"}),
    ],
)  # fmt: skip
def test_what_comes_in_is_of_this_freeze(at: str, wrong: dict[str, Any]) -> None:
    """Of another freeze, as somebody who copies one would have it."""
    with within(scope_of("CN")):
        one = Freeze.objects.create(place_code="99", as_of=date(2017, 9, 30), asked_by="li")
        coming = steps(one, datetime(2026, 11, 26, tzinfo=BEIJING))
        mine = [*coming][: [*coming].index(at)]
        for name in mine:
            Freeze.objects.filter(pk=one.pk).update(**coming[name])
        right = coming[at]
        bad = right | {
            key: right[key] | value if isinstance(value, dict) else value for key, value in wrong.items()
        }
        with pytest.raises(DatabaseError, match=r"own manifest|what was sealed"), transaction.atomic():
            Freeze.objects.filter(pk=one.pk).update(**bad)
        Freeze.objects.filter(pk=one.pk).update(**right)


def test_a_freeze_begins_empty() -> None:
    at = datetime(2026, 11, 26, tzinfo=BEIJING)
    for more in (
        {"step": "tallying"},
        {"manifest": {}, "sha256": "0" * 64},
        {"taken_at": at},
        {"tallied_at": at},
        {"sha256": "0" * 64},
    ):
        with (
            within(scope_of("CN")),
            pytest.raises(DatabaseError, match="nothing in it"),
            transaction.atomic(),
        ):
            Freeze.objects.create(place_code="99", as_of=date(2017, 9, 30), asked_by="li", **more)


def test_one_with_another_manifest_than_was_stored_is_no_pages_default(tmp_path: Path, settings: Any) -> None:
    settings.FREEZES = tmp_path
    older, newer = frozen("99", 8, COUNTY), frozen("99", 9, COUNTY)
    with within(scope_of("CN")):
        assert queries.latest(people.COUNTY) == newer, "its files were moved away"
        queries.records_of(newer).mkdir()
        (queries.records_of(newer) / "manifest.json").write_text("{}")
        assert queries.latest(people.COUNTY) == older
        (queries.records_of(newer) / "manifest.json").unlink()
        assert queries.latest(people.COUNTY) == newer
