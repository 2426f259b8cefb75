"""A table that is taken away is the table of the page: row by row, with who, why and of what, and nothing in it that acts."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import openpyxl
import pytest

import people
from intake import taking
from workbench.conftest import Taken, Town, some, take
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.services import ask_for_account
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.audit.models import Entry
from xiuhua.common.sealing import seal
from xiuhua.config import exports
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within

pytestmark = [pytest.mark.database, pytest.mark.slow]
COUNTY = taking.COUNTY
# These are of freezes, of which there are none here: tests/workbench/test_frozen_figures.py takes some.
OF_FREEZES = {
    "workbench.frozen_households",
    "workbench.frozen_places",
    "workbench.freezes_compared",
    "workbench.freezes_compared_households",
    "workbench.freezes_compared_places",
}
HOSTILE = '=HYPERLINK("http://example.test","点我")'


def csv_rows(taken: Taken) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What is said at the head of a csv, and its rows."""
    assert taken.content.startswith(b"\xef\xbb\xbf"), "Excel takes a csv without a mark for another encoding"
    lines = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig"))))
    head = {line[0].removeprefix("# "): line[1] for line in lines if line and line[0].startswith("# ")}
    table = [line for line in lines if not line[0].startswith("# ")]
    return head, [dict(zip(table[0], line, strict=True)) for line in table[1:]]


def xlsx_rows(taken: Taken) -> tuple[dict[str, Any], list[dict[str, Any]], Any]:
    """What its second sheet says, the rows of its first, and that sheet."""
    book = openpyxl.load_workbook(io.BytesIO(taken.content))
    first, second = book.worksheets
    table = [list(line) for line in first.iter_rows(values_only=True)]
    said = {str(line[0]): line[1] for line in second.iter_rows(values_only=True)}
    return said, [dict(zip(map(str, table[0]), line, strict=True)) for line in table[1:]], first


def listed(town: Town, by: Appointment, address: str) -> list[str]:
    """Numbers of all households that the pages of a list show, in their order."""
    client, seen = town.client(by), []
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'<span class="sub">([A-Z0-9]+)</span>', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    return seen


def test_a_list_of_households_is_taken_away_as_its_filter_shows_it(town: Town) -> None:
    office = town.world.county_office
    for query in ({"show": "unknown"}, {"show": "fails", "rule": "exit.income"}, {}):
        asked = "&".join(f"{key}={value}" for key, value in query.items())
        shown = listed(town, office, f"/places/{COUNTY}/households/?{asked}")
        told, rows = csv_rows(take(town, office, "workbench.households", "csv", place=COUNTY, **query))
        assert [row["户编号"] for row in rows] == shown and shown
        said, cells, _sheet = xlsx_rows(
            take(town, office, "workbench.households", "xlsx", place=COUNTY, **query)
        )
        assert [{key: str(value or "") for key, value in row.items()} for row in cells] == rows
        for head in (told, said):
            assert "王主任" in head["经办"] and head["用途"] == "核对" and COUNTY in head["区划"]
            assert head["数据"] == "实时登记" and head["数据截止"] and head["筛选"]
        assert said["行数"] == len(rows)


def test_who_took_what_is_on_the_record(town: Town) -> None:
    take(town, town.world.county_office, "workbench.households", "csv", place=COUNTY, show="doubt")
    with within(scope_of("CN")):
        [asked] = Entry.objects.filter(action="files.asked")
    assert asked.detail == {
        "kind": "workbench.households",
        "params": {"query": {"show": "doubt"}, "form": "csv"},
        "reason": "核对",
    }


