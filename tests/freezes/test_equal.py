"""What was tallied is what is in the register: ten figures counted plainly, and what a household's page says live."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import connection
from django.test import Client

import people
from freezes.frozen_county import NATION, bring, taken
from intake.conftest import Files, made  # noqa: F401  a fixture
from plainly import gap, living
from xiuhua.engine import Result, load
from xiuhua.engine.freezing import open_freeze, relations_of
from xiuhua.engine.tables import TYPES
from xiuhua.engine.tally import add_up, read
from xiuhua.freezes import queries
from xiuhua.freezes.models import Freeze, HouseholdKey, Tallied
from xiuhua.freezes.services import records_of, tally_of
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, PeriodRecord, StatusEntry

pytestmark = [pytest.mark.database, pytest.mark.slow]
MOST = 1000


@pytest.fixture(scope="module")
def files(made: Callable[..., Files]) -> Files:  # noqa: F811
    return made(8, 260)


@pytest.fixture
def freeze(fresh_database: Any, files: Files, tmp_path: Path, settings: Any) -> Freeze:
    settings.FREEZES = tmp_path / "freezes"
    people.small_world()
    bring(files.paths)
    return taken("99")


def old_on(day: date, born: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def plainly(place: str, as_of: date) -> dict[str, Any]:
    """Figures of a place, counted in Python from the register's own tables."""
    with within(scope_of(place)):
        status = dict(StatusEntry.objects.order_by("id").values_list("household_id", "status"))
        homes = list(Household.objects.filter(ended_on=None))
        members = list(Membership.objects.filter(until=None).select_related("person"))
        newest: dict[int, PeriodRecord] = {}
        for record in PeriodRecord.objects.filter(year__lte=as_of.year).order_by("year"):
            newest[record.household_id] = record
    listed = {home.pk for home in homes if home.kind == "registered"}
    helped = {home.pk for home in homes if home.kind in ("registered", "watched")}
    heads = Counter(one.household_id for one in members if one.relation == "head")
    anybody = {one.household_id for one in members}
    with_poor = {key for key in listed if status.get(key) in ("poor", "returned")}
    ages = [
        old_on(as_of, one.person.birth_date)
        for one in members
        if one.household_id in helped and one.person.birth_date
    ]
    kinds = Counter(one.person.id_kind for one in members)
    there = Counter(one.household_id for one in members)
    lives = {
        home.pk: living(
            vars(newest[home.pk]) if home.pk in newest else None, there[home.pk], home.members_reported
        )
        for home in homes
    }
    return {
        "households": len(homes),
        "registered": len(listed),
        "persons of registered": sum(one.household_id in listed for one in members),
        "poor": sum(status.get(key) == "poor" for key in listed),
        "exited persons": sum(status.get(one.household_id) == "exited" for one in members if one.household_id in listed),
        "one head fails": sum(heads[home.pk] > 1 for home in homes if home.pk in anybody),
        "months hold": sum(one.person.work_months is not None and 0 <= one.person.work_months <= 12 for one in members),
        "very old": sum(age >= _alive_from(as_of) for age in ages),
        "length fails": kinds["other"],
        "food and clothing": Counter(getattr(newest.get(key), "food_clothing_ok", None) for key in listed),
        "income above the line": Counter(lives[key].above for key in listed),
        "poverty": dict(gap(list(lives.values()))),
        "poor persons": sum(one.household_id in with_poor for one in members),
        "one by one": _sizes(homes, Counter(one.household_id for one in members)),
    }  # fmt: skip


def _sizes(homes: list[Household], counted: Counter[int]) -> Counter[str]:
    """Households by their number of people. Of most, only the head is on record: one head is no household of one."""
    found: Counter[str] = Counter()
    for home in homes:
        helped = home.kind in ("registered", "watched")
        told = {n for n in (counted[home.pk], home.members_reported) if n}
        if not helped and counted[home.pk] <= 1:
            told = {home.members_reported} - {None}
        [size] = told if len(told) == 1 else ["unknown"]
        found[str(min(size, 10) if isinstance(size, int) else size)] += 1
    return found


def _alive_from(as_of: date) -> int:
    found = load().figure("verify_alive_from_years", as_of)
    assert found is not None
    return int(found.value)


