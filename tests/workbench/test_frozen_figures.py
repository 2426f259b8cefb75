"""A frozen figure opens to its households and to nobody else's."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings

import people
from databases import fresh, kept
from freezes.frozen_county import taken
from freezes.laid_in import laid_in
from intake import taking
from workbench.conftest import Town, take
from xiuhua.freezes import queries
from xiuhua.freezes.models import Freeze, HouseholdKey
from xiuhua.freezes.services import confirm_forgetting, forget
from xiuhua.places.scope import scope_of, within

pytestmark = [pytest.mark.database, pytest.mark.slow]
COUNTY = taking.COUNTY
RULE = "exit.income"


@pytest.fixture(scope="module")
def kept_freeze(
    kept_town: tuple[str, Town], server: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Freeze, Path]]:
    """The county frozen once, for all of these tests."""
    folder = tmp_path_factory.mktemp("kept") / "freezes"

    def frozen() -> Freeze:
        with override_settings(FREEZES=folder):
            return taken(COUNTY)

    with kept(server, django_db_blocker, frozen, kept_town[0]) as (name, made):
        yield name, made, folder


@pytest.fixture
def town(
    kept_town: tuple[str, Town],
    kept_freeze: tuple[str, Freeze, Path],
    server: Any,
    django_db_blocker: Any,
    tmp_path: Path,
    settings: Any,
) -> Iterator[Town]:
    """The county with its freeze, in a database and a folder of the test's own."""
    name, _made, folder = kept_freeze
    settings.FREEZES = tmp_path / "freezes"
    shutil.copytree(folder, settings.FREEZES)
    with fresh(server, django_db_blocker, name) as urls:
        yield replace(deepcopy(kept_town[1]), urls=urls)


@pytest.fixture
def freeze(kept_freeze: tuple[str, Freeze, Path], town: Town) -> Freeze:
    return deepcopy(kept_freeze[1])


def counts(freeze: Freeze, place: str = COUNTY, **wanted: Any) -> queries.Counts:
    with within(scope_of(COUNTY)):
        return queries.figures(freeze, place).rule(RULE, **wanted)


def address(freeze: Freeze, lane: str, place: str = COUNTY, rule: str = RULE) -> str:
    return f"/freezes/{freeze.pk}/{place}/rules/{rule}/{lane}/"


def listed(client: Any, where: str) -> list[int]:
    """Ids of the households of all pages of a list."""
    found: list[int] = []
    while where:
        page = client.get(where)
        assert page.status_code == 200, where
        found += [
            int(re.search(r"/households/(\d+)/", row["url"])[1])  # type: ignore[index]
            for row in page.context["rows"]
            if row["url"]
        ]
        where = (page.context["pager"] or {}).get("next_url") or ""
    return found


def test_a_figure_opens_to_as_many_households_as_it_counts_each_as_it_was_judged(
    town: Town, freeze: Freeze
) -> None:
    client = town.client(town.world.county_office)
    counted = counts(freeze)
    for lane in ("holds", "fails", "not_known"):
        n = getattr(counted, lane)
        found = listed(client, address(freeze, lane))
        assert n > 0 and len(found) == n == len(set(found)), lane
    # The freeze was taken a moment ago, so the register's own page says the same of each.
    states = {"fails": "fails", "not_known": "not_known"}
    for lane, state in states.items():
        for pk in listed(client, address(freeze, lane))[:10]:
            shown = {
                one["title"]: one["state"] for one in client.get(f"/households/{pk}/").context["outcomes"]
            }
            assert shown["收入"] == state
    page = client.get(address(freeze, "fails"))
    assert page.context["total"] == counted.fails
    text = page.content.decode()
    assert "数据快照" in text and f"/rulebook/rules/{RULE}/" in text and "2,952" in text
    assert str(freeze.sha256[:12]) in text


def test_a_figure_is_narrowed_by_kind_and_status_and_by_village(town: Town, freeze: Freeze) -> None:
    client = town.client(town.world.county_office)
    poor = counts(freeze, kind="registered", status="poor").fails
    where = address(freeze, "fails") + "?kind=registered&status=poor"
    page = client.get(where)
    assert page.context["total"] == poor == len(listed(client, where)) > 0
    assert all("未脱贫" in row["status"] for row in page.context["rows"])
    villages = client.get(address(freeze, "fails")).context["villages"]
    assert sum(one["count"] for one in villages) == counts(freeze).fails
    first = villages[0]
    assert len(listed(client, first["url"])) == first["count"]


