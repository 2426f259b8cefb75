"""A pair is answered only so that the person still lives somewhere, is closed by itself when nothing is left to ask, and what was
proposed from it stays its own when it is given back and corrected."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

import people
from decisions.conftest import Family, household
from decisions.test_search_of_the_register import search
from xiuhua.accounts.models import Appointment
from xiuhua.decisions.models import Case, CaseStep, Pair
from xiuhua.decisions.queries.pairs import counts, standing
from xiuhua.decisions.services import Refused, accept, ask_undo, give_back, refuse, undo, withdraw
from xiuhua.decisions.services.pairs import Asked, Side, decide, open_pairs
from xiuhua.decisions.terms import Act, Answer, PairKind, PairState, State
from xiuhua.findings.models import Finding
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person

pytestmark = pytest.mark.database

FILE = {"where": "file", "file": "贫困人口信息表.xlsx", "sheet": "人口", "row": 3, "column": 2, "field": "id_number", "batch": 1}  # fmt: skip
NEAR = "990521102"


def seen_by(by: Appointment) -> Client:
    return people.sign_in(Client(headers={"host": "127.0.0.1"}, raise_request_exception=False), by)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def doubled(family: Family, village: str = people.VILLAGE) -> tuple[Household, Person, Person]:
    """A second household in which the daughter stands too, and a search that asks about her; the two of her."""
    girl = family.persons["石小梅"]
    with within(scope_of(people.COUNTY)):
        home, others = household("99052100002", village, {"王大": ("head", "male"), "石小梅": ("daughter", "female")})  # fmt: skip
        Person.objects.filter(pk=others["石小梅"].pk).update(birth_date=girl.birth_date)
    search(family)
    return home, girl, others["石小梅"]


def pair_of(family: Family) -> Pair:
    with family.act(family.world.county_office):
        return Pair.objects.select_related("case").get()


def keep(pair: Pair, person: Person) -> Answer:
    return Answer.KEEP_LEFT if pair.left["person_id"] == person.pk else Answer.KEEP_RIGHT


def answered(family: Family, by: Appointment, person: Person, **more: Any) -> Case:
    pair = pair_of(family)
    with family.act(by):
        case = decide(by=by, pair=pair, answer=keep(pair, person), reason="看了户口簿", **more).case
    assert case is not None
    return case


def carried_out(family: Family, kind: str, by: Appointment | None = None, **said: Any) -> Case:
    case: Case = family.propose(kind, **said)
    with family.act(by or family.world.township_officer):
        accept(by=by or family.world.township_officer, case=case)
    return case


def side(row: Household, person: Person | None, source: dict[str, Any], **more: Any) -> Side:
    said = {
        "household": row.number,
        "village": row.village_code,
        "head": row.head_name,
        "household_id": row.pk,
        "source": source,
    }
    if person is not None:
        said |= {
            "name": person.name,
            "person": person.number,
            "person_id": person.pk,
            "birth_date": "1979-02-03",
            "relation": "daughter",
        }
    return Side({**said, **more})


def opened(family: Family, kind: PairKind, left: Side, right: Side, **more: Any) -> Pair:
    by = family.world.county_office
    with family.act(by):
        open_pairs(by=by, county_code=people.COUNTY, asked=[Asked(kind, left, right, kind.value, **more)])
    return pair_of(family)


def test_nobody_is_kept_where_they_do_not_live_any_more(family: Family) -> None:
    by, second = family.world.township_officer, family.world.county_office
    home, girl, _other = doubled(family)
    case = answered(family, by, girl)
    with family.act(by):
        told = CaseStep.objects.get(case=case).detail["lines"][0]
        assert "石满仓" in told["after"]["zh"], "the kept side is told, whichever it is"
    carried_out(family, "marriage_out", second, person=girl)
    with family.act(second):
        with pytest.raises(Refused) as why:
            accept(by=second, case=case)
        assert "哪一户都不在" in why.value.zh and "would be in none" in why.value.en
    assert family.living(home) == {"王大": "head", "石小梅": "daughter"}
    # Refused, the question would be open again; but one of the two left, and it is closed.
    with family.act(second):
        refuse(by=second, case=case, reason="要保留的一边已婚出")
    pair = pair_of(family)
    assert standing(pair) is PairState.GONE and str(case.pk) in pair.reason
    page = text(seen_by(by).get(f"/cases/pairs/{pair.pk}/"))
    assert "不再需要" in page and pair.reason in page and "2026-05-01 婚出" in page and "怎么判断" not in page
    english = seen_by(by)
    english.cookies["django_language"] = "en"
    assert "propose the same change in the other household too" in text(
        english.get(f"/cases/pairs/{pair.pk}/")
    )


def test_of_two_rows_of_a_file_only_the_one_that_lives_can_be_kept(family: Family) -> None:
    by = family.world.township_officer
    girl = family.persons["石小梅"]
    with within(scope_of(people.COUNTY)):
        home, others = household("99052100002", people.VILLAGE, {"王大": ("head", "male"), "石小梅": ("daughter", "female")})  # fmt: skip
    pair = opened(
        family, PairKind.SAME_PERSON, side(family.household, girl, FILE), side(home, others["石小梅"], FILE)
    )
    carried_out(family, "death", person=girl)
    assert standing(pair_of(family)) is PairState.OPEN, (
        "the file still has her twice: its row is to be sent back"
    )
    client = seen_by(by)
    page = client.get(f"/cases/pairs/{pair.pk}/").content.decode()
    assert 'value="keep_left"' not in page and 'value="keep_right"' in page
    wrong = client.post(f"/cases/pairs/{pair.pk}/answer/", {"answer": "keep_left", "reason": "x"})
    assert wrong.status_code == 422 and "哪一户都不在" in text(wrong)
    assert "石小梅" in family.living(home)
    with family.act(by):
        done = decide(by=by, pair=pair, answer=Answer.KEEP_RIGHT, reason="死亡证明")
        assert done.case is None and standing(done.pair) is PairState.DECIDED
        assert Finding.objects.get(rule="row_to_remove").household_number == family.household.number


def test_a_row_that_only_a_file_has_can_be_kept(family: Family) -> None:
    # The next file brings her in there: what waits for the answer is that row.
    girl, by = family.persons["石小梅"], family.world.township_officer
    row = {
        "name": "石小梅",
        "household": "99052100009",
        "village": people.VILLAGE,
        "person": "",
        "person_id": None,
        "source": FILE,
    }
    opened(family, PairKind.SAME_PERSON, side(family.household, girl, FILE), Side(row))
    with family.act(by):
        pair = Pair.objects.get()
        case = decide(by=by, pair=pair, answer=Answer.KEEP_RIGHT, reason="户口簿在那边").case
        assert case is not None and case.kind == "same_person"


def test_a_pair_is_closed_with_its_side_and_open_again_with_it(family: Family) -> None:
    township, county = family.world.township_officer, family.world.county_office
    people.make_place(NEAR, "黑水镇")
    people.make_place(f"{NEAR}201", "河口村")
    _home, girl, _other = doubled(family, f"{NEAR}201")
    assert pair_of(family).place_code == people.COUNTY
    case = carried_out(family, "death", person=girl)
    with family.act(township):
        assert not Pair.objects.exists(), "it lies above the area in which the death was decided"
    pair = pair_of(family)
    assert pair.state == PairState.GONE and pair.reason.startswith(f"事项 {case.pk}（死亡）")
    with family.act(county):
        assert counts(PairState.GONE) == {"may_be_same": 1} and counts(PairState.OPEN) == {}
    with family.act(family.world.first_secretary):
        ask_undo(by=family.world.first_secretary, case=case, reason="人在外地")
    with family.act(township):
        undo(by=township, case=case)
    assert (pair_of(family).state, pair_of(family).reason) == (PairState.OPEN, "")


def test_what_happened_otherwise_is_closed_by_the_next_search_or_answer(family: Family) -> None:
    by = family.world.township_officer
    _home, _girl, other = doubled(family)
    with within(scope_of(people.COUNTY)):
        Membership.objects.filter(person=other).update(until=date(2026, 4, 1), ended_because="move")
    pair = pair_of(family)
    told = seen_by(by).post(
        f"/cases/pairs/{pair.pk}/answer/", {"answer": "keep_left", "reason": "x"}, follow=True
    )
    assert told.status_code == 200 and "已经关闭" in text(told)
    assert pair_of(family).state == PairState.GONE and not _cases(family)
    with within(scope_of(people.COUNTY)):
        Membership.objects.filter(person=other).update(until=None, ended_because="")
        Pair.objects.update(state=PairState.OPEN, reason="")
        Membership.objects.filter(person=other).update(until=date(2026, 4, 1), ended_because="move")
    search(family)
    assert pair_of(family).state == PairState.GONE


def _cases(family: Family) -> list[Case]:
    with family.act(family.world.county_office):
        return list(Case.objects.all())


def test_a_file_about_somebody_who_left_is_asked_no_more_and_its_finding_is_closed(family: Family) -> None:
    from xiuhua.findings.services import Why, send_back
    from xiuhua.findings.terms import Kind

    boy = family.persons["石小军"]
    with within(scope_of(people.COUNTY)):
        home, _others = household("99052100002", people.VILLAGE, {"王大": ("head", "male")})
        send_back(
            place_code=people.VILLAGE, kind=Kind.ASKED, held=False, rule="person_moved", fingerprint="f" * 32, field="household", household_number=home.number,
            person_number="", params={}, file_name="", sheet="", row=3, column=None, batch=None, like=[], today=date(2026, 5, 1), why=Why("x", "y"),
        )  # fmt: skip
    opened(
        family, PairKind.PERSON_MOVED, side(family.household, boy, {"where": "register", "batch": None}), side(home, None, FILE, name="石小军"),
        findings={"right": ["f" * 32]},
    )  # fmt: skip
    case = carried_out(family, "death", person=boy)
    with family.act(family.world.township_officer):
        found = Finding.objects.get(fingerprint="f" * 32)
    assert pair_of(family).state == PairState.GONE
    assert found.state == "closed" and f"事项 {case.pk}（死亡）" in found.closed_because


def test_a_case_of_a_pair_that_is_given_back_is_corrected_as_what_it_was(family: Family) -> None:
    by, second = family.world.township_officer, family.world.county_office
    home, girl, _other = doubled(family)
    case = answered(family, by, girl)
    before = dict(case.payload)
    decider, own = seen_by(second), seen_by(by)
    decider.post(f"/cases/{case.pk}/act/", {"act": "returned", "reason": "归并日期不对"})
    pair = pair_of(family)
    page = own.get(f"/cases/pairs/{pair.pk}/")
    assert "归并日期不对" in text(page) and "退回补正" in text(page) and "待另一人确认" not in text(page)
    assert (
        f"/cases/{case.pk}/correct/" in page.content.decode() and 'value="withdrawn"' in page.content.decode()
    )
    form = own.get(f"/cases/{case.pk}/correct/").content.decode()
    assert set(re.findall(r'name="([a-z_0-9]+)"', form)) - {"csrfmiddlewaretoken"} >= {
        "effective_on",
        "reason",
    }
    assert "village" not in re.findall(r'name="([a-z_0-9]+)"', form)
    bare = own.post(f"/cases/{case.pk}/correct/", {"effective_on": "2026-04-01", "reason": " "})
    assert bare.status_code == 422 and "请写明依据" in text(bare)
    done = own.post(f"/cases/{case.pk}/correct/", {"effective_on": "2026-04-01", "reason": "按户口簿的日期"})
    assert done.status_code == 302
    [case] = _cases(family)
    assert (case.state, case.payload, case.effective_on) == (State.PENDING, before, date(2026, 4, 1))
    assert "按户口簿的日期" in text(decider.get(f"/cases/pairs/{pair.pk}/")), "the pair tells the newest word"
    assert decider.post(f"/cases/pairs/{pair.pk}/confirm/", {"act": "accepted"}).status_code == 302
    assert standing(pair_of(family)) is PairState.DECIDED and "石小梅" not in family.living(home)


def test_a_move_from_a_pair_keeps_its_village_and_its_pair(family: Family) -> None:
    by, second = family.world.county_office, family.world.township_officer
    row = family.household
    pair = opened(
        family, PairKind.HOUSEHOLD_MOVED, side(row, None, {"where": "register", "batch": None}), side(row, None, FILE, village=people.SECOND_VILLAGE)
    )  # fmt: skip
    with family.act(by):
        case = decide(by=by, pair=pair, answer=Answer.TAKE, reason="搬迁安置").case
        assert case is not None
    with family.act(second):
        give_back(by=second, case=case, reason="日期")
    own = seen_by(by)
    assert 'name="village"' not in own.get(f"/cases/{case.pk}/correct/").content.decode()
    own.post(
        f"/cases/{case.pk}/correct/",
        {"effective_on": "2026-05-01", "village": people.VILLAGE, "reason": "按搬迁协议"},
    )
    [case] = _cases(family)
    assert (case.payload["pair"], case.payload["village"]) == (pair.pk, people.SECOND_VILLAGE)
    assert seen_by(second).post(f"/cases/{case.pk}/act/", {"act": "accepted"}).status_code == 302
    with family.act(by):
        assert Household.objects.get(pk=row.pk).village_code == people.SECOND_VILLAGE
    assert standing(pair_of(family)) is PairState.DECIDED


def test_a_member_of_a_pair_goes_to_the_household_that_was_proposed(family: Family) -> None:
    by, second = family.world.township_officer, family.world.county_office
    boy = family.persons["石小军"]
    with within(scope_of(people.COUNTY)):
        home, _others = household("99052100002", people.VILLAGE, {"王大": ("head", "male")})
    pair = opened(
        family, PairKind.PERSON_MOVED, side(family.household, boy, {"where": "register", "batch": None}), side(home, None, FILE, name="石小军", relation="son")
    )  # fmt: skip
    with family.act(by):
        case = decide(by=by, pair=pair, answer=Answer.TAKE, reason="户口簿").case
        assert case is not None
    with family.act(second):
        give_back(by=second, case=case, reason="日期")
    seen_by(by).post(f"/cases/{case.pk}/correct/", {"effective_on": "2026-05-02", "reason": "户口簿"})
    with family.act(second):
        accept(by=second, case=Case.objects.get())
    assert family.living(home) == {"王大": "head", "石小军": "son"} and "石小军" not in family.living()


def test_only_who_judges_corrects_it_and_the_database_keeps_its_pair(family: Family) -> None:
    by, second = family.world.township_officer, family.world.county_office
    _home, girl, _other = doubled(family)
    case = answered(family, by, girl)
    with family.act(second):
        give_back(by=second, case=case, reason="日期")
    worker = seen_by(family.world.first_secretary)
    asked = worker.get(f"/cases/{case.pk}/correct/", follow=True)
    assert "由判断的乡镇或县级业务岗位补正" in text(asked) and "effective_on" not in asked.content.decode()
    with family.act(by):
        with pytest.raises(DatabaseError, match="keeps the pair"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(payload={"person": girl.pk})
        with connection.cursor() as cursor:
            cursor.execute("select payload ->> 'because' from decisions_case")
            assert cursor.fetchone()[0] in ("keep_left", "keep_right")
        withdraw(by=by, case=case)
    assert standing(pair_of(family)) is PairState.OPEN, "both live: it is asked again"
    with family.act(by):
        assert [one.act for one in CaseStep.objects.order_by("number")] == [
            Act.PROPOSED,
            Act.RETURNED,
            Act.WITHDRAWN,
        ]


def test_a_day_that_is_none_is_said_and_a_fault_is_not_taken_for_an_answer(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xiuhua.decisions.views import pairs as views

    by, second = family.world.township_officer, family.world.county_office
    _home, girl, _other = doubled(family)
    pair, client = pair_of(family), seen_by(by)
    said = {"answer": keep(pair, girl).value, "reason": "户口簿", "on": "2026-13-45"}
    wrong = client.post(f"/cases/pairs/{pair.pk}/answer/", said)
    assert wrong.status_code == 422 and "不是一个日期" in text(wrong) and not _cases(family)
    client.post(f"/cases/pairs/{pair.pk}/answer/", {**said, "on": "2026-04-01"})
    [case] = _cases(family)
    assert case.effective_on == date(2026, 4, 1)

    other = seen_by(second)
    told = other.post(f"/cases/pairs/{pair.pk}/confirm/", {"act": "nothing"}, follow=True)
    assert "现在不能这样办" in text(told)

    def broken(**_said: Any) -> None:
        raise KeyError("pair")

    monkeypatch.setitem(views.CONFIRMS, Act.ACCEPTED, broken)
    assert other.post(f"/cases/pairs/{pair.pk}/confirm/", {"act": "accepted"}).status_code == 500
