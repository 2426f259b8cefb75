"""Two freezes tell what changed, worst first, and say first where rules did."""
# ruff: noqa: F811  fixtures are asked for by their names

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from freezes.frozen_county import NATION, taken
from freezes.laid_in import laid_in
from intake import taking
from workbench.conftest import Town, take
from workbench.test_frozen_figures import COUNTY, RULE, address, counts, freeze, kept_freeze, listed, town  # noqa: F401  fixtures
from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.files.models import Export
from xiuhua.files.services import content, make
from xiuhua.freezes.models import Freeze, Tallied
from xiuhua.freezes.queries import figures
from xiuhua.freezes.services import records_of
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Membership, PeriodRecord, Person
from xiuhua.workbench.queries.leads import rests_on_lists
from xiuhua.workbench.queries.report import Period, ends
from xiuhua.workbench.terms import Lane

pytestmark = [pytest.mark.database, pytest.mark.slow]


def change_incomes(n: int) -> list[int]:
    """Some families that failed by income now have plenty; their ids."""
    with within(NATION, who={"account": "test"}):
        failing = [
            pk
            for (pk,) in taking.ask(
                "select household_id from registry_standing where 'exit.income' = any(exit_fails) order by 1"
            )
        ][:n]
        for one in PeriodRecord.objects.filter(household_id__in=failing):
            one.wage_fen = 99_000_00 * 10
            one.net_income_per_head_reported_fen = one.net_income_reported_fen = None
            one.save()
        return failing


def test_two_freezes_tell_what_changed_worst_first_down_to_households(town: Town, freeze: Freeze) -> None:
    client = town.client(town.world.county_office)
    assert client.get("/freezes/compare/").context["pair"] is None
    moved = change_incomes(4)
    later = taken(COUNTY)
    page = client.get("/freezes/compare/")
    assert page.status_code == 200 and page.context["pair"]["notices"] == []
    fails, now = counts(freeze).fails, counts(later).fails
    assert now < fails
    by_url = {row["clause_url"]: row for row in page.context["rules"]}
    row = by_url[f"/rulebook/rules/{RULE}/"]
    assert (row["fails"]["before"], row["fails"]["after"], row["fails"]["by"]) == (fails, now, now - fails)
    order = [(-(one["fails"]["by"] or 0), -(one["unknown"]["by"] or 0)) for one in page.context["rules"]]
    assert order == sorted(order)
    rule = client.get(f"/freezes/compare/rules/{RULE}/?a={freeze.pk}&b={later.pk}&place={COUNTY}")
    changed = rule.context["changed"]
    ids = {int(re.search(r"/households/(\d+)/", one["url"])[1]) for one in changed}  # type: ignore[index]
    left = {
        int(re.search(r"/households/(\d+)/", one["url"])[1])  # type: ignore[index]
        for one in changed
        if one["before_state"] == "fails"
    }
    assert left and left <= set(moved) and ids <= set(moved)
    assert len(left) == fails - now
    one = next(one for one in changed if one["before_state"] == "fails")
    assert one["before_because"] and one["after_because"] and one["before_because"] != one["after_because"]
    assert sum(one["by"] for one in rule.context["places"]) == now - fails
    assert rule.context["again"] is None
    # Named the other way round it is told the same way round: what became better is no worsening.
    turned = client.get(f"/freezes/compare/?a={later.pk}&b={freeze.pk}&place={COUNTY}")
    assert turned.context["rules"] == page.context["rules"] and turned.context["pair"] == page.context["pair"]
    assert [one["id"] for one in turned.context["offered"] if one["before"]] == [freeze.pk]
    stats = page.context["stats"]
    assert [one["label"] for one in stats[:2]] == ["户数", "人数"]
    for one in stats:
        for side in ("before", "after"):
            if one[side]:
                assert client.get(one[f"{side}_url"]).context["found"] == one[side], (one["label"], side)
    assert page.content.decode().count(f'href="{stats[0]["before_url"].partition("?")[0]}') >= 1