def test_what_is_not_counted_is_not_there_and_never_zero(town: Town, freeze: Freeze) -> None:
    client = town.client(town.world.county_office)
    whole = client.get(address(freeze, "fails")).context["total"]
    for every in ("?kind=all", "?status=all", "?kind=registered,all", "?kind=&status="):
        page = client.get(address(freeze, "fails") + every)
        assert page.context["total"] == whole == page.context["found"] > 0, every
    with within(scope_of(COUNTY)):
        told = vars(queries.figures(freeze, COUNTY).rule("village.incidence"))
    of_village = address(freeze, next(lane for lane, n in told.items() if n), rule="village.incidence")
    found = client.get(of_village).context["total"]
    assert found > 0 and client.get(of_village + "?kind=all").context["total"] == found
    begins = f"/freezes/{freeze.pk}/{COUNTY}"
    for absent in (
        address(freeze, "fails") + "?kind=gone",
        address(freeze, "fails") + "?kind=registered,poor",
        address(freeze, "fails") + "?status=registered",
        of_village + "?kind=registered",
        of_village + "?status=none",
        address(freeze, "not_known", people.VILLAGE, "county.incidence"),
        f"{begins}/facts/someone_out_of_school/nothing/",
        f"{begins}/measures/income_bands/15001/",
    ):
        assert client.get(absent).status_code == 404, absent
    assert client.get(address(freeze, "not_known", rule="county.incidence")).status_code == 200
    # A rule that came after the freeze: of no household anything was counted by it.
    with within(scope_of(COUNTY)):
        before = laid_in(
            COUNTY,
            freeze.as_of,
            freeze.taken_at - timedelta(days=1),
            [{"place_code": COUNTY, "level": "county", "kind": "registered", "status": "poor", "households": 2, "persons": 6,
              "rules": {"exit.housing": [2]}, "facts": {"arable_mu": {"known": 2}}}],
        )  # fmt: skip
    for told, there in (
        ("rules/exit.housing/fails", 200), ("rules/exit.income/fails", 404), ("facts/arable_mu/unknown", 200), ("facts/is_registered/true", 404),
    ):  # fmt: skip
        assert client.get(f"/freezes/{before.pk}/{COUNTY}/{told}/").status_code == there, told
    # Counted, and nobody found: that is a zero.
    none = [one for one in range(2010, 2041) if not _of_year(freeze, one)]
    assert none and client.get(f"{begins}/facts/year_of_exit/{none[0]}/").context["total"] == 0


def _of_year(freeze: Freeze, year: int) -> int:
    with within(scope_of(COUNTY)):
        found = queries.figures(freeze, COUNTY).fact("year_of_exit")
        return int(found.get("parts", {}).get(str(year), 0))


def test_what_departments_lists_say_of_somebody_opens_to_who_hears_households_and_to_no_leader(
    town: Town, freeze: Freeze
) -> None:
    home = taking.ask(f"select id from registry_household where village_code = '{people.VILLAGE}'")[0][0]
    addresses = [
        address(freeze, "not_known", rule="redline.vehicle"),
        f"/freezes/{freeze.pk}/{COUNTY}/facts/has_vehicle_listed/unknown/",
        f"/rulebook/rules/redline.vehicle/try/{home}/",
    ]
    handler, leader = town.client(town.world.county_office), town.client(town.world.leader)
    for where in addresses:
        assert handler.get(where).status_code == 200, where
        assert leader.get(where).status_code == 404, where
    assert leader.get("/rulebook/rules/redline.vehicle/").status_code == 200, (
        "the rule itself is for everybody"
    )
    for where in addresses[:2]:
        assert handler.get(where).context["export_url"] is None, "it is looked at here and leaves in no file"
    for query in (
        {"section": "rules", "id": "redline.vehicle", "lane": "not_known"},
        {"section": "facts", "id": "has_vehicle_listed", "lane": "unknown"},
    ):
        asked = {**query, "freeze": freeze.pk, "place": COUNTY}
        assert handler.get("/exports/new/workbench.frozen_households/", asked).status_code == 404
    asked = {"a": freeze.pk, "b": freeze.pk, "place": COUNTY, "rule": "redline.vehicle"}
    assert handler.get("/exports/new/workbench.freezes_compared_households/", asked).status_code == 404


