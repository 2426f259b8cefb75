"""Papers: what is handed to a household says what it may know and no more; what somebody wrote is letters, never markup."""

from __future__ import annotations

import json
import re
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typst

import people
from freezes.frozen_county import taken
from intake import taking
from workbench.conftest import Town, some, take
from xiuhua.files.services import press
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.workbench import exports
from xiuhua.workbench.queries import card as cards
from xiuhua.workbench.queries import sheet as sheets
from xiuhua.workbench.queries import sources
from xiuhua.workbench.queries.household import read

COUNTY = taking.COUNTY
LAYOUTS = Path(exports.__file__).parent
MOMENT = datetime(2026, 11, 26, tzinfo=UTC)
# Each would stop the printing, call something or lose letters, were it read as markup.
HOSTILE = (
    '#panic("x")', '"#eval("1")', "*粗* _斜_ $x$", "\\ ` ~ @a <b> = 标题", "]#[", '{"name": 1}', "\u202e倒\u2028行", "#import \"/etc/passwd\"",
    "'; drop table registry_household; --",
)  # fmt: skip


def one_card(**more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "head": "马文德", "number": "9905210000193", "village": "青溪县 石桥镇 上坝村", "as": [{"label": "帮扶身份", "value": "建档立卡户"}],
        "why": "主要因病", "people": [{"name": "马文德", "relation": "户主"}], "income": "收入：没有记录。", "guarantees": [], "unknown": [],
        "received": {"year": "", "known": [], "missing": []}, "answering": [], "appeal": [], "as_of": "2017-09-30",
    }  # fmt: skip
    return {**told, **more}


def paper(*told: dict[str, Any], size: str = "a4") -> dict[str, Any]:
    return {"paper": size, "title": "明白卡", "stamp": "第 1 号", "cards": list(told)}


def inflated(made: bytes) -> bytes:
    """All that a PDF's streams hold, unpacked."""
    out = [made]
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL):
        try:
            out.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(out)


def test_a_paper_carries_its_fonts_with_it() -> None:
    made = inflated(press.pdf(LAYOUTS / "card.typ", paper(one_card()), MOMENT))
    assert made.startswith(b"%PDF-1.7")
    fonts = made.count(b"/Type/FontDescriptor") or made.count(b"/Type /FontDescriptor")
    embedded = len(re.findall(rb"/FontFile[23]? ", made))
    assert fonts == embedded > 0
    assert b"NotoSansCJK" in made and b"/ToUnicode" in made


def test_the_same_figures_give_the_same_paper() -> None:
    layout, data = LAYOUTS / "card.typ", paper(one_card())
    assert press.pdf(layout, data, MOMENT) == press.pdf(layout, data, MOMENT)
    assert press.pdf(layout, {**data, "stamp": "第 2 号"}, MOMENT) != press.pdf(layout, data, MOMENT)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_somebody_wrote_is_set_as_the_letters_it_is(hostile: str) -> None:
    found = json.loads(
        typst.query(
            (LAYOUTS / "card.typ").read_bytes(),
            "<head>",
            sys_inputs={"data": json.dumps(paper(one_card(head=hostile, why=hostile)))},
            field="value",
        )
    )
    assert found == [hostile]
    assert press.pdf(LAYOUTS / "card.typ", paper(one_card(head=hostile, why=hostile)), MOMENT)


def test_a_page_is_a_household_s_also_for_a_large_family_on_small_paper() -> None:
    many = [{"name": f"马小{n}", "relation": "之孙子女"} for n in range(16)]
    unknown = [
        {"topic": "饮水", "because": "没有记录：水量、水质、取水时间", "next": "安排入户核实，请水利部门测定"}
    ] * 3
    told = one_card(people=many, unknown=unknown)
    for size in ("a4", "a5"):
        assert len(press.pictures(LAYOUTS / "card.typ", paper(told, told, size=size), ppi=20)) == 2


def test_without_chinese_type_nothing_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "FAMILY", "Nobody's Sans")
    with pytest.raises(press.NoType):
        press.pdf(LAYOUTS / "card.typ", paper(one_card()), MOMENT)


@pytest.mark.database
@pytest.mark.slow
def test_a_card_says_what_is_known_and_what_not_and_nothing_of_others_business(town: Town) -> None:
    key, number = some("h.kind = 'registered' and cardinality(s.exit_unknown) > 0")
    with within(scope_of(COUNTY)):
        found = read(key)
        assert found is not None
        village = found.household.village_code
        told = cards.card(found, cards.names_above(village), cards.who_answers(village))
    text = json.dumps(told, ensure_ascii=False)
    assert told["number"] == number and told["unknown"] and told["appeal"][0]["value"] == "12317"
    assert [one["topic"] for one in told["guarantees"]] == [
        "收入",
        "吃穿",
        "义务教育",
        "基本医疗",
        "住房",
        "饮水",
    ]
    assert {one["state"] for one in told["guarantees"]} <= {"holds", "fails", "not_known", "not_applicable"}
    people_in = next(h for h in town.files.county.households if h.number == number).members
    assert not [p.id_number for p in people_in if p.id_number and p.id_number in text]
    with within(scope_of(COUNTY)):
        for one in found.members:
            health, school = one.person.health, one.person.student_status
            assert not health or health == "healthy" or cards.code("health", health) not in text
            assert not school or school == "none" or cards.code("student_status", school) not in text
    # Who answers for them is named from the village upwards.
    if village == people.VILLAGE:
        assert told["answering"][0]["name"] == "张书记"