def test_of_a_rule_about_people_a_comparison_says_whose_outcome_changed(town: Town, freeze: Freeze) -> None:
    chosen = taking.ask(
        "select p.id, p.name from registry_person p join registry_membership m on m.person_id = p.id and m.until is null"
        " where p.work_months between 0 and 12 and p.name is not null order by p.id limit 3"
    )
    with within(scope_of(COUNTY)):
        Person.objects.filter(pk__in=[pk for pk, _name in chosen]).update(work_months=20)
        # One person less: of the others no list of a department says anything, and that is told to those who handle lists.
        gone = (
            Membership.objects.select_related("person")
            .filter(household__kind="registered", until__isnull=True)
            .order_by("-pk")[0]
        )
        Membership.objects.filter(pk=gone.pk).update(until=date(2018, 1, 1), ended_because="death")
    later = taken(COUNTY)
    rule = "quality.work_months"
    client = town.client(town.world.county_office)
    leader = town.client(town.world.leader)
    asked = f"/freezes/compare/?a={freeze.pk}&b={later.pk}&place={COUNTY}"
    seen = [[one["clause_url"] for one in who.get(asked).context["rules"]] for who in (client, leader)]
    handled = {url for url in seen[0] if "/lead." in url or "/redline." in url or "/hollow." in url}
    assert handled and seen[1] == [url for url in seen[0] if url not in handled]
    told_leader = take(
        town,
        town.world.leader,
        "workbench.freezes_compared",
        "csv",
        a=str(freeze.pk),
        b=str(later.pk),
        place=COUNTY,
    )
    words = {str(load().rules[url.split("/")[-2]].says.zh) for url in handled}
    assert not [word for word in words if word in told_leader.content.decode("utf-8-sig")]
    # What departments' lists say is looked at on the page by those who handle it, and leaves in no table of theirs either.
    leads = {str(load().rules[url.split("/")[-2]].says.zh) for url in handled if "/lead." in url}
    its_office = take(town, town.world.county_office, "workbench.freezes_compared", "csv", a=str(freeze.pk), b=str(later.pk), place=COUNTY)  # fmt: skip
    table = its_office.content.decode("utf-8-sig")
    assert leads and not [word for word in leads if word in table]
    assert str(load().rules["quality.work_months"].says.zh) in table
    page = client.get(f"/freezes/compare/rules/{rule}/?a={freeze.pk}&b={later.pk}&place={COUNTY}")
    assert sorted(one["unit"] for one in page.context["changed"]) == sorted(
        [*(name for _pk, name in chosen), gone.person.name]
    )
    assert all(name in page.content.decode() for _pk, name in chosen)
    kind = "workbench.freezes_compared_households"
    asked = {"rule": rule, "a": str(freeze.pk), "b": str(later.pk), "place": COUNTY}
    told = take(town, town.world.county_office, kind, "csv", **asked).content.decode("utf-8-sig")
    assert all(name in told for _pk, name in chosen) and "成员或年度" in told


def test_where_the_rules_differ_it_is_said_first_and_both_are_reckoned_anew(
    town: Town, freeze: Freeze
) -> None:
    later = taken(COUNTY)
    tally = {**later.tally, "rulebook": "0" * 64}
    with within(scope_of(COUNTY)):
        old = laid_in(COUNTY, later.as_of, freeze.taken_at, manifest=freeze.manifest, tally=tally)
    client = town.client(town.world.county_office)
    page = client.get(f"/freezes/compare/?a={old.pk}&b={later.pk}&place={COUNTY}")
    notices = page.context["pair"]["notices"]
    assert notices and "规则库" in notices[0]["sentence"] and "不是村里工作的变化" in notices[0]["sentence"]
    assert page.content.decode().index("不是村里工作的变化") < page.content.decode().index(
        "按规则，变差的在前"
    )


def test_a_comparison_taken_away_says_who_when_why_and_of_which_freezes(town: Town, freeze: Freeze) -> None:
    change_incomes(4)
    later = taken(COUNTY)
    client = town.client(town.world.county_office)
    page = client.get(f"/freezes/compare/rules/{RULE}/?a={freeze.pk}&b={later.pk}&place={COUNTY}")
    for where, reason in (
        (client.get("/freezes/compare/").context["export_url"], ""),
        (page.context["export_url"], "核对收入变化"),
        (page.context["places_url"], "核对各地变化"),
    ):
        form = client.get(where)
        assert form.status_code == 200
        kept = dict(form.context["kept"])
        answer = client.post(where.partition("?")[0], {**kept, "form": "xlsx", "reason": reason or "比较"})
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        with within(scope_of(COUNTY)):
            export = Export.objects.latest("pk")
        make(export.pk, export.place_code)
        with within(scope_of(COUNTY)):
            export.refresh_from_db()
            assert export.file is not None, export.trouble
            book = openpyxl.load_workbook(io.BytesIO(content(export.file)))
        rows = [[cell for cell in row if cell] for sheet in book for row in sheet.iter_rows(values_only=True)]
        text = "\n".join(str(cell) for row in rows for cell in row)
        assert str(freeze.freeze_id) in text and str(later.freeze_id) in text
        assert freeze.sha256 in text and later.sha256 in text
        assert (reason or "比较") in text and town.world.county_office.post_name in text
        if where == page.context["export_url"]:
            changed = page.context["changed"]
            assert {one["number"] for one in changed} <= {str(cell) for row in rows for cell in row}
    worse = [[one["label"], one["by"]] for one in page.context["places"] if one["by"]]
    assert worse and worse == [[row[0], row[-1]] for row in rows if len(row) == 6 and row[0] in dict(worse)]


