"""The report of a period: every figure is the length of its list, what stood plus what came less what went is what stands."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils import translation
from docx import Document

import people
from freezes.frozen_county import taken
from freezes.laid_in import laid_in
from intake import taking
from workbench.conftest import Town, take
from workbench.planted_periods import histories, monitoring
from workbench.test_tables_taken_away import csv_rows
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.workbench.queries.report import FIGURES, Period, ends, period_of, presets, told
from xiuhua.workbench.queries.report import page as pages

COUNTY = taking.COUNTY
EVER = Period(date(2012, 1, 1), beijing_today())


def report(period: Period = EVER, place: str = COUNTY) -> Any:
    with within(scope_of(place)), translation.override("zh-hans"):
        return told(Place.objects.get(pk=place), period)


def rows(town: Town, key: str, period: Period, part: str = "") -> list[dict[str, Any]]:
    with within(scope_of(COUNTY)), translation.override("zh-hans"):
        place = Place.objects.get(pk=COUNTY)
        return list(pages.every(town.world.county_office, place, FIGURES[key], period, part))


def test_offices_find_the_periods_they_report_by() -> None:
    with translation.override("zh-hans"):
        known = dict(presets(date(2026, 2, 14)))
    assert known["本月"] == Period(date(2026, 2, 1), date(2026, 2, 14))
    assert known["上月"] == Period(date(2026, 1, 1), date(2026, 1, 31))
    assert known["本季度"] == Period(date(2026, 1, 1), date(2026, 2, 14))
    assert known["去年"] == Period(date(2025, 1, 1), date(2025, 12, 31))
    assert known["本年度（10 月至 9 月）"] == Period(date(2025, 10, 1), date(2026, 2, 14))
    assert known["上年度（10 月至 9 月）"] == Period(date(2024, 10, 1), date(2025, 9, 30))


@pytest.mark.parametrize(
    "query", [{}, {"since": "x", "until": "2017-13-40"}, {"since": "2999-01-01"}, {"since": "0001-01-01"}]
)
def test_a_period_never_reaches_into_the_future_nor_breaks(query: dict[str, str]) -> None:
    period = period_of(query)
    assert date(2012, 1, 1) <= period.since <= period.until <= beijing_today()


def test_days_in_the_wrong_order_are_put_right() -> None:
    period = period_of({"since": "2017-09-30", "until": "2017-01-01"})
    assert period == Period(date(2017, 1, 1), date(2017, 9, 30))


@pytest.mark.database
@pytest.mark.slow
def test_every_figure_is_the_length_of_its_list_and_the_sum_of_its_places(town: Town) -> None:
    histories(town.urls)
    monitoring(town.urls)
    for period in (EVER, Period(date(2017, 10, 1), date(2018, 9, 30))):
        made = report(period)
        for key, number in made.numbers.items():
            listed = rows(town, key, period)
            assert len(listed) == number.count, (key, period)
            for part, n in number.parts.items():
                assert len(rows(town, key, period, part)) == n, (key, part)
            if key in pages.BY_PLACE:
                assert sum(one.get(key, 0) for one in made.below.values()) == number.count, key
    year = report(Period(date(2026, 1, 1), date(2026, 6, 30))).numbers
    told = {key: one.count for key, one in year.items() if key.startswith(("proceeding", "clue", "watch"))}
    assert told == {
        "proceedings_before": 1, "proceedings_begun": 2, "proceedings_decided": 1, "proceedings_ended": 1, "proceedings_after": 1,
        "clues_before": 1, "clues_came": 2, "clues_ended": 2, "clues_after": 1,
        "watched_before": 0, "watch_begun": 2, "watch_ended": 1, "watched_after": 1,
    }  # fmt: skip
    assert year["proceedings_decided"].parts == {"watch": 1} and year["watch_ended"].parts == {"helped": 1}
    assert town.client(town.world.leader).get(f"/places/{COUNTY}/report/watched_after/").status_code == 403
    _taken_away(town)
    numbers = report(EVER).numbers
    assert (
        numbers["stood_after"].count > 0
        and numbers["findings_opened"].count > 0
        and numbers["not_known"].count > 0
    )


def _taken_away(town: Town) -> None:
    """The lists of clues, proceedings and who is watched go out as their pages show them, to those who may see them."""
    office = town.client(town.world.county_office)
    for where, kind, asked in (
        ("/clues/", "relapse.clues", {"show": "ended"}), ("/clues/watched/", "relapse.watched", {"basis": "case"}),
        ("/cases/proceedings/", "decisions.proceedings", {"show": "closed"}),
    ):  # fmt: skip
        page = office.get(where, asked)
        assert any(f"/exports/new/{kind}/" in one["url"] for one in page.context["actions"]), kind
        lines = take(town, town.world.county_office, kind, "csv", place=COUNTY, **asked).content.decode(
            "utf-8-sig"
        )
        assert page.context["rows"]
        for row in page.context["rows"]:
            assert any(
                (row.get("head") or row["household"]) in line and row["village"] in line
                for line in lines.splitlines()
            ), kind
        if kind.startswith("relapse"):
            assert town.client(town.world.leader).get(f"/exports/new/{kind}/?place={COUNTY}").status_code in (
                403,
                404,
            )

    _returned_taken_away(town)


def _returned_taken_away(town: Town) -> None:
    """How many returned goes out by year, and of a year by place, in the numbers of the page; a place there opens."""
    office, leader = town.client(town.world.county_office), town.client(town.world.leader)
    page = office.get("/clues/returned/").context
    year = next(one for one in page["years"] if one["returned"])
    opened = office.get(year["url"]).context["opened"]
    assert leader.get(opened["take_url"]).status_code == 200, "counts are a leader's to have"
    for kept, rows in (({}, page["years"]), ({"year": year["key"]}, opened["places"])):
        taken = take(town, town.world.county_office, "relapse.returned", "csv", place=COUNTY, **kept)
        lines = taken.content.decode("utf-8-sig").splitlines()
        for row in rows:
            numbers = f"{row['exited']},{row['returned']},{row['share']},{row['watched']}"
            assert any(row["label"] in line and line.endswith(numbers) for line in lines), row
    for row in opened["places"]:
        below = office.get(row["url"]).context["opened"]
        assert (below["exited"], below["returned"]) == (row["exited"], row["returned"])


@pytest.mark.database
@pytest.mark.slow
def test_both_ends_of_a_period_count_and_what_stood_changes_by_what_happened(town: Town) -> None:
    before = report(EVER).numbers["stood_after"]
    histories(town.urls)
    year = report(Period(date(2017, 10, 1), date(2018, 9, 30))).numbers
    assert (year["exited"].count, year["returned"].count, year["identified"].count) == (2, 0, 0)
    assert year["exited"].people == sum(
        one["people"] for one in rows(town, "exited", Period(date(2017, 10, 1), date(2018, 9, 30)))
    )
    assert year["stood_before"].parts == before.parts, "on the last day before it nothing had happened yet"
    assert year["stood_after"].parts["exited"] == before.parts["exited"] + 2
    assert year["stood_after"].parts["poor"] == before.parts["poor"] - 2
    later = report(Period(date(2018, 10, 1), beijing_today())).numbers
    assert (later["exited"].count, later["returned"].count) == (1, 1)
    assert later["stood_after"].parts["returned"] == 1
    assert later["stood_before"].parts == year["stood_after"].parts
    _every_flow(town)


CAME, WENT = ("identified", "moved_in", "taken_over"), ("removed", "struck")


def _every_flow(town: Town) -> None:
    """Removed, identified again, taken in, moved away and in, ended, taken back by an appeal, completed later: what stood stays told."""
    first, second = Period(date(2017, 10, 1), date(2018, 3, 31)), Period(date(2018, 4, 1), date(2018, 6, 30))
    stood = _sum(COUNTY, first, ("stood_after",))
    moved = _changed(town.urls)
    assert _sum(COUNTY, first, ("stood_after",)) == stood, "what came later takes nobody off a past day"
    made = report(second).numbers
    assert {key: made[key].count for key in (*CAME, *WENT, "exited", "returned")} == {
        "identified": 1, "moved_in": 0, "taken_over": 0, "removed": 2, "struck": 2, "exited": 0, "returned": 0,
    }  # fmt: skip
    assert made["struck"].parts == {"empty": 1, "moved": 1} and made["removed"].people > 0
    after = Period(date(2018, 7, 1), date(2019, 12, 31))
    assert _sum(COUNTY, after, ("identified",)) == 1, "removed, and taken in again"
    assert _sum(COUNTY, after, ("returned",)) == 1, "a return that an appeal took back is none"
    assert _sum(moved, second, ("moved_in",)) == 1
    village = next(iter(report(second).below))
    looked = (
        (moved[:4], EVER),
        (moved, second),
        (COUNTY, first),
        (COUNTY, second),
        (COUNTY, after),
        (village, second),
    )
    for place, period in looked:
        before, came, went = (_sum(place, period, keys) for keys in (("stood_before",), CAME, WENT))
        assert before + came - went == _sum(place, period, ("stood_after",)), (place, period)


def _sum(place: str, period: Period, keys: Iterable[str]) -> int:
    with within(scope_of(place)), translation.override("zh-hans"):
        there = Place.objects.get(pk=place)
        return sum(told(there, period, only=key).numbers[key].count for key in keys)


def _changed(urls: Any) -> str:
    """Planted as the effects of proceedings, appeals and moves write it. The village that a household moved to."""
    with within(scope_of(COUNTY)):
        poor = [
            pk
            for (pk,) in taking.ask(
                "select household_id from registry_statusentry where status = 'poor' order by 1 offset 3 limit 6"
            )
        ]
        left = taking.ask(
            "select household_id from registry_statusentry where status = 'exited' and basis = 'opening' order by 1 limit 2"
        )
        other = taking.ask("select id from registry_household where kind = 'other' order by 1 limit 1")
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        for table in ("registry_statusentry", "registry_household"):
            owner.execute(f"alter table {table} disable trigger user")
            owner.execute(f"alter table {table} no force row level security")
        for home, status, day, case in (
            (poor[0], "removed", "2018-06-01", "P10"),
            (poor[1], "removed", "2018-06-02", "P11"), (poor[1], "poor", "2018-07-02", "P12"),
            (left[0][0], "removed", "2018-05-01", "P13"), (left[0][0], "exited", "2018-08-01", "A1"),
            (left[1][0], "returned", "2019-02-01", "P14"), (left[1][0], "exited", "2019-03-01", "A2"),
            (other[0][0], "poor", "2018-05-01", "P15"),
            (poor[2], "exited", "2016-06-30", "P16"),
            (poor[3], "removed", "2016-06-30", "P17"), (poor[3], "poor", "2016-05-30", "P18"),
        ):  # fmt: skip
            owner.execute(
                """insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
                select id, village_code, %s, %s, 'case', %s, now(), 't' from registry_household where id = %s""",
                [status, day, case, home],
            )
            owner.execute("select decisions_kind_follows(%s, %s)", [home, status])
        owner.execute(
            "update registry_household set ended_on = '2018-06-03', ended_because = 'empty' where id = %s",
            [poor[4]],
        )
        owner.execute(
            "select registry_carry_household(%s, %s, 'M1', '2018-06-04', 1, 't')",
            [poor[5], people.OTHER_VILLAGE],
        )
        for table in ("registry_statusentry", "registry_household"):
            owner.execute(f"alter table {table} force row level security")
            owner.execute(f"alter table {table} enable trigger user")
    return people.OTHER_VILLAGE


@pytest.mark.database
@pytest.mark.slow
def test_findings_that_stood_and_came_less_those_that_went_are_those_that_stand(town: Town) -> None:
    today = beijing_today()
    now = report(Period(today, today)).numbers
    assert now["findings_before"].count == 0
    gone = now["findings_closed"].count - now["findings_closed"].parts.get("accepted", 0)
    assert now["findings_after"].count == now["findings_opened"].count - gone > 0
    past = report(Period(today - timedelta(days=9), today - timedelta(days=2))).numbers
    assert [past[key].count for key in ("findings_before", "findings_opened", "findings_after")] == [0, 0, 0]


@pytest.mark.database
@pytest.mark.slow
def test_the_word_file_tells_what_the_page_tells(town: Town) -> None:
    office, kept = town.world.county_office, {"since": "2017-01-01", "until": beijing_today().isoformat()}
    page = town.client(office).get(f"/places/{COUNTY}/report/", kept)
    made = take(town, office, "workbench.report", "docx", reason="", place=COUNTY, **kept)
    paper = Document(io.BytesIO(made.content))
    lines = {
        row.cells[0].text: [cell.text for cell in row.cells] for table in paper.tables for row in table.rows
    }
    shown = [line for section in page.context["sections"] for line in section["lines"]]
    assert len(shown) == len(FIGURES)
    for line in shown:
        cells = lines[str(line["label"])]
        assert cells[1] == f"{line['count']:,} {line['unit']}", line["label"]
        assert cells[-1] == "；".join(f"{part['label']} {part['count']:,}" for part in line["parts"])
        if line["people"] is not None:
            assert cells[2] == f"{line['people']:,} 人"
        if line["url"]:
            listed = town.client(office).get(line["url"])
            assert listed.status_code == 200
            assert listed.context["filters"][0]["count"] == line["count"]
    for row in page.context["below"]:
        assert lines[row["name"]][1:] == [f"{one['count']:,}" for one in row["values"]]
    text = "\n".join(one.text for one in paper.paragraphs)
    planned = page.context["ahead"]
    assert planned["sentence"] in text and planned["rows"]
    for row in planned["rows"]:
        assert lines[row["label"]][1:4] == [
            f"{n:,}" for n in (row["total"], *(one["count"] for one in row["parts"][:2]))
        ]
        for one in (row["url"], *(one["url"] for one in row["parts"] if one["count"])):
            assert town.client(office).get(one).status_code == 200
    _as_a_table(town, page, kept)
    assert page.context["summary"] in text and "王主任" in paper.sections[0].footer.paragraphs[0].text
    assert re.search("instrText[^>]*>PAGE<", paper.sections[0].footer._element.xml)
    for name, face in (("Normal", "仿宋"), ("Heading 1", "黑体")):
        assert f'w:eastAsia="{face}"' in paper.styles[name].element.xml


def _as_a_table(town: Town, page: Any, kept: dict[str, str]) -> None:
    """The same figures and parts, in their order, as a program reads them; whoever may read the report may have it."""
    assert any("workbench.report_figures" in one["url"] for one in page.context["actions"])
    _told, listed = csv_rows(
        take(town, town.world.leader, "workbench.report_figures", "csv", reason="", place=COUNTY, **kept)
    )
    shown = []
    for line in (line for section in page.context["sections"] for line in section["lines"]):
        people_told = "" if line["people"] is None else str(line["people"])
        shown.append((str(line["label"]), "", str(line["count"]), people_told))
        shown += [(str(line["label"]), str(part["label"]), str(part["count"]), "") for part in line["parts"]]
    assert [(row["指标"], row["其中"], row["数量"], row["人数"]) for row in listed] == shown


@pytest.mark.database
@pytest.mark.slow
def test_freezes_tell_both_ends_where_there_are_any(town: Town, tmp_path: Path, settings: Any) -> None:
    settings.FREEZES = tmp_path / "freezes"
    office, today = town.client(town.world.county_office), beijing_today()
    kept = {"since": today.isoformat(), "until": today.isoformat()}
    assert office.get(f"/places/{COUNTY}/report/", kept).context["ends"]["rows"] == []
    first = taken(COUNTY)
    # As if it had been taken the day before: nothing in the product turns a freeze's clock back.
    with within(scope_of(COUNTY)), translation.override("zh-hans"):
        place = Place.objects.get(pk=COUNTY)
        seen = ends.ends(place, Period(today, today))
        assert (seen.before, seen.after) == (None, first)
        later = ends.ends(place, Period(today + timedelta(days=1), today + timedelta(days=1)))
        assert (later.before, later.after) == (first, None)
        table = ends.table(town.world.county_office, place, Period(today, today))
    rows_of = {row["label"]: row for row in table["rows"]}
    stood = report(Period(today, today)).numbers["stood_after"]
    assert rows_of["建档立卡户"]["after"] == stood.count and rows_of["建档立卡户"]["before"] is None
    assert rows_of["未脱贫户"]["after"] == stood.parts["poor"] and rows_of["未脱贫户"]["by"] is None
    for row in table["rows"]:
        assert row["before_url"] is None
        if row["after"]:
            assert office.get(row["after_url"]).context["found"] == row["after"], row["label"]
    page = office.get(f"/places/{COUNTY}/report/", kept).content.decode()
    assert table["rows"][0]["after_url"].partition("?")[0] in page
    assert "两端的数据快照" in page and "没有数据快照" in page


@pytest.mark.database
@pytest.mark.slow
def test_removed_households_are_counted_at_the_ends_and_their_people_by_nobody(
    town: Town, tmp_path: Path, settings: Any
) -> None:
    settings.FREEZES = tmp_path / "freezes"
    today = beijing_today()
    with within(scope_of(COUNTY)):
        before = laid_in(COUNTY, today, beijing_now() - timedelta(days=2), [
            {"place_code": COUNTY, "level": "county", "kind": "registered", "status": "poor", "households": 2, "persons": 6,
             "rules": {"exit.income": [2]}, "facts": {"arable_mu": {"known": 2}}}])  # fmt: skip
    _changed(town.urls)
    done = taken(COUNTY)
    office = town.client(town.world.county_office)
    page = office.get(f"/places/{COUNTY}/report/", {"since": today.isoformat(), "until": today.isoformat()})
    told_ends = {row["label"]: row for row in page.context["ends"]["rows"]}
    assert page.context["ends"]["ids"] == [str(before.freeze_id), str(done.freeze_id)]
    row = told_ends["已清退户"]
    removed = taking.ask(
        "select count(*) from registry_household h where h.ended_on is null and (select status from registry_statusentry s"
        " where s.household_id = h.id order by since desc, id desc limit 1) = 'removed'"
    )[0][0]
    assert row["after"] == removed > 0
    assert (row["before"], row["by"], row["before_url"]) == (None, None, None), (
        "the earlier one did not count it"
    )
    assert office.get(row["after_url"]).context["found"] == removed
    # Of how many people these are nothing was tallied: no line, instead of a zero.
    assert "已清退人口" not in told_ends and "返贫人口" in told_ends
    assert town.client(town.world.leader).get(row["after_url"]).status_code == 200


@pytest.mark.database
@pytest.mark.slow
def test_a_leader_reads_the_figures_and_opens_only_what_a_leader_may(town: Town) -> None:
    leader = town.client(town.world.leader)
    page = leader.get(f"/places/{COUNTY}/report/")
    urls = {
        str(line["label"]): line["url"] for section in page.context["sections"] for line in section["lines"]
    }
    assert urls["期末在册"] and not urls["期末未办结"]
    assert leader.get(f"/places/{COUNTY}/report/findings_after/").status_code == 403
    assert (
        leader.get(f"/exports/new/workbench.report_rows/?place={COUNTY}&figure=findings_after").status_code
        == 404
    )
    assert leader.get(f"/places/{COUNTY}/report/nothing/").status_code == 404
    for code in (people.OTHER_COUNTY, people.CITY):
        assert leader.get(f"/places/{code}/report/").status_code == 404
        assert leader.get(f"/places/{code}/papers/").status_code == 404