@pytest.mark.database
@pytest.mark.slow
def test_papers_are_made_for_a_village_a_county_and_fetched(town: Town) -> None:
    office, village = town.world.county_office, people.VILLAGE
    with within(scope_of(COUNTY)):
        from xiuhua.registry.models import Household

        helped = Household.objects.filter(
            village_code=village, kind__in=("registered", "watched"), ended_on__isnull=True
        ).count()
    page = town.client(office).get(f"/exports/new/workbench.cards/?place={village}").content.decode()
    assert f"{helped} 户" in page
    made = take(town, office, "workbench.cards", "a5", place=village)
    assert made.content.startswith(b"%PDF") and made.export.place_code == village
    assert len(re.findall(rb"/Type ?/Page\b", inflated(made.content))) == helped
    assert town.client(office).get(f"/exports/new/workbench.cards/?place={COUNTY}").status_code == 404
    assert (
        town.client(town.world.auditor).get(f"/exports/new/workbench.cards/?place={village}").status_code
        == 403
    )
    sheet = take(town, town.world.leader, "workbench.sheet", "live", reason="", place=COUNTY)
    assert sheet.content.startswith(b"%PDF") and sheet.name.endswith(".pdf")


@pytest.mark.database
@pytest.mark.slow
def test_a_county_on_one_page_tells_the_figures_of_its_page(town: Town) -> None:
    from django.utils import translation

    with within(scope_of(COUNTY)), translation.override("zh-hans"):
        place = Place.objects.get(pk=COUNTY)
        told = sheets.sheet(place, sources.live(place))
    page = town.client(town.world.county_office).get(f"/places/{COUNTY}/").content.decode()
    for one in told["numbers"][:1]:
        assert re.search(rf">\s*{one['number']}\b", page), one
    assert len(told["demands"]) == 7 and told["standards"][0]["source"]
    for row in told["demands"]:
        parts = [int(row[key].replace(",", "")) for key in ("holds", "fails", "unknown")]
        registered = taking.ask(
            "select count(*) from registry_household where kind = 'registered' and ended_on is null"
        )
        assert sum(parts) == registered[0][0]
    for language in ("zh", "en"):
        data = {**told, "language": language, "stamp": "第 1 号"}
        assert len(press.pictures(LAYOUTS / "sheet.typ", data, ppi=20)) == 1


@pytest.mark.database
@pytest.mark.slow
def test_a_sheet_of_a_freeze_tells_the_figures_of_the_register_it_was_taken_of_and_names_it(
    town: Town, tmp_path: Path, settings: Any
) -> None:
    from django.utils import translation

    settings.FREEZES = tmp_path / "freezes"
    freeze = taken(COUNTY)
    with within(scope_of(COUNTY)), translation.override("zh-hans"):
        place = Place.objects.get(pk=COUNTY)
        now, then = sources.live(place), sources.frozen(freeze, place)
        told = sheets.sheet(place, then)
    for name in (
        "households",
        "registered",
        "people",
        "poor",
        "poor_people",
        "exited",
        "doubt",
        "fails",
        "unknown",
    ):
        assert getattr(then.own, name) == getattr(now.own, name), name
    assert (then.fails, then.unknown) == (
        {id: now.fails.get(id, 0) for id in then.fails},
        {id: now.unknown.get(id, 0) for id in then.unknown},
    )
    assert {one.code: one.registered for one in then.villages} == {
        one.code: one.registered for one in now.villages
    }
    assert dict(then.causes) == dict(now.causes) and then.bands is not None
    assert told["mark"] == str(freeze.freeze_id) and told["basis"].startswith("数据快照")
    # What a freeze does not keep has no box, and is no zero.
    assert then.waiting is None and not [one for one in told["numbers"] if one["label"] == "未办结的问题"]
    page = town.client(town.world.leader).get(f"/exports/new/workbench.sheet/?place={COUNTY}")
    assert [key for key, _label in page.context["form"].fields["form"].choices] == [
        f"freeze-{freeze.pk}",
        "live",
    ]
    made = take(town, town.world.leader, "workbench.sheet", f"freeze-{freeze.pk}", reason="", place=COUNTY)
    assert made.content.startswith(b"%PDF")