def tallied(freeze: Freeze, place: str) -> dict[str, Any]:
    """The same figures, as a page reads them."""
    with within(scope_of(place)):
        found = queries.figures(freeze, place)
        food, income = found.rule("exit.food_clothing"), found.rule("exit.income")
        sizes = found.measure("sizes")
        return {
            "households": found.households(),
            "registered": found.households(kind="registered"),
            "persons of registered": found.persons(kind="registered"),
            "poor": found.households(kind="registered", status="poor"),
            "exited persons": found.persons(kind="registered", status="exited"),
            "one head fails": found.rule("quality.one_head").fails,
            "months hold": found.rule("quality.work_months").holds,
            "very old": found.rule("natural.very_old").fails,
            "length fails": found.rule("quality.id_length").fails,
            "food and clothing": Counter({True: food.holds, False: food.fails, None: food.not_known}),
            "income above the line": Counter(
                {True: income.holds, False: income.fails, None: income.not_known}
            ),
            "poverty": {name: n for name, n in found.measure("poverty_gap").items() if name != "per"},
            "poor persons": found.fact("poor_persons")["sum"],
            "one by one": +Counter({**sizes["parts"], "unknown": sizes["unknown"]}),
        }


def test_ten_figures_are_what_the_register_says_counted_plainly(freeze: Freeze) -> None:
    with within(scope_of(people.COUNTY)):
        codes = sorted(queries.below(freeze, people.COUNTY, "village"))
    assert len(codes) > 3
    for place in (people.COUNTY, codes[0], codes[0][:9]):
        expected = plainly(place, freeze.as_of)
        assert tallied(freeze, place) == expected, place
        assert expected["registered"] > 0 and expected["poverty"]["poor"] > 0
        assert sum(expected["one by one"].values()) == expected["households"]
    # From the village up, everything adds up.
    with within(NATION):
        for level in ("village", "township", "county", "city"):
            below = queries.below(freeze, "99", level)
            whole = queries.figures(freeze, "99")
            assert sum(one.persons() for one in below.values()) == whole.persons() > 0, level
            assert (
                sum(one.rule("exit.income").fails for one in below.values())
                == whole.rule("exit.income").fails
                > 0
            )


# What is asked for, by grain: households, people and years by the household. Places are no secret: others' are seen too.
WANTED = {
    "village": f"select village_code from rec_village where county_code = '{people.COUNTY}'",
    "county": f"select county_code from rec_county where county_code = '{people.COUNTY}'",
}
EVERY_HOUSEHOLD = "select id as household_key from registry_household where ended_on is null"