def test_a_village_worker_opens_the_village_and_a_neighbour_nothing(town: Town, freeze: Freeze) -> None:
    worker, theirs = town.client(town.world.first_secretary), town.client(town.neighbour)
    own = {
        pk
        for (pk,) in taking.ask(f"select id from registry_household where village_code = '{people.VILLAGE}'")
    }
    found = [
        pk
        for lane in ("holds", "fails", "not_known")
        for pk in listed(worker, address(freeze, lane, people.VILLAGE))
    ]
    assert found and set(found) <= own
    for client, place in ((worker, COUNTY), (theirs, COUNTY), (theirs, people.OTHER_COUNTY)):
        assert client.get(address(freeze, "fails", place)).status_code == 404


def test_a_published_figure_leads_from_the_rulebook_to_ones_own_place_and_to_its_households(
    town: Town, freeze: Freeze
) -> None:
    client = town.client(town.world.county_office)
    for id in ("causes", "attributes", "sizes", "insured", "poverty_gap", "income_bands"):
        home = client.get(f"/rulebook/measures/{id}/").context["at_home"]
        assert home["rows"], id
        for row in home["rows"][:2] + home["rows"][-1:]:
            page = client.get(row["url"])
            assert page.status_code == 200 and page.context["total"] == row["value"], row
    rows = client.get(f"/rulebook/rules/{RULE}/").context["at_home"]["rows"]
    assert sum(row["value"] for row in rows) > counts(freeze).fails > 0
    further = client.get(f"/places/{COUNTY}/?live=0").context["further"]
    assert len(further) >= 3, "depth of poverty, attributes, sizes; insurance where anybody's is on record"
    for one in further:
        for bar in one.get("bars", [])[:1]:
            assert client.get(bar["url"]).context["total"] == bar["value"]


def test_a_share_is_a_sum_of_persons_and_opens_to_places_in_a_county_too(town: Town, freeze: Freeze) -> None:
    client = town.client(town.world.county_office)
    page = client.get(f"/freezes/{freeze.pk}/{COUNTY}/measures/poverty_incidence/of/")
    assert page.status_code == 200 and page.context["figure"]["unit"] == "人"
    assert page.context["total"] == sum(one["count"] for one in page.context["places"]) > 0
    kept = {name: value for name, (value,) in parse_qs(urlsplit(page.context["export_url"]).query).items()}
    taken_away = take(town, town.world.county_office, "workbench.frozen_places", "csv", **kept)
    told = taken_away.content.decode("utf-8-sig")
    assert all(f"{one['code']},{one['count']}" in told for one in page.context["places"])
    assert str(freeze.freeze_id) in told
    listed_freezes = take(town, town.world.county_office, "freezes.list", "csv", place=COUNTY)
    assert freeze.sha256 in listed_freezes.content.decode("utf-8-sig")
    below = client.get(page.context["places"][0]["url"])
    assert below.status_code == 200 and below.context["total"] == page.context["places"][0]["count"]


def test_an_administrator_is_led_from_the_rulebook_to_counts_that_give_nobody_away(
    town: Town, freeze: Freeze
) -> None:
    client = town.client(town.world.administrator)
    assert "/exports/new/" not in client.get("/rulebook/").content.decode()
    assert client.get(f"/rulebook/rules/{RULE}/").context["at_home"] is None
    for address in ("/rulebook/measures/sizes/", "/rulebook/measures/causes/"):
        page = client.get(address)
        assert "/exports/new/" not in page.content.decode(), "what cannot be had is not offered"
        home = page.context["at_home"]
        assert home["rows"] and all(row["value"] is None for row in home["rows"])
        for row in home["rows"]:
            shown = client.get(row["url"])
            assert shown.status_code == 200 and shown.context["safe"] is not None, row


