"""A place's page: each figure equals its plain count, opens to as many households, and what is not known is said."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import lxml.html
import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import people
from freezes.frozen_county import taken
from intake import taking
from workbench.conftest import Town, watched
from workbench.exits import left_by_a_case, years_agree
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.services.standings import compute_standings
from xiuhua.workbench.queries.figures import rate

pytestmark = [pytest.mark.database, pytest.mark.slow]
COUNTY = taking.COUNTY
NOT_INCOME = ("exit.food_clothing", "exit.education", "exit.medical", "exit.housing", "exit.water")


def change(sql: str, *values: object) -> None:
    with within(scope_of(COUNTY)), connection.cursor() as cursor:
        cursor.execute(sql, list(values))


def change_years(town: Town, sql: str) -> None:
    """Years of exit as another file had told them: nobody but a file, a case or the owner writes them."""
    with psycopg.connect(town.urls.owner, autocommit=True) as owner:
        owner.execute(
            "select set_config('xiuhua.lo', '990521', false), set_config('xiuhua.hi', '990522', false)"
        )
        owner.execute(sql)


def test_each_standard_counts_its_households_and_opens_to_them(town: Town) -> None:
    client = town.client(town.world.county_office)
    rows = client.get(f"/places/{COUNTY}/").context["standards"]
    assert len(rows) == 7
    for row, rule in zip(rows, ("exit.income", *NOT_INCOME, "exit.recent"), strict=True):
        for what, column in (("fails", "exit_fails"), ("unknown", "exit_unknown")):
            [(n,)] = taking.ask(
                "select count(*) from registry_household h join registry_standing s on s.household_id = h.id"
                f" where h.kind = 'registered' and h.ended_on is null and %s = any(s.{column})",
                values=[rule],
            )
            assert row[what] == n, (rule, what)
            if n:
                shown = client.get(row[f"{what}_url"]).context
                assert (shown["pager"] or {"total": len(shown["rows"])})["total"] == n
        assert bool(row["next"]) == bool(row["unknown"]), (
            "what is not known has what makes it known beside it"
        )
    assert any(row["unknown"] for row in rows)


def test_a_village_on_the_map_says_what_its_households_say(town: Town) -> None:
    drawn = town.client(town.world.county_office).get(f"/places/{COUNTY}/").context["map"]
    told = {row["url"].strip("/").split("/")[-1]: row for row in drawn["rows"]}
    counted = taking.ask(
        "select h.village_code, array_agg(distinct f) filter (where f is not null), coalesce(sum(distinct 0), 0)"
        " from registry_household h left join registry_standing s on s.household_id = h.id"
        " left join lateral unnest(s.exit_fails) f on f = any(%s)"
        " where h.kind = 'registered' and h.ended_on is null group by 1",
        values=[list(NOT_INCOME)],
    )
    assert len(counted) > 2 and set(told) >= {code for code, _fails, _zero in counted}
    for code, fails, _zero in counted:
        assert len(told[code]["fails"]) == len(fails or []), code
        assert told[code]["mark"] == (str(len(fails)) if fails else told[code]["mark"])
    assert {mark["name"] for mark in drawn["sheets"][0]["marks"]} <= {row["name"] for row in drawn["rows"]}


def test_a_city_shows_its_counties_by_the_share_that_misses_something(town: Town) -> None:
    villages = town.client(town.world.county_office).get(f"/places/{COUNTY}/").context["map"]["rows"]
    page = town.client(town.world.city_office).get(f"/places/{people.CITY}/?live=1").context
    rows = {row["url"].strip("/").split("/")[-1]: row for row in page["map"]["rows"]}
    own, [below] = rows[COUNTY], [one for one in page["children"] if one["code"] == COUNTY]
    assert int(own["mark"]) == -(-below["fails"] * 100 // below["registered"]) > 0
    assert set(own["fails"]) == {what for row in villages for what in row["fails"]}
    assert (rows[people.OTHER_COUNTY]["tone"], rows[people.OTHER_COUNTY]["mark"]) == ("plain", "–")
    assert [row["name"] for row in page["map"]["nowhere"]] == [rows[people.OTHER_COUNTY]["name"]]
    assert [one["name"] for one in page["map"]["sheets"][0]["marks"]] == [own["name"]]


def test_a_village_without_coordinates_is_named_beside_the_map(town: Town) -> None:
    client = town.client(town.world.county_office)
    before = client.get(f"/places/{COUNTY}/").context["map"]
    assert before["nowhere"] == []
    change("update places_place set longitude = null, latitude = null where code = %s", people.VILLAGE)
    answer = client.get(f"/places/{COUNTY}/")
    after = answer.context["map"]
    assert [row["url"] for row in after["nowhere"]] == [f"/places/{people.VILLAGE}/"]
    assert len(after["sheets"][0]["marks"]) == len(before["sheets"][0]["marks"]) - 1
    assert len(after["rows"]) == len(before["rows"]), "the table has every village"
    assert "没有经度、纬度" in answer.content.decode()


def test_an_incidence_is_told_only_where_every_village_is_counted(town: Town) -> None:
    client = town.client(town.world.county_office)

    def incidence() -> dict[str, str]:
        cards = client.get(f"/places/{COUNTY}/").context["cards"]
        return next(card for card in cards if card["label"] == "贫困发生率")

    [(rural,)] = taking.ask("select sum(rural_persons) from places_villagerecord")
    poor = client.get(f"/places/{COUNTY}/").context["cards"][3]["number"]
    told = str(incidence()["number"])
    assert int(told.replace(".", "")) == -(-poor * 10_000 // rural)
    change("update places_villagerecord set rural_persons = null where village_code = %s", people.VILLAGE)
    unknown = incidence()
    assert unknown["number"] is None and unknown["tone"] == "straw" and "1 个村" in unknown["note"]


def test_one_village_uncounted_and_neither_page_tells_an_incidence(
    town: Town, tmp_path: Path, settings: Any
) -> None:
    settings.FREEZES = tmp_path / "freezes"
    change("update places_villagerecord set rural_persons = null where village_code = %s", people.VILLAGE)
    taken(COUNTY)
    client = town.client(town.world.county_office)
    cards = [client.get(f"/places/{COUNTY}/?live={one}").context["cards"][2] for one in (1, 0)]
    assert cards[0]["number"] is None and cards[1]["number"] is None
    assert cards[0]["note"] == cards[1]["note"] and "1 个村" in cards[1]["note"]


def test_a_share_over_the_standard_is_never_shown_as_one_under_it() -> None:
    assert rate(2_004, 100_000) == "2.01"
    assert (rate(2_000, 100_000), rate(1, 1_000_000), rate(0, 10)) == ("2.00", "0.01", "0.00")


def test_exits_are_told_by_year_and_a_year_that_nobody_knows_is_said(town: Town) -> None:
    client = town.client(town.world.county_office)
    change_years(
        town,
        "update registry_household set exit_year = 2016 where id in (select id from registry_household"
        " where kind = 'registered' and status_reported = 'exited' order by id limit 5)",
    )
    exits = client.get(f"/places/{COUNTY}/").context["exits"]
    assert [one["label"] for one in exits][-1] == "年度不明" and exits[-1]["tone"] == "straw"
    by_year = {one["label"]: one for one in exits}
    for one in by_year.values():
        shown = client.get(one["url"]).context
        assert (shown["pager"] or {"total": len(shown["rows"])})["total"] == one["value"]
    assert by_year["2016"]["value"] >= 5


def test_causes_and_those_of_whom_nobody_knows_one_add_up_to_all_registered_live_and_frozen(
    town: Town, tmp_path: Path, settings: Any
) -> None:
    settings.FREEZES = tmp_path / "freezes"
    change(
        "update registry_household set main_cause = null where id in (select id from registry_household"
        " where kind = 'registered' order by id limit 9)"
    )
    taken(COUNTY)
    client = town.client(town.world.county_office)
    [(registered,)] = taking.ask(
        "select count(*) from registry_household where kind = 'registered' and ended_on is null"
    )
    for live in (1, 0):
        causes = client.get(f"/places/{COUNTY}/?live={live}").context["causes"]
        assert sum(one["value"] for one in causes) == registered
        assert (
            causes[-1]["label"] == "没有记录" and causes[-1]["tone"] == "straw" and causes[-1]["value"] >= 9
        )
        shown = client.get(causes[-1]["url"])
        assert shown.status_code == 200
        if live:
            total = (shown.context["pager"] or {"total": len(shown.context["rows"])})["total"]
            assert total == causes[-1]["value"] and "主要致贫原因没有记录" in shown.content.decode()
        else:
            assert shown.context["found"] == causes[-1]["value"]


def test_incomes_tell_the_same_live_and_frozen_under_the_year_that_they_are_of(
    town: Town, tmp_path: Path, settings: Any
) -> None:
    settings.FREEZES = tmp_path / "freezes"
    change("update registry_standing set as_of = '2018-01-31'")
    change("delete from registry_periodrecord where year > 2017")
    change(
        "update registry_periodrecord set business_fen = 0, business_cost_fen = 90000000, net_income_reported_fen = null,"
        " net_income_per_head_reported_fen = null where year = 2017 and household_id in (select household_id from"
        " registry_periodrecord r join registry_household h on h.id = r.household_id where r.year = 2017"
        " and h.kind = 'registered' and h.ended_on is null and r.wage_fen is not null and r.business_fen is not null"
        " and r.property_fen is not null and r.transfer_fen is not null order by 1 limit 3)"
    )
    change(
        "delete from registry_periodrecord where household_id in (select id from registry_household"
        " where kind = 'registered' order by id desc limit 2)"
    )
    assert taken(COUNTY).as_of.year == 2018
    client = town.client(town.world.county_office)
    answers = [client.get(f"/places/{COUNTY}/?live={one}") for one in (1, 0)]
    assert [unopened(one.content.decode()) for one in answers] == [[], []]
    live, frozen = (one.context for one in answers)
    told = [one["says"] for one in live["spread_says"]]
    assert [one["says"] for one in frozen["spread_says"]] == told
    assert any("须逐户核实" in one for one in told) and any("不足 0 元" in one for one in told), told
    for page in (live, frozen):
        assert "2017" in page["spread"]["line_label"] and page["spread"]["line"] == 2952
        opened = 0
        links = [cell for row in page["spread"]["rows"] for cell in row["cells"]]
        links += [link for one in page["spread_says"] for link in one.get("links", [])]
        said = [{**one, "value": first_number(one["says"])} for one in page["spread_says"] if one.get("url")]
        assert len(said) > 2, "under the line, close above it, and not known"
        rare = [
            {"value": one[what], "url": one[f"{what}_url"]}
            for one in page["children"][:1]
            for what in ("households", "registered")
        ]
        for cell in [one for one in links if one["value"]][::5] + links[-1:] + said + rare:
            context = client.get(cell["url"]).context
            listed_here = (context["pager"] or {"total": len(context["rows"])})["total"]
            assert listed_here == cell["value"], cell
            opened += 1
        assert opened > 3
    totals = [
        [sum(row["values"][at] for row in page["spread"]["rows"]) for at in (0, 1)] for page in (live, frozen)
    ]
    assert totals[0] == totals[1]


def first_number(says: str) -> int:
    """The number of households that a sentence tells."""
    return int(re.search(r"([\d,]+) 户", says)[1].replace(",", ""))  # type: ignore[index]


def unopened(page: str) -> list[str]:
    """Numbers of households or people on a page of a place beside which no way leads to them."""
    found = []
    for text in lxml.html.fromstring(page).xpath("//main//text()"):
        above = [text.getparent(), *text.getparent().iterancestors()]
        tags = [one.tag for one in above]
        cell = next((one for one in above if one.tag in ("td", "li", "p", "section", "h1")), above[0])
        counts = re.search(r"[1-9][\d,]*\s*(户|人)", text) or (
            cell.tag == "td" and re.search("num|value", cell.get("class", "")) and re.search("[1-9]", text)
        )
        # What an outcome saw is its evidence, and stands with its clause.
        seen = any("outcome" in one.get("class", "").split() for one in above)
        if not counts or seen or {"a", "svg", "script"} & set(tags):
            continue
        # A bar's own way stands at the head of its row, a card's at its title.
        whole = cell.getparent() if cell.tag == "td" and "value" in cell.get("class", "") else cell
        card = next((one for one in above if "stat" in one.get("class", "").split()), whole)
        if not card.xpath(".//a[@href]"):
            found.append(" ".join(text.split()))
    return found


def test_places_below_come_worst_first_or_as_asked(town: Town) -> None:
    client = town.client(town.world.county_office)
    context = client.get(f"/places/{COUNTY}/").context
    shares = [(one["fails"] + one["unknown"]) / one["registered"] for one in context["children"]]
    assert shares == sorted(shares, reverse=True) and len(shares) > 1
    codes = [one["url"] for one in client.get(f"/places/{COUNTY}/?sort=code").context["children"]]
    assert codes == sorted(codes)
    unknown = [one["unknown"] for one in client.get(f"/places/{COUNTY}/?sort=unknown").context["children"]]
    assert unknown == sorted(unknown, reverse=True)
    assert client.get(f"/places/{COUNTY}/?sort=';drop").status_code == 200


def test_a_village_names_its_households_by_how_they_stand(town: Town) -> None:
    client = town.client(town.world.first_secretary)
    context = client.get(f"/places/{people.VILLAGE}/").context
    assert context.get("children") is None, "a village has nothing below it to compare"
    poor, exited, watched = context["kept"]
    [(n,)] = taking.ask(
        "select count(*) from registry_household h where h.kind = 'registered' and h.village_code = %s"
        " and h.status_reported = 'exited' and h.ended_on is null",
        people.VILLAGE,
        [people.VILLAGE],
    )
    assert exited["number"] == n and len(exited["rows"]) == min(n, 12)
    assert poor["rows"] and watched["number"] == 0
    assert all(re.fullmatch(r"/households/\d+/", row["url"]) for row in poor["rows"])


def test_a_page_asks_no_more_for_many_villages_than_for_few(town: Town) -> None:
    client = town.client(town.world.county_office)
    asked = {}
    for place in (COUNTY, people.TOWNSHIP):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/places/{place}/").status_code == 200
        asked[place] = len(queries)
    # A county has standards of its own, an opening and changes of places besides.
    assert asked[people.TOWNSHIP] <= asked[COUNTY] < 50, asked


def test_a_county_as_its_freeze_saw_it_tells_what_the_live_page_tells(
    town: Town, tmp_path: Path, settings: Any
) -> None:
    settings.FREEZES = tmp_path / "freezes"
    watched(town, 3, village=people.VILLAGE)
    # By a case, in a year after the day of the data; of one the files still tell an exit of before, and of one an appeal took it back.
    left = left_by_a_case(town, "2019-03-02")
    # An area of nothing and a year that cannot be leave an exit in doubt, and by May the year before last is no recent record.
    exited = "select id from registry_household where kind = 'registered' and status_reported = 'exited' and ended_on is null order by id"
    change(
        f"update registry_periodrecord set house_area_m2 = 0 where year = 2017 and household_id in ({exited} limit 9)"
    )
    change_years(
        town, f"update registry_household set exit_year = 2012 where id in ({exited} offset 9 limit 4)"
    )
    keys = [key for (key,) in taking.ask("select id from registry_household where ended_on is null")]
    with within(scope_of(COUNTY)):
        compute_standings(households=keys, as_of=date(2018, 5, 1))
    freeze = taken(COUNTY)
    client = town.client(town.world.county_office)
    live = client.get(f"/places/{COUNTY}/?live=1").context
    frozen = client.get(f"/places/{COUNTY}/?live=0").context
    assert frozen["source"]["frozen"] and not live["source"]["frozen"]
    assert frozen["source"]["url"] == f"/freezes/{freeze.pk}/"
    for name in ("fails", "unknown", "holds", "total"):
        assert [one[name] for one in frozen["standards"]] == [one[name] for one in live["standards"]], name
    for name in ("households", "registered", "poor", "exited", "fails", "unknown", "doubt", "incidence"):
        of = {one["code"]: one[name] for one in live["children"]}
        assert {one["code"]: one[name] for one in frozen["children"]} == of, name
    assert [(one["label"], one["value"]) for one in frozen["causes"]] == [
        (one["label"], one["value"]) for one in live["causes"]
    ]
    said = [[str(one["says"]) for one in page["spread_says"]] for page in (live, frozen)]
    assert said[0] == said[1], (said, freeze.as_of)
    years_agree(client, live, frozen, left, "2019")
    seen = {row["url"]: (row["mark"], row["poor_people"]) for row in live["map"]["rows"]}
    assert {row["url"]: (row["mark"], row["poor_people"]) for row in frozen["map"]["rows"]} == seen
    opened = [one[f"{what}_url"] for one in frozen["standards"] for what in ("fails", "unknown") if one[what]]
    assert opened and all(url.startswith(f"/freezes/{freeze.pk}/{COUNTY}/rules/") for url in opened)
    for url in (opened[0], frozen["cards"][0]["url"], frozen["cards"][3]["url"], frozen["causes"][0]["url"]):
        assert client.get(url).status_code == 200, url
    answer = client.get(f"/places/{people.VILLAGE}/?live=0")
    village = answer.context
    now = client.get(f"/places/{people.VILLAGE}/?live=1").context["kept"]
    assert [one["number"] for one in village["kept"]] == [one["number"] for one in now] and now[2][
        "number"
    ] == 3
    for one in village["kept"]:
        assert one["url"].startswith(f"/freezes/{freeze.pk}/{people.VILLAGE}/"), one["label"]
        assert one["live_url"].startswith(f"/places/{people.VILLAGE}/households/?show=")
        assert client.get(one["url"]).context["found"] == one["number"] > 0
    assert answer.content.decode().count("实时 · 下面是现在登记的住户") == len(village["kept"])
    assert all(
        one["label"].startswith("实时 · 退出条件")
        for one in village["place"]["pills"]
        if "退出条件" in one["label"]
    )


def test_statuses_that_nobody_decided_count_the_same_live_and_frozen(
    town: Town, tmp_path: Path, settings: Any
) -> None:
    settings.FREEZES = tmp_path / "freezes"
    with psycopg.connect(town.urls.owner, autocommit=True) as owner:
        owner.execute("alter table registry_statusentry disable trigger user")
        owner.execute("alter table registry_statusentry no force row level security")
        owner.execute("delete from registry_statusentry")
        owner.execute("alter table registry_statusentry force row level security")
        owner.execute("alter table registry_statusentry enable trigger user")
        owner.execute("insert into registry_tallymark (village_code) select village_code from registry_tally")
    change(
        "update registry_household set status_reported = 'pre_exit' where id in (select id from registry_household"
        " where kind = 'registered' and status_reported = 'exited' order by id limit 7)"
    )
    freeze = taken(COUNTY)
    client = town.client(town.world.county_office)
    live, frozen = (client.get(f"/places/{COUNTY}/?live={one}").context for one in (1, 0))
    assert sum(one["exited"] for one in live["children"]) > 5
    for name in ("poor", "poor_people", "exited", "registered"):
        told = {one["code"]: one.get(name) for one in live["children"]}
        assert {one["code"]: one.get(name) for one in frozen["children"]} == told, name
    exited = next(one for one in frozen["exits"])
    opened = client.get(
        f"/freezes/{freeze.pk}/{COUNTY}/facts/is_registered/true/?kind=registered&status=exited"
    )
    assert (
        opened.context["found"] == opened.context["total"] == sum(one["exited"] for one in live["children"])
    )
    assert exited["value"] <= opened.context["total"]