def test_a_rule_that_one_of_the_two_did_not_ask_has_no_link_there(town: Town, freeze: Freeze) -> None:
    rows = [
        {"place_code": COUNTY, "level": "county", "kind": "registered", "status": "poor", "households": 2, "persons": 6,
         "rules": {"exit.housing": [2]}, "facts": {"arable_mu": {"known": 2}}},
    ]  # fmt: skip
    with within(scope_of(COUNTY)):
        before = laid_in(COUNTY, freeze.as_of, freeze.taken_at - timedelta(days=1), rows)
    client = town.client(town.world.county_office)
    for rule, there in ((RULE, False), ("exit.housing", True)):
        page = client.get(f"/freezes/compare/rules/{rule}/?a={before.pk}&b={freeze.pk}&place={COUNTY}")
        outcomes = page.context["outcomes"]
        assert len(outcomes) == 4
        for row in outcomes:
            assert (row["before_url"] is not None) == (row["before"] is not None) == there, row
            urls = [row[side] for side in ("before_url", "after_url") if row[side]]
            assert row["after_url"] in urls
            for url in urls:
                assert client.get(url).status_code == 200, url
        opened = f'href="/freezes/{before.pk}/{COUNTY}/rules/{rule}/'
        assert page.content.decode().count(opened) == (4 if there else 0)
    # Turned about in time: the later one did not ask it.
    with within(scope_of(COUNTY)):
        after = laid_in(COUNTY, freeze.as_of, freeze.taken_at + timedelta(days=1), rows)
    page = client.get(f"/freezes/compare/rules/{RULE}/?a={freeze.pk}&b={after.pk}&place={COUNTY}")
    assert [row["after_url"] for row in page.context["outcomes"]] == [None] * 4
    assert f"/freezes/{after.pk}/{COUNTY}/rules/" not in page.content.decode()


def without(
    freeze: Freeze, days: int, ids: set[str], lanes: dict[str, str], rules: set[str], **tally: Any
) -> Freeze:
    """The same figures some days earlier or later, of a program that did not count some measures, parts of measures or rules; `tally`:
    what it says of itself otherwise."""
    names = ("place_code", "level", "kind", "status", "households", "persons", "rules", "facts", "measures")
    with within(scope_of(COUNTY)):
        rows = list(Tallied.objects.filter(freeze=freeze).values(*names))
        for row in rows:
            row["rules"] = {id: told for id, told in row["rules"].items() if id not in rules}
            row["measures"] = {id: told for id, told in row["measures"].items() if id not in ids}
            for id, lane in lanes.items():
                row["measures"].get(id, {}).get("parts", {}).pop(lane, None)
        kept = (freeze.tally or {})["measured"]
        measured = {
            id: [one for one in its if one != lanes.get(id)] for id, its in kept.items() if id not in ids
        }
        tally = {**(freeze.tally or {}), "measured": measured, **tally}
        tally = {name: one for name, one in tally.items() if one is not None}
        return laid_in(
            COUNTY,
            freeze.as_of,
            freeze.taken_at + timedelta(days=days),
            rows,
            manifest=freeze.manifest,
            tally=tally,
        )