def test_nothing_that_somebody_wrote_into_a_name_acts_in_a_file(town: Town) -> None:
    key, number = some("h.kind = 'registered'")
    with within(scope_of(COUNTY)):
        from xiuhua.registry.models import Household

        Household.objects.filter(pk=key).update(head_name=HOSTILE, group_name="@x")
    office = town.world.county_office
    _head, rows = csv_rows(take(town, office, "workbench.households", "csv", place=COUNTY))
    [row] = [row for row in rows if row["户编号"] == number]
    assert row["户主"] == f"'{HOSTILE}"
    _said, cells, sheet = xlsx_rows(take(town, office, "workbench.households", "xlsx", place=COUNTY))
    [cell] = [cell for line in sheet.iter_rows() for cell in line if cell.value == HOSTILE]
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert {row["户主"] for row in cells if row["户编号"] == number} == {HOSTILE}


def test_findings_are_taken_away_as_they_are_listed_and_by_number_for_a_leader(town: Town) -> None:
    world = town.world
    [(kind, rule)] = taking.ask(
        "select kind, rule from findings_finding where state = 'open' group by 1, 2 order by count(*) desc, 2 limit 1"
    )
    query = {"kind": kind, "rule": rule, "place": COUNTY}
    _told, rows = csv_rows(take(town, world.county_office, "workbench.findings", "csv", **query))
    _told, groups = csv_rows(take(town, world.county_office, "workbench.work", "csv", place=COUNTY))
    total = taking.ask(
        "select count(*) from findings_finding where state = 'open' and kind = %s and rule = %s",
        values=[kind, rule],
    )
    assert len(rows) == total[0][0] > 0
    waiting = taking.ask("select count(*) from findings_finding where state = 'open'")
    assert sum(int(row["条数"]) for row in groups) == waiting[0][0]
    leader = town.client(world.leader)
    assert leader.get(f"/exports/new/workbench.findings/?place={COUNTY}").status_code == 403
    _told, counted = csv_rows(take(town, world.leader, "workbench.ageing_places", "csv", **query))
    assert sum(int(row["合计"]) for row in counted) == len(rows)
    heads = {row["户主"] for row in rows}
    assert not heads & {value for row in counted for value in row.values()}


def test_a_leader_counts_by_place_what_the_filter_means_on_the_page_and_in_the_file(town: Town) -> None:
    leader = town.world.leader
    [(kind, rule, total)] = taking.ask(
        "select kind, rule, count(*) from findings_finding where state = 'open' group by 1, 2 order by 3 desc, 2 limit 1"
    )
    some_of = f"id in (select id from findings_finding where rule = '{rule}' and kind = '{kind}' and state = 'open' order by id"
    taking.ask(f"update findings_finding set due_on = '2017-01-01' where {some_of} limit 2) returning id")
    taking.ask(f"update findings_finding set state = 'explained' where {some_of} desc limit 1) returning id")
    for narrowed, n in (({}, total - 1), ({"late": "1"}, 2), ({"state": "explained"}, 1)):
        query = {"kind": kind, "rule": rule, **narrowed}
        page = town.client(leader).get("/findings/", query)
        assert sum(one["count"] for one in page.context["counts"]) == n, narrowed
        _told, rows = csv_rows(take(town, leader, "workbench.ageing_places", "csv", place=COUNTY, **query))
        assert sum(int(row["合计"]) for row in rows) == n, narrowed


