"""What the page of a frozen figure refuses somebody, its tables refuse; and what is no part of a figure is not there."""

# ruff: noqa: F811  fixtures are asked for by their names
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import people
from freezes.laid_in import laid_in
from workbench.conftest import Town, take
from workbench.test_frozen_figures import COUNTY, address, freeze, kept_freeze, town  # noqa: F401  fixtures
from xiuhua.accounts.models import Appointment
from xiuhua.engine import load
from xiuhua.freezes import queries
from xiuhua.freezes.models import Freeze
from xiuhua.places.scope import scope_of, within
from xiuhua.workbench.exports.frozen import TABLES

pytestmark = [pytest.mark.database, pytest.mark.slow]
# How somebody was let out points at the village and the township that did it.
RULE, FACT = "hollow.unclear_taken_over", "exit_signed_by"
SINGLE = ("workbench.frozen_households", "workbench.frozen_places")
COMPARED = ("workbench.freezes_compared_households", "workbench.freezes_compared_places")


def posts(town: Town) -> list[tuple[Appointment, str, bool]]:
    """Who, at which place, and whether such marks are for them."""
    world = town.world
    return [
        (world.county_office, COUNTY, True), (world.auditor, COUNTY, True), (world.leader, COUNTY, False),
        (world.township_officer, people.TOWNSHIP, False), (world.first_secretary, people.VILLAGE, False),
    ]  # fmt: skip


def told(freeze: Freeze, place: str) -> list[tuple[str, str, str]]:
    """Sections, ids and parts in which somebody was counted there, of a rule and of a fact."""
    with within(scope_of(place)):
        of = queries.figures(freeze, place)
        rule, fact = vars(of.rule(RULE)), of.fact(FACT)
    lanes = [lane for lane in ("fails", "not_known", "holds") if rule[lane]]
    flat = {**fact.pop("parts", {}), **fact}
    parts = [part for part, n in flat.items() if n]
    assert lanes and parts, place
    return [("rules", RULE, lanes[0]), ("facts", FACT, parts[0])]


def test_marks_of_doubtful_exits_leave_in_no_table_to_whom_their_page_is_not_open(
    town: Town, freeze: Freeze
) -> None:
    assert {*SINGLE, *COMPARED, "workbench.freezes_compared"} == set(TABLES), "another table asks the same"
    for who, place, open_to in posts(town):
        client, answer = town.client(who), 200 if open_to else 404
        for section, id, lane in told(freeze, place):
            asked = {
                "place": place, "freeze": str(freeze.pk), "section": section, "id": id, "lane": lane
            }  # fmt: skip
            page = client.get(f"/freezes/{freeze.pk}/{place}/{section}/{id}/{lane}/")
            assert page.status_code == answer, (who.role, id)
            for kind in SINGLE:
                form = client.get(f"/exports/new/{kind}/", asked)
                assert form.status_code == answer, (who.role, kind, id)
                # Asked for past the page that offers it, it is refused as well.
                sent = client.post(f"/exports/new/{kind}/", {**asked, "form": "csv", "reason": "核对"})
                assert sent.status_code == (302 if open_to else 404), (who.role, kind, id)
        asked = {"place": place, "a": str(freeze.pk), "b": str(freeze.pk), "rule": RULE}
        assert client.get(f"/freezes/compare/rules/{RULE}/", asked).status_code == answer
        for kind in COMPARED:
            assert client.get(f"/exports/new/{kind}/", asked).status_code == answer, (who.role, kind)


def test_a_table_of_two_freezes_names_these_marks_to_nobody_else_either(town: Town, freeze: Freeze) -> None:
    with within(scope_of(COUNTY)):
        before = laid_in(COUNTY, freeze.as_of, freeze.taken_at - timedelta(days=1))
    says = load().rules[RULE].says.zh
    for who, place, open_to in posts(town):
        query = {"a": str(before.pk), "b": str(freeze.pk), "place": place}
        text = take(town, who, "workbench.freezes_compared", "csv", **query).content.decode("utf-8-sig")
        assert load().rules["exit.income"].says.zh in text and (says in text) == open_to, who.role


def test_a_list_is_offered_as_no_table_where_its_files_are_away_nor_above_the_county(
    town: Town, freeze: Freeze
) -> None:
    with within(scope_of("9905")):
        rows = [document(code, level) for code, level in (("9905", "city"), (COUNTY, "county"))]
        one = laid_in("9905", freeze.as_of, freeze.taken_at, rows)
    higher = town.client(people.person("市督查", "shi", "9905", people.Role.AUDITOR))
    assert higher.get(address(one, "fails", "9905")).context["export_url"]
    assert higher.get(address(one, "fails", "9905", "redline.vehicle")).context["export_url"] is None


def document(place: str, level: str, **more: Any) -> dict[str, Any]:
    return {
        "place_code": place, "level": level, "kind": "registered", "status": "poor", "households": 2, "persons": 6,
        "rules": {"exit.income": [0, 2], "redline.vehicle": [0, 2]}, "facts": {}, **more,
    }  # fmt: skip


def test_how_fine_a_figure_is_counted_is_no_part_of_it(town: Town, freeze: Freeze) -> None:
    gap = {"known": 2, "unknown": 0, "persons": 6, "poor": 3, "gap": 5, "gap2": 1, "per": 1_000_000}
    share = {"known": 2, "unknown": 0, "of": 3, "per": 6, "scale": 100}
    bands = {"parts": {"2500": 2}, "unknown": 0, "scale": 100}
    measures = {"poverty_gap": gap, "poverty_incidence": share, "income_bands": bands}
    facts = {"arable_mu": {"known": 2, "unknown": 0, "sum": 700, "scale": 100}}
    with within(scope_of("9905")):
        rows = [
            document(code, level, measures=measures, facts=facts)
            for code, level in (("9905", "city"), (COUNTY, "county"))
        ]
        one = laid_in("9905", freeze.as_of, freeze.taken_at, rows)
    client = town.client(town.world.city_office)
    for figure, total in (
        ("measures/poverty_gap/per", None), ("measures/poverty_gap/gap", 5), ("measures/poverty_gap/poor", 3),
        ("measures/poverty_incidence/scale", None), ("measures/poverty_incidence/per", 6),
        ("measures/income_bands/parts", None), ("measures/income_bands/scale", None), ("measures/income_bands/2500", 2),
        ("facts/arable_mu/scale", None), ("facts/arable_mu/known", 2),
    ):  # fmt: skip
        page = client.get(f"/freezes/{one.pk}/9905/{figure}/")
        assert page.status_code == (404 if total is None else 200), figure
        assert total is None or page.context["total"] == total, figure