def test_what_one_of_the_two_alone_measured_is_a_dash_for_the_other(town: Town, freeze: Freeze) -> None:
    with within(scope_of(COUNTY)):
        held = figures(freeze, COUNTY).all("measures")
    known = load().measures
    coarse = next(id for id in held if known[id].form == "share" and held[id].get("per") and open_id(id))
    parted = [id for id in sorted(held) if held[id].get("parts") and open_id(id)]
    whole, part = parted[0], parted[1]
    lane = next(name for name, n in held[part]["parts"].items() if n)
    gone = {"ids": {coarse, whole}, "lanes": {part: lane}, "rules": {RULE}}
    client = town.client(town.world.county_office)
    for days, side, says in ((-1, "before", "前一份没有统计这一项"), (1, "after", "后一份没有统计这一项")):
        other = without(freeze, days, **gone)
        a, b = sorted((other, freeze), key=lambda one: str(one.taken_at))
        asked = f"?a={a.pk}&b={b.pk}&place={COUNTY}"
        page = client.get(f"/freezes/compare/{asked}")
        rows = page.context["measures"]
        # Nothing else differs: every row is one that a side alone has, and none is told as 0.
        assert rows and {(row[side], row["by"], row["alone"]) for row in rows} == {(None, None, says)}
        there = "after" if side == "before" else "before"
        assert all(row[there] for row in rows)
        labels = [row["label"] for row in rows]
        shown = {
            str(known[id].says.zh): n
            for id, n in ((coarse, 1), (whole, sum(map(bool, told(held[whole])))), (part, 1))
        }
        assert {label: labels.count(label) for label in set(labels)} == shown
        assert all((row["url"] is not None) == (side == "before" and row["part"] != "百分比") for row in rows)
        text = page.content.decode()
        assert (text.count(says) == len(rows) and '<span class="quiet">—</span>' in text) or side == "after"
        # Of a rule that one did not ask, no place below is told as 0 either.
        places = client.get(f"/freezes/compare/rules/{RULE}/{asked}").context["places"]
        assert places and {(row[side], row["by"]) for row in places} == {(None, None)}
        table = take(
            town,
            town.world.county_office,
            "workbench.freezes_compared",
            "csv",
            a=str(a.pk),
            b=str(b.pk),
            place=COUNTY,
        )
        lines = [
            one
            for one in csv.reader(io.StringIO(table.content.decode("utf-8-sig")))
            if one and one[0] == "指标"
        ]
        assert len(lines) == len(rows)
        at = 4 if side == "before" else 5
        assert {(one[at], one[6], one[7]) for one in lines} == {("—", "—", says)}


def test_a_snapshot_that_does_not_say_what_it_measured(town: Town, freeze: Freeze) -> None:
    with within(scope_of(COUNTY)):
        held = figures(freeze, COUNTY).all("measures")
    id = next(id for id in sorted(held) if held[id].get("parts") and open_id(id))
    client = town.client(town.world.county_office)
    # Its tally's folder is away. By the same rules and program it counted nobody; by others nobody knows what it counted.
    for rulebook, side in ((freeze.tally["rulebook"], 0), ("0" * 64, None)):
        old = without(freeze, -1, {id}, {}, set(), measured=None, rulebook=rulebook)
        rows = client.get(f"/freezes/compare/?a={old.pk}&b={freeze.pk}&place={COUNTY}").context["measures"]
        assert {(row["label"], row["before"]) for row in rows} == {(str(load().measures[id].says.zh), side)}


def open_id(id: str) -> bool:
    return not rests_on_lists("measures", id)


def told(counts: dict[str, Any]) -> list[int]:
    """The parts of a measure that the page tells of."""
    return [*counts["parts"].values(), *(n for name, n in counts.items() if name in Lane._value2member_map_)]


def test_a_folder_with_another_manifest_is_the_default_of_nothing(town: Town, freeze: Freeze) -> None:
    later = taken(COUNTY)
    client, place = town.client(town.world.county_office), Place(code=COUNTY)
    assert client.get("/freezes/compare/").context["pair"] is not None
    days = Period(beijing_today(), beijing_today())
    with within(scope_of(COUNTY)):
        assert ends.ends(place, days).after == later
    path = records_of(later) / "manifest.json"
    whole = path.read_text()
    path.write_text(json.dumps({**json.loads(whole), "audit_head": "0" * 64}))
    page = client.get("/freezes/compare/")
    assert page.context["pair"] is None, "one is left, and nothing to hold it against"
    assert {one["id"] for one in page.context["offered"]} == {freeze.pk, later.pk}, "who names it, sees it"
    with within(scope_of(COUNTY)):
        assert ends.ends(place, days) == ends.Ends(None, freeze)
    newest = taken(COUNTY)
    sides = client.get("/freezes/compare/").context["pair"]["sides"]
    assert [one["url"] for one in sides] == [f"/freezes/{one.pk}/" for one in (freeze, newest)]
    named = client.get(f"/freezes/compare/?a={later.pk}&b={newest.pk}&place={COUNTY}").context["pair"]
    assert named["sides"][0]["url"] == f"/freezes/{later.pk}/"
