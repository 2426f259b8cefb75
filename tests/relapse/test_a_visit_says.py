"""What a visit says stands, whatever the register has; no risk rests on what was asked, on a visit that heard the last saying."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

import people
from decisions.proceedings import Going
from decisions.test_pages_of_proceedings import client
from decisions.test_proceedings import of_year
from relapse.clues import clue_of, ended, visited
from relapse.conftest import found
from relapse.test_a_no_is_answered_for import page_of, planted, raw
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import PeriodRecord
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.models import Clue, Sheet
from xiuhua.relapse.terms import Origin

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]
COLLAPSED = {"net_income_fen": 0, "food_clothing": False, "house": False, "water": False}
WORDS = ("visited_on", "said", "judgement", "reason")


def recorded(going: Going, ends: date, **changed: Any) -> None:
    """A year of the register that ended on a day and was checked then, unless said otherwise."""
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        told = of_year(ends, **changed)
        PeriodRecord.objects.create(household=going.household, village_code=people.VILLAGE, **told)


def last_january() -> date:
    return date(beijing_today().year - 1, 1, 31)


def reported() -> dict[str, str]:
    return {name: "reported" for name in of_year(last_january()) if name.endswith("_seen") and name != "seen"}


def fresh(sheet: Sheet) -> Sheet:
    with within(scope_of(people.COUNTY)):
        return Sheet.objects.get(pk=sheet.pk)


def unasked(going: Going, clue: Clue, **answers: Any) -> Sheet:
    """A sheet of a visit that asked what is said here and nothing else."""
    told = {name: value for name, value in found().items() if name in WORDS}
    with going.acting(going.village[0]):
        return services.judge_visit(
            by=going.village[0], household=going.household, answers={**told, **answers}, clue=clue
        ).sheet


def test_what_the_visit_says_stands_where_the_register_says_otherwise(going: Going) -> None:
    recorded(going, last_january(), **reported())
    clue = clue_of(going, said="房子塌了半边，儿子失业")
    with pytest.raises(Refused, match="不能研判为"):
        visited(going, clue, **COLLAPSED)
    sheet = fresh(visited(going, clue, **COLLAPSED, judgement="at_risk", suggested="sudden"))
    assert {name: getattr(sheet, name) for name in COLLAPSED} == COLLAPSED
    assert set(sheet.marks.split(",")) == {"guarantee", "income"}, "it is weighed as the visit says"
    assert (sheet.known["net_income_fen"]["value"], sheet.known["house"]["value"]) == (3_000_000, True)
    shown = client(going.village[0]).get(page_of(clue)).content.decode()
    ends = f"{last_january():%Y-%m-%d}"
    assert f"入户时说的；登记册（截至 {ends}，据表）是 30,000 元" in shown, "and says what the register has"


def test_no_risk_never_rests_on_what_was_only_reported_of_a_past_year(going: Going) -> None:
    recorded(going, last_january(), **reported())
    clue = clue_of(going)
    spending = dict.fromkeys(
        ("medical_own_fen", "education_own_fen", "disaster_own_fen", "other_spending_fen"), 0
    )
    asked = {**spending, "schooling": True, "medical": True}
    with pytest.raises(Refused, match=r"近十二个月家庭纯收入.*这次没有问过"):
        unasked(going, clue, **asked)
    kept = {"net_income_fen": {"from": "register", "value": 3_000_000, "evidence": "reported", "on": "", "recent": False, "asked": False}}  # fmt: skip
    with going.acting(going.village[0]), transaction.atomic():
        Sheet.objects.create(
            household=going.household, village_code=people.VILLAGE, clue=clue, appointment=going.village[0], official=going.village[0].official,
            post="x", at=beijing_now(), known=kept, **found(),
        )  # fmt: skip
    with pytest.raises(DatabaseError, match="no risk rests on what was asked"):
        raw(going, going.township[0], clue)
    with pytest.raises(Refused, match="须入户逐项问过"):
        ended(going, clue)
    risk = fresh(unasked(going, clue, judgement="at_risk", suggested="marginal", **asked))
    assert risk.net_income_fen == 3_000_000 and not risk.known["net_income_fen"]["asked"], (
        "a risk rests on the little that is known"
    )
    assert "，这次没有另问" in client(going.village[0]).get(page_of(clue)).content.decode()
    visited(going, clue)
    assert ended(going, clue).end == "no_risk", "what is asked may be as it was"


def test_a_sheet_of_before_that_took_the_register_over_is_asked_again(going: Going) -> None:
    clue = clue_of(going)
    planted(going, clue, going.village[0], known=["net_income_fen"])
    assert "登记册已有" in client(going.village[0]).get(page_of(clue)).content.decode()
    with pytest.raises(DatabaseError, match="no risk rests on what was asked"):
        raw(going, going.township[0], clue)


def test_what_was_checked_lately_may_stand_without_being_asked(going: Going) -> None:
    ends = beijing_today() - timedelta(days=30)
    recorded(going, ends)
    clue = clue_of(going)
    asked = dict.fromkeys(
        ("medical_own_fen", "education_own_fen", "disaster_own_fen", "other_spending_fen"), 0
    )
    sheet = fresh(unasked(going, clue, schooling=True, medical=True, **asked))
    assert sheet.known["house"] == {"from": "register", "value": True, "evidence": "checked", "on": f"{ends:%Y-%m-%d}", "recent": True, "asked": False}  # fmt: skip
    assert ended(going, clue).end == "no_risk"
    going.days.go(200)
    later = clue_of(going, said="又有难处")
    with pytest.raises(Refused, match="这次没有问过"):
        unasked(going, later, schooling=True, medical=True, **asked)


def test_the_form_is_filled_in_and_says_from_where_and_only_what_was_asked_counts(going: Going) -> None:
    recorded(going, last_january(), **reported())
    clue = clue_of(going)
    page = client(going.village[0])
    visit = f"{page_of(clue)}visit/"
    form = page.get(visit).context["form"]
    filled = {name: form[name].value() for name in ("net_income_fen", "house", "water", "food_clothing")}
    assert filled == {"net_income_fen": "30000", "house": "yes", "water": "yes", "food_clothing": "yes"}
    assert form["other_spending_fen"].value() is None, "the register has none"
    shown = page.get(visit).content.decode()
    assert f"已填：登记册（截至 {last_january():%Y-%m-%d}，据表）" in shown and "逐项问过" in shown
    told = {
        **{name: form[name].value() or "0" for name in ("net_income_fen", "medical_own_fen", "education_own_fen", "disaster_own_fen", "other_spending_fen")},
        **dict.fromkeys(("food_clothing", "schooling", "medical", "house", "water"), "yes"),
        "visited_on": f"{beijing_today():%Y-%m-%d}", "said": "不难", "judgement": "no_risk", "reason": "收入稳定",
    }  # fmt: skip
    refused = page.post(visit, told)
    assert refused.status_code == 422 and "这次没有问过" in refused.content.decode()
    assert page.post(visit, {**told, "asked": "on", "net_income_fen": "28000"}).status_code == 302
    with within(scope_of(people.COUNTY)):
        sheet = Sheet.objects.get()
    assert (sheet.net_income_fen, sheet.known["net_income_fen"]["value"]) == (2_800_000, 3_000_000)
    assert sheet.known["house"]["asked"] and sheet.house is True
    page.post(visit, {**told, "asked": "on", "judgement": "not_known", "house": ""})
    with within(scope_of(people.COUNTY)):
        assert Sheet.objects.latest("pk").house is None, "not known on the visit is not known"


def test_a_visit_from_before_the_saying_has_not_heard_it(going: Going) -> None:
    clue = clue_of(going)
    before = beijing_today() - timedelta(days=1)
    with pytest.raises(Refused, match="入户日期早于最近一次反映"):
        visited(going, clue, visited_on=before)
    planted(going, clue, going.village[0], visited_on=before)
    with pytest.raises(Refused, match="入户日期早于最近一次反映"):
        ended(going, clue)
    with pytest.raises(DatabaseError, match="the visit was before the last was said"):
        raw(going, going.township[0], clue)
    visited(going, clue)
    going.days.go(5)
    clue_of(going, origin=Origin.CADRE, said="又住院了，花了八万")
    planted(going, clue, going.village[0], visited_on=beijing_today() - timedelta(days=5))
    with pytest.raises(DatabaseError, match="the visit was before the last was said"):
        raw(going, going.township[0], clue)
    visited(going, clue)
    assert ended(going, clue).end == "no_risk"


def test_a_visit_again_begins_with_figures_alone(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue, difficulties="药费", coping="借了一万")
    day = beijing_today()
    going.days.go(5)
    clue_of(going, origin=Origin.CADRE, said="又住院了，花了八万")
    page = client(going.village[0])
    visit = f"{page_of(clue)}visit/"
    form = page.get(visit).context["form"]
    assert (form["net_income_fen"].value(), form["medical_own_fen"].value(), form["house"].value()) == ("40000", "3000", "yes")  # fmt: skip
    assert form["visited_on"].value() == beijing_today()
    empty = ("said", "judgement", "reason", "difficulties", "coping", "suggested")
    assert {name: form[name].value() for name in empty} == dict.fromkeys(empty)
    assert f"{day:%Y-%m-%d} 入户填的" in page.get(visit).content.decode()
    told = {
        **{name: form[name].value() for name in form.fields if name not in empty and name != "asked"},
        "visited_on": f"{beijing_today():%Y-%m-%d}", "said": "又花了八万", "judgement": "no_risk", "reason": "照旧",
    }  # fmt: skip
    assert page.post(visit, told).status_code == 422, "what was asked five days ago was not asked today"
    assert page.post(visit, {**told, "judgement": "at_risk", "medical_own_fen": "83000"}).status_code == 302
    with within(scope_of(people.COUNTY)):
        sheet = Sheet.objects.latest("pk")
    assert (sheet.medical_own_fen, sheet.known["medical_own_fen"]["value"]) == (8_300_000, 300_000)
    assert not sheet.known["house"]["asked"] and sheet.known["house"]["on"] == f"{day:%Y-%m-%d}"