def asked_live(
    grain: Any, freeze: Freeze, wanted: str, values: list[Any] | None = None
) -> list[dict[str, Any]]:
    """Every rule of a grain, asked of the register now."""
    library = load()
    rules = [one.id for one in library.rules.values() if one.grain == grain]
    query = library.select("postgres", grain, freeze.as_of, rules=rules, bare=True, wanted=wanted)
    with connection.cursor() as cursor:
        cursor.execute(query.sql, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def asked_frozen(freeze: Freeze) -> dict[int, dict[str, Any]]:
    """Every rule of households, asked of the files alone; by key."""
    library = load()
    opened = open_freeze(records_of(freeze))
    files = {
        name: f"read_parquet({[str(path) for path in opened.paths(name)]})"
        if opened.paths(name)
        else empty(one)
        for name, one in relations_of(library.relations).items()
    }
    rules = [one.id for one in library.rules.values() if one.grain == "household"]
    query = library.select("duckdb", "household", freeze.as_of, rules=rules, bare=True, relations=files)
    with duckdb.connect() as engine:
        found = engine.execute(query.sql)
        names = [column[0] for column in found.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


def test_live_outcomes_of_a_thousand_households_are_those_of_the_files_and_all_grains_add_up_to_the_tally(
    freeze: Freeze,
) -> None:
    library, frozen = load(), asked_frozen(freeze)
    with within(scope_of(people.COUNTY)):
        keys = dict(HouseholdKey.objects.values_list("household_id", "key"))
        homes = sorted(Household.objects.filter(ended_on=None).values_list("pk", flat=True))
        chosen = random.Random(7).sample(homes, MOST)
        live = asked_live("household", freeze, "select unnest(%s::bigint[]) as household_key", [chosen])
        every = {
            grain: asked_live(grain, freeze, WANTED.get(grain, EVERY_HOUSEHOLD))
            for grain in ("household", "person", "period", "village", "county")
        }
        figures = queries.figures(freeze, people.COUNTY)
        told = {rule: figures.rule(rule) for rule in library.rules}
    assert len(live) == len(chosen) == 1000
    columns = {rule: f"r__{one.column}" for rule, one in library.rules.items()}
    for row in live:
        theirs = frozen[keys[row["household_key"]]]
        for rule, one in library.rules.items():
            if one.grain == "household":
                assert row[columns[rule]] == theirs[columns[rule]], (rule, row["household_key"])
    seen: set[str] = set()
    for rule, one in library.rules.items():
        counted = Counter(Result(row[columns[rule]]).name.lower() for row in every[one.grain])
        counts = {name: n for name, n in asdict(told[rule]).items() if n and name != "checked"}
        assert counts == dict(counted), rule
        seen |= set(counted)
    assert seen == {"holds", "fails", "not_known", "not_applicable"}


def empty(relation: Any) -> str:
    """A relation of which a freeze has no row has no file."""
    columns = ", ".join(f"null::{TYPES['duckdb'][one.type]} as {one.name}" for one in relation.columns)
    return f"(select {columns} where false)"


def test_figures_are_those_of_the_files_stored_down_to_the_county_and_below_read_from_them_as_they_were(
    freeze: Freeze,
) -> None:
    with within(NATION):
        stored = Tallied.objects.filter(freeze=freeze, place_code=people.COUNTY)
        for one in stored:
            [document] = [
                told for told in read(tally_of(freeze), people.COUNTY) if (told["kind"], told["status"]) == (one.kind, one.status)
            ]  # fmt: skip
            assert one.facts == document["facts"] and one.measures == document["measures"]
            assert one.figures == document
        assert stored.count() > 2
        assert not Tallied.objects.filter(freeze=freeze, level__in=("township", "village")).exists()
        [(village, told)] = list(queries.below(freeze, people.COUNTY, "village").items())[:1]
        documents = read(tally_of(freeze), village)
        assert told.households() == sum(one["households"] for one in documents if one["kind"] != "all") > 0
        for part in ("rules", "facts", "measures"):
            added: dict[str, dict[str, Any]] = {}
            for one in documents:
                for id, counts in one[part].items():
                    add_up(added.setdefault(id, {}), counts)
            assert told.all(part) == added == queries.figures(freeze, village).all(part)
        new = queries.figures(freeze, f"{village[:9]}299")
        assert not new and new.rule("exit.income") == queries.Counts(), "a village that came after the freeze"
    # Whoever reads them sees of the province's file what lies in their own area.
    with within(scope_of(village)):
        assert set(queries.below(freeze, people.COUNTY, "village")) == {village}
        assert not queries.figures(freeze, people.TOWNSHIP)
    with within(scope_of(people.OTHER_COUNTY)):
        assert not queries.figures(freeze, village) and not queries.below(freeze, people.COUNTY, "village")
    sealed = tally_of(freeze) / "places/part-99.parquet"
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:300] + bytes([whole[300] ^ 1]) + whole[301:])
    with within(NATION), pytest.raises(queries.FiguresAway):
        queries.figures(freeze, village)
    sealed.unlink()
    with within(NATION), pytest.raises(queries.FiguresAway):
        queries.figures(freeze, village)
    with within(NATION):
        assert queries.figures(freeze, people.COUNTY).households() > 0, (
            "what is stored is told without the files"
        )
    by = people.person("县里人", "xian", people.COUNTY, people.Role.COUNTY_OFFICE)
    client = people.sign_in(Client(headers={"host": "127.0.0.1"}), by)
    page = client.get(f"/places/{people.COUNTY}/?live=0")
    assert not page.context["source"]["frozen"] and page.context["source"]["other"] is None, (
        "so it is told live"
    )
    page = client.get(f"/freezes/{freeze.pk}/{village}/rules/exit.income/fails/")
    assert page.status_code == 404 and "这份数据快照的文件不在原处" in page.content.decode()