def test_every_kind_is_there_for_whoever_has_its_right_and_of_one_s_own_area_only(town: Town) -> None:
    world = town.world
    others = (people.OTHER_COUNTY, people.CITY, "CN")
    some_batch = taking.ask("select id from intake_batch")[0][0]
    key, _number = some(f"h.kind = 'registered' and h.village_code = '{people.VILLAGE}'")
    more = {
        "intake.findings": f"&batch={some_batch}",
        "intake.preview": f"&batch={some_batch}",
        "workbench.search": "&q=王",
        "workbench.report_rows": "&figure=stood_after",
        "workbench.figure_history": "&id=income_line_yuan",
        "workbench.cards": f"&household={key}",
    }
    everybody = (
        world.county_office, world.township_officer, world.first_secretary, world.auditor, world.leader, world.administrator,
        town.neighbour,
    )  # fmt: skip
    for turn, appointment in enumerate(everybody):
        client = town.client(appointment)
        for at, (kind, maker) in enumerate(exports.table().items()):
            if kind in OF_FREEZES:
                assert client.get(f"/exports/new/{kind}/").status_code in (403, 404)
                continue
            if maker.offer is None:
                assert client.get(f"/exports/new/{kind}/").status_code in (403, 404)
                continue
            may = (
                appointment.role in exports.rights.table().rights[maker.right]
                and appointment != world.administrator
            )
            status = client.get(f"/exports/new/{kind}/?{more.get(kind, '')}").status_code
            strange = appointment is town.neighbour or appointment in (
                world.township_officer,
                world.first_secretary,
            )
            if not may:
                assert status == 403, (kind, appointment.post.role)
            else:
                assert status == 200 or (strange and status == 404) or kind == "workbench.place_changes", (
                    kind,
                    appointment.post.role,
                    status,
                )
            # Whoever may have the kind is asked of all others, whoever may not of one of them in turn.
            strangers = others if may else (others[(at + turn) % len(others)],)
            for place in strangers if appointment is not town.neighbour else (COUNTY,):
                asked = client.get(f"/exports/new/{kind}/?place={place}{more.get(kind, '')}").status_code
                assert asked in (403, 404), (kind, appointment.post.role, place)
    # A household of another area is no household, whatever place is named beside it.
    assert (
        town.client(town.neighbour).get(f"/exports/new/workbench.cards/?household={key}").status_code == 404
    )


def test_no_number_of_anybody_stands_in_any_table(town: Town) -> None:
    office = town.world.county_office
    plain = {p.id_number for h in town.files.county.households for p in h.members if p.id_number}
    assert plain
    some_batch = taking.ask("select id from intake_batch")[0][0]
    more: dict[str, dict[str, str]] = {
        "intake.findings": {"batch": str(some_batch)},
        "intake.preview": {"batch": str(some_batch), "change": "new"},
        "workbench.search": {"q": "王"},
        "workbench.report_rows": {"figure": "stood_after"},
        "workbench.figure_history": {"id": "income_line_yuan"},
        "workbench.findings": {"place": COUNTY},
    }
    for kind, maker in exports.table().items():
        forms = maker.offer and kind not in ("workbench.cards", "workbench.sheet", "workbench.report")
        if not forms or kind in OF_FREEZES:
            continue
        text = take(town, office, kind, "csv", **more.get(kind, {})).content.decode("utf-8-sig")
        assert text.count("\r\n") > 5, kind
        assert not {number for number in plain if number in text}, kind


def test_a_search_by_a_number_is_not_taken_away(town: Town) -> None:
    client = town.client(town.world.county_office)
    plain = next(p.id_number for h in town.files.county.households for p in h.members if p.id_number)
    assert "workbench.search" not in client.post("/search/", {"q": plain}, follow=True).content.decode()
    assert client.get(f"/exports/new/workbench.search/?q={plain}").status_code == 404


def test_people_are_taken_away_with_a_reason_only(town: Town) -> None:
    client = town.client(town.world.county_office)
    asked = {"form": "csv", "reason": " ", "place": COUNTY}
    answer = client.post("/exports/new/workbench.households/", asked)
    assert answer.status_code == 422 and "请写明用途" in answer.content.decode()
    assert client.post("/exports/new/workbench.places/", asked).status_code == 302


def test_an_english_reader_takes_away_english_headings(town: Town) -> None:
    office = town.world.county_office
    client = town.client(office)
    client.cookies["django_language"] = "en"
    client.post("/exports/new/workbench.places/", {"form": "csv", "reason": "", "place": COUNTY})
    from xiuhua.files.models import Export
    from xiuhua.files.services import content, make

    with within(scope_of(COUNTY)):
        asked = Export.objects.order_by("-pk")[0]
    done = make(asked.pk, asked.place_code)
    with within(scope_of(COUNTY)):
        assert done.file is not None
        text = content(done.file).decode("utf-8-sig")
    assert "Households,Registered" in text and "Live register" in text