def test_who_sees_no_household_gets_counts_that_give_nobody_away(town: Town, freeze: Freeze) -> None:
    client = town.client(town.world.administrator)
    with within(scope_of(COUNTY)):
        true = [one.measure("causes") for one in queries.below(freeze, COUNTY, "township").values()]
    causes = sorted({part for one in true for part, n in one["parts"].items() if n})
    assert len(causes) > 3
    withheld = 0
    for cause in causes:
        page = client.get(f"/freezes/{freeze.pk}/{COUNTY}/measures/causes/{cause}/")
        assert page.status_code == 200 and page.context["rows"] == []
        assert "/households/" not in page.content.decode()
        for row, known in zip(page.context["safe"], true, strict=True):
            [cell] = [one["n"] for one in row["cells"]]
            assert cell in (known["parts"].get(cause, 0), None)
            assert cell is None or cell == 0 or cell >= page.context["threshold"]
            withheld += cell is None
    assert withheld
    assert client.get("/freezes/compare/").status_code == 403


def test_no_other_cut_of_the_same_people_is_told_to_who_sees_no_household(town: Town, freeze: Freeze) -> None:
    """A township's own table, one kind alone, or what is checked of what holds, would complete the county's."""
    client = town.client(town.world.administrator)
    where = f"/freezes/{freeze.pk}/{{}}/measures/causes/illness/"
    plain = client.get(where.format(COUNTY)).context["safe"]
    narrowed = client.get(where.format(COUNTY) + "?kind=registered&status=poor").context["safe"]
    assert plain and narrowed == plain
    assert client.get(where.format(people.TOWNSHIP)).status_code == 404
    # Nor another table of those people: rules, facts and measures that count the same whole give none.
    whole = f"/freezes/{freeze.pk}/{COUNTY}"
    for other in ("rules/exit.water/fails", "rules/exit.water/checked", "facts/water_safe/false",
                  "measures/not_reached/water", "measures/attributes/general", "measures/poverty_incidence/of"):  # fmt: skip
        page = client.get(f"{whole}/{other}/")
        assert page.status_code == 200 and page.context["safe"] is None and page.context["total"] is None, (
            other
        )
        assert not page.context["rows"] and not page.context["places"]
        assert all(client.get(one["url"]).context["at_home"] for one in page.context["instead"])


def test_a_household_whose_link_was_destroyed_is_counted_and_said_so(town: Town, freeze: Freeze) -> None:
    client = town.client(town.world.county_office)
    before = listed(client, address(freeze, "fails"))
    second = people.person("李二", "lier", COUNTY, people.Role.COUNTY_OFFICE)
    with within(scope_of(COUNTY), who={"account": "wang"}):
        asked = forget(by=town.world.county_office, household=before[0], reason="依法删除").forgetting
        confirm_forgetting(by=second, forgetting_id=asked.pk)
    page = client.get(address(freeze, "fails"))
    assert page.context["total"] == len(before)
    assert [one for one in page.context["rows"] if one["gone"]]
    assert "关联已依法销毁" in page.content.decode()
    assert set(listed(client, address(freeze, "fails"))) == set(before[1:])


def test_figures_that_are_none_are_not_there(town: Town, freeze: Freeze) -> None:
    client = town.client(town.world.county_office)
    for wrong in (address(freeze, "maybe"), address(freeze, "fails", rule="exit.nothing"),
                  f"/freezes/{freeze.pk + 99}/{COUNTY}/rules/{RULE}/fails/", f"/freezes/{freeze.pk}/{COUNTY}/facts/no_such/true/",
                  f"/freezes/{freeze.pk}/{COUNTY}/facts/someone_out_of_school/nonsense/"):  # fmt: skip
        assert client.get(wrong).status_code == 404, wrong


def test_a_fact_opens_by_its_part(town: Town, freeze: Freeze) -> None:
    client = town.client(town.world.county_office)
    with within(scope_of(COUNTY)):
        held = queries.figures(freeze, COUNTY).fact("someone_out_of_school")
    for part in ("true", "unknown"):
        where = f"/freezes/{freeze.pk}/{COUNTY}/facts/someone_out_of_school/{part}/"
        assert client.get(where).context["total"] == held.get(part, 0) == len(listed(client, where))


def test_what_a_key_leads_to_is_looked_up_within_the_area(town: Town, freeze: Freeze) -> None:
    """The files hold the whole county: what a village worker is shown comes through the key table alone."""
    client = town.client(town.world.first_secretary)
    with within(scope_of(COUNTY)):
        outside = set(
            HouseholdKey.objects.exclude(village_code=people.VILLAGE).values_list(
                "household__number", flat=True
            )
        )
    text = client.get(address(freeze, "fails", people.VILLAGE)).content.decode()
    assert not [number for number in outside if number and number in text]
