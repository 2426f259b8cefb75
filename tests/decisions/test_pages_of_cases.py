"""Pages of changes of people: filled in on a phone, kept when something is wrong, decided by whoever may."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

import people
from decisions.conftest import Family, household
from xiuhua.audit.models import Entry
from xiuhua.common.identity import check_digit
from xiuhua.decisions.models import Case, CaseEvidence
from xiuhua.decisions.queries.cases import waiting_count, waiting_for
from xiuhua.decisions.services import accept, refuse
from xiuhua.decisions.terms import State
from xiuhua.places.scope import ask_together_here, scope_of, within
from xiuhua.registry.models import Household, Person
from xiuhua.registry.queries.areas import counts as counted
from xiuhua.registry.queries.households import Wanted, counts

pytestmark = pytest.mark.database
NUMBER = "99052120260501002"
NUMBER += check_digit(NUMBER)
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def client(appointment: Any) -> Client:
    return people.sign_in(Client(headers={"host": "127.0.0.1"}), appointment)  # type: ignore[no-any-return]


def form(**more: Any) -> dict[str, Any]:
    return {
        "effective_on": "2026-05-01",
        "name": "石安安",
        "sex": "female",
        "relation": "daughter",
        "id_number": NUMBER,
        "reason": "",
        **more,
    }


def post(family: Family, **more: Any) -> Any:
    return client(family.world.first_secretary).post(f"/cases/new/{family.household.pk}/birth/", form(**more))


def test_a_number_with_a_wrong_digit_is_told_and_nothing_filled_in_is_lost(family: Family) -> None:
    answer = post(family, id_number=NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"))
    page = answer.content.decode()
    assert answer.status_code == 422 and "校验码" in page and 'value="石安安"' in page
    for wrong in (
        {"sex": "male"},
        {"effective_on": "2026-05-02"},
        {"effective_on": "2027-05-01"},
        {"name": "<b>"},
    ):
        assert post(family, **wrong).status_code == 422, wrong
    with within(scope_of(people.COUNTY)):
        assert not Case.objects.exists()


def test_the_number_is_sealed_and_stands_nowhere_in_the_clear(family: Family) -> None:
    assert post(family).status_code == 302
    with within(scope_of(people.COUNTY)):
        case = Case.objects.get()
        assert case.id_blind is not None
        for table in ("decisions_case", "decisions_casestep", "audit_entry"):
            with connection.cursor() as cursor:
                cursor.execute(f"select to_jsonb(t) from {table} t")
                assert NUMBER not in json.dumps([row[0] for row in cursor.fetchall()], ensure_ascii=False)
    assert NUMBER not in client(family.world.township_officer).get(f"/cases/{case.pk}/").content.decode()
    with family.act(family.world.township_officer):
        accept(by=family.world.township_officer, case=case)
        child = Person.objects.get(name="石安安")
    assert (child.id_kind, child.id_valid, child.sex, child.birth_date) == (
        "resident18",
        True,
        "female",
        date(2026, 5, 1),
    )


def test_evidence_is_a_picture_kept_encrypted_and_opening_it_is_recorded(family: Family) -> None:
    bad = SimpleUploadedFile("证.png", b"MZ this is a program")
    assert post(family, paper_booklet=bad).status_code == 422
    assert post(family, paper_booklet=SimpleUploadedFile("证.png", PICTURE)).status_code == 302
    with within(scope_of(people.COUNTY)):
        one = CaseEvidence.objects.get()
    officer = client(family.world.township_officer)
    page = officer.get(f"/cases/{one.case_id}/").content.decode()
    assert "出生医学证明" in page  # still missing, said so
    shown = officer.get(f"/cases/{one.case_id}/evidence/{one.pk}/")
    assert shown.content == PICTURE and shown["Content-Type"] == "image/png"
    with within(scope_of(people.COUNTY)):
        assert (
            Entry.objects.filter(action="decisions.evidence_opened", subject=f"case:{one.case_id}").count()
            == 1
        )
    assert client(family.world.leader).get(f"/cases/{one.case_id}/evidence/{one.pk}/").status_code == 403


def test_each_finds_what_is_theirs_to_do(family: Family) -> None:
    post(family)
    officer, village = client(family.world.township_officer), client(family.world.first_secretary)
    assert "石安安" in officer.get("/cases/").content.decode()
    assert "石安安" in village.get("/cases/?show=own").content.decode()
    for by, n in (
        (family.world.township_officer, 1),
        (family.world.first_secretary, 0),
        (family.world.auditor, 0),
    ):
        with within(scope_of(by.place_code)):
            assert ask_together_here([waiting_count(by)]) == [waiting_for(by).count()] == [n]
    with within(scope_of(people.COUNTY)):
        case = Case.objects.get()
    mine = village.get(f"/cases/{case.pk}/").content.decode()
    assert "登记生效" not in mine and "撤回" in mine
    refused = village.post(f"/cases/{case.pk}/act/", {"act": "accepted"}, follow=True).content.decode()
    assert "不能办理" in refused
    assert (
        officer.post(f"/cases/{case.pk}/act/", {"act": "returned", "reason": "请核对姓名"}).status_code == 302
    )
    fixing = village.get(f"/cases/{case.pk}/correct/").content.decode()
    assert 'value="石安安"' in fixing and NUMBER not in fixing
    village.post(f"/cases/{case.pk}/correct/", form(name="石安宁", id_number=""))
    officer.post(f"/cases/{case.pk}/act/", {"act": "accepted"})
    with within(scope_of(people.COUNTY)):
        assert Case.objects.get().state == State.ACCEPTED
        assert Person.objects.get(name="石安宁").id_blind is not None
    page = officer.get(f"/households/{family.household.pk}/").content.decode()
    assert "石安宁" in page and "已办结" in page
    assert client(family.world.auditor).get(f"/cases/{case.pk}/").status_code == 200
    for address in (f"/cases/new/{family.household.pk}/", f"/cases/new/{family.household.pk}/birth/"):
        assert client(family.world.auditor).get(address).status_code == 403


def test_the_neighbour_sees_no_case_no_evidence_no_form(family: Family) -> None:
    from xiuhua.accounts.terms import Role

    post(family, paper_booklet=SimpleUploadedFile("证.png", PICTURE))
    with within(scope_of(people.COUNTY)):
        case, paper = Case.objects.get().pk, CaseEvidence.objects.get().pk
    there = client(people.person("邻县人", "lin", people.OTHER_COUNTY, Role.COUNTY_OFFICE))
    for address in (
        f"/cases/{case}/",
        f"/cases/{case}/evidence/{paper}/",
        f"/cases/new/{family.household.pk}/",
        f"/cases/{case}/correct/",
    ):
        assert there.get(address).status_code == 404, address
    assert there.post(f"/cases/{case}/act/", {"act": "accepted"}).status_code == 404
    assert "石安安" not in there.get("/cases/?show=closed").content.decode()


def test_a_village_is_told_of_the_other_household_only_where_it_lies_until_they_unite(family: Family) -> None:
    from xiuhua.accounts.terms import Role

    with within(scope_of(people.COUNTY)):
        far, _persons = household("99052100077", people.SECOND_VILLAGE, {"外村秘密": ("head", "male")})
    relations = {str(one.pk): "other" for one in family.persons.values()}
    township, county = family.world.township_officer, family.world.county_office
    case = family.propose("merge", by=township, into=far.pk, relations=relations)
    address = f"/cases/{case.pk}/"
    named = ("外村秘密", far.number)

    def told(by: Any) -> list[str]:
        page = client(by).get(address).content.decode()
        assert "石小军" in page
        return [word for word in named if word in page]

    assert told(county) == list(named), "who decides has both before them"
    assert told(family.world.first_secretary) == []
    assert "镇另一村的一户" in client(family.world.first_secretary).get(address).content.decode()
    with family.act(county):
        refuse(by=county, case=case, reason="没有一起生活")
    assert told(family.world.first_secretary) == []
    case = family.propose("merge", by=township, into=far.pk, relations=relations)
    address = f"/cases/{case.pk}/"
    decided = people.person("县二", "xian2", people.COUNTY, Role.COUNTY_OFFICE)
    with family.act(decided):
        accept(by=decided, case=case)
    assert told(family.world.first_secretary) == list(named), "their own went there"


def test_a_household_that_ended_leaves_records_lists_and_counts_but_not_its_page(family: Family) -> None:
    with within(scope_of(people.COUNTY)):
        other, persons = household("99052100002", people.VILLAGE, {"石满囤": ("head", "male")})
    case = family.propose(
        "merge", household=other, into=family.household.pk, relations={str(persons["石满囤"].pk): "sibling"}
    )
    with family.act(family.world.township_officer):
        accept(by=family.world.township_officer, case=case)
    with within(scope_of(people.COUNTY)) as area, connection.cursor() as cursor:
        cursor.execute("select household_key from rec_household")
        assert [row[0] for row in cursor.fetchall()] == [family.household.pk]
        cursor.execute("select household_key, count(*) from rec_person group by 1")
        assert cursor.fetchall() == [(family.household.pk, 5)]
        assert counts([Wanted(area, "all"), Wanted(area, "registered")]) == [1, 1]
        assert [(one.households, one.registered, one.people) for one in counted(area).below] == [(1, 1, 5)]
        assert Household.objects.get(pk=other.pk).ended_on is not None
    page = client(family.world.township_officer).get(f"/households/{other.pk}/").content.decode()
    assert "这一户已经结束" in page and f"/households/{family.household.pk}/" in page


def test_a_household_in_which_nobody_is_left_is_ended_through_its_pages(family: Family) -> None:
    """From the household's page to the case, to another person's yes, to the page of a household that ended, and back."""
    with within(scope_of(people.COUNTY)):
        empty, _persons = household("99052100008", people.VILLAGE, {})
    worker, office = client(family.world.first_secretary), client(family.world.township_officer)
    menu = worker.get(f"/cases/new/{empty.pk}/").content.decode()
    address = f"/cases/new/{empty.pk}/household_ends/"
    assert address in menu and "整户销户" in menu
    page = worker.get(address).content.decode()
    assert "销户日期" in page and "户口注销证明或村委会证明" in page and "至少要一份证明材料" in page
    # Of one in which people live it is said what to do first, and what was filled in stays.
    full = worker.post(
        f"/cases/new/{family.household.pk}/household_ends/",
        {"effective_on": "2026-05-01", "reason": "都走了"},
    )
    assert full.status_code == 422 and "请先逐人办理“家里少人”" in full.content.decode()
    assert "都走了" in full.content.decode()
    paper = SimpleUploadedFile("注销证明.png", PICTURE, content_type="image/png")
    told = {"effective_on": "2026-05-01", "reason": "老人去世，无人", "paper_booklet_closed": paper}
    case_url = worker.post(address, told).url
    mine = worker.get(case_url).content.decode()
    assert "待审核" in mine and "销户；记录、状态历程保留" in mine and "审核通过，登记生效" not in mine
    assert worker.post(f"{case_url}act/", {"act": "accepted"}, follow=True).status_code == 200
    with within(scope_of(people.COUNTY)):
        assert Household.objects.get(pk=empty.pk).ended_on is None, "nobody ends it alone"
    assert case_url in office.get("/cases/").content.decode()
    assert "审核通过，登记生效" in office.get(case_url).content.decode()
    done = office.post(f"{case_url}act/", {"act": "accepted"}, follow=True).content.decode()
    assert "已通过，登记已经变更" in done
    ended = worker.get(f"/households/{empty.pk}/").content.decode()
    assert "这一户已经结束" in ended
    assert empty.number not in worker.get(f"/places/{people.VILLAGE}/households/").content.decode()
    assert "不能再办变更" in worker.get(f"/cases/new/{empty.pk}/").content.decode()
    office.post(f"{case_url}act/", {"act": "undo_asked", "reason": "有人回来"})
    second = client(family.world.county_office)
    assert "已撤销" in second.post(f"{case_url}act/", {"act": "undone"}, follow=True).content.decode()
    assert empty.number in worker.get(f"/places/{people.VILLAGE}/households/").content.decode()