def test_rules_and_a_figure_s_values_are_taken_away_as_they_are_listed(town: Town) -> None:
    office = town.world.county_office
    page = town.client(office).get("/rulebook/?q=饮水")
    assert any("workbench.rulebook" in one["url"] and "q=" in one["url"] for one in page.context["actions"])
    head, rows = csv_rows(take(town, office, "workbench.rulebook", "csv", q="饮水"))
    listed_there = [row["label"] for group in page.context["groups"] for row in group["rows"]]
    assert [row["规则"] for row in rows] == listed_there and len(rows) > 3
    assert head["查找"] == "饮水"
    history = town.client(office).get("/rulebook/figures/income_line_yuan/").context["history"]
    _head, rows = csv_rows(take(town, office, "workbench.figure_history", "csv", id="income_line_yuan"))
    assert [row["值"] for row in rows] == [one["value"] for one in history] and rows[0]["出处"]


def test_a_preview_is_taken_away_as_its_page_shows_it(town: Town) -> None:
    office, some_batch = town.world.county_office, str(taking.ask("select min(id) from intake_batch")[0][0])
    for change in ("new", "held"):
        page = town.client(office).get(f"/intake/{some_batch}/preview/", {"change": change})
        ways = [one["url"] for one in page.context["actions"] if "intake.preview" in one["url"]]
        assert bool(ways) == bool(page.context["rows"]) and all(f"change={change}" in one for one in ways)
        head, rows = csv_rows(take(town, office, "intake.preview", "csv", batch=some_batch, change=change))
        shown = [row["number"] for row in page.context["rows"]]
        assert list(dict.fromkeys(row["户编号"] for row in rows))[: len(shown)] == shown
        assert head["数据截止"] == "2017-09-30" and head["用途"] == "核对"
    assert any(row["暂缓原因"] and row["谁更正"] and row["期限"] for row in rows) or not rows


def test_people_and_what_was_asked_about_accounts_are_taken_away_by_their_own_county(town: Town) -> None:
    world = town.world
    with within(scope_of(COUNTY)):
        world.leader.official.phone_sealed = seal("13900000009")
        world.leader.official.save()
        details = {
            "name": "新来的",
            "unit": "",
            "username": "xin",
            "place": Place.objects.get(pk=people.TOWNSHIP),
            "role": Role.TOWNSHIP_OFFICE,
        }
        post = {"office": Office.TOWNSHIP_STATION, "title": Title.TOWNSHIP_OFFICER, "reason": "到任"}
        ask_for_account(by=world.county_office, **details, **post)
    _head, rows = csv_rows(take(town, world.auditor, "workbench.accounts", "csv"))
    held = [row for row in rows if row["姓名"] == "周县长"]
    assert [(row["用户名"], row["账号"], row["至"]) for row in held] == [("zhou", "在用", "现任")]
    assert not {"刘科长", "外县人", "邻县人"} & {row["姓名"] for row in rows}, "nobody of above or beside"
    assert [row["申请"] for row in rows if row["姓名"] == "新来的"] == ["有申请待答复"]
    _head, some = csv_rows(take(town, world.county_office, "workbench.accounts", "csv", q="周"))
    assert {row["姓名"] for row in some} == {"周县长"}
    _head, asked = csv_rows(take(town, world.county_office, "workbench.account_requests", "csv"))
    assert [(row["人员"], row["事由"], row["申请人"], row["答复"]) for row in asked] == [
        ("新来的", "到任", "王主任", "待答复")
    ]
    for who, there in ((world.county_office, True), (world.administrator, False)):
        client = town.client(who)
        for address, kind in (
            ("/people/", "workbench.accounts"),
            ("/people/requests/", "workbench.account_requests"),
        ):
            assert (f"/exports/new/{kind}/" in client.get(address).content.decode()) == there, (
                kind,
                who.role,
            )
