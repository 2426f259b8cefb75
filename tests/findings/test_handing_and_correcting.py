"""Given to a post with a day, put right where it is recorded, and closed by the rule: all of it within the area only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from findings.conftest import RULE, VILLAGE, Faulty, acting, moves_of, one_finding
from intake import taking
from intake.unit.small import id_number
from xiuhua.accounts.services import Refused as NotAllowed
from xiuhua.common.clock import beijing_today
from xiuhua.common.sealing import blind, unseal
from xiuhua.decisions.services.proceedings import tell_kin
from xiuhua.findings.queries import Chosen
from xiuhua.findings.services import hand_out
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Correction, Household, Membership, Person
from xiuhua.registry.services import Evidence, Refused, correct_number, correct_value
from xiuhua.registry.terms import Seen

pytestmark = pytest.mark.database
SOON = beijing_today() + timedelta(days=3)
REPORTED, CHECKED = Evidence(Seen.REPORTED, beijing_today()), Evidence(Seen.CHECKED, beijing_today())


def given(faulty: Faulty, by, to, **narrowed):  # type: ignore[no-untyped-def]
    with acting(by):
        return hand_out(by=by, chosen=Chosen(scope_of(by.place_code), **narrowed), post=to.post, due_on=SOON)


def test_an_office_gives_one_a_group_or_a_villages_findings_to_a_post_below(faulty: Faulty) -> None:
    done = given(faulty, faulty.county, faulty.village, rule=RULE)
    assert (done.count, done.out_of_reach) == (1, 0)
    one = one_finding(RULE, faulty.number)
    assert (one["owner_id"], one["due_on"]) == (faulty.village.post_id, SOON)
    mine = faulty.client(faulty.village).get("/findings/?mine=1").content.decode()
    assert "因病户有患病或残疾成员" in mine
    assert "待我办理" in faulty.client(faulty.village).get("/").content.decode()
    assert moves_of(one["id"])[-1][0] == "handed_out"
    # Given again with another day, that is told as what it is; given as it is, nothing is told.
    with acting(faulty.county) as by:
        chosen = Chosen(scope_of(by.place_code), rule=RULE)
        hand_out(by=by, chosen=chosen, post=faulty.village.post, due_on=SOON + timedelta(days=1))
        hand_out(by=by, chosen=chosen, post=faulty.village.post, due_on=SOON + timedelta(days=1))
    assert [act for act, _way in moves_of(one["id"])] == ["found", "handed_out", "due_changed"]


def test_nothing_is_given_sideways_or_upwards_or_out_of_sight(faulty: Faulty) -> None:
    for by, to in (
        (faulty.township, faulty.county),
        (faulty.county, faulty.neighbour),
        (faulty.county, faulty.other_village),  # in the area, but it cannot see this household
        (faulty.county, faulty.leader),
        (faulty.village, faulty.village),
        (faulty.auditor, faulty.village),
    ):
        with pytest.raises(NotAllowed):
            given(faulty, by, to, rule=RULE)
    with pytest.raises(NotAllowed), acting(faulty.county) as by:
        past = beijing_today() - timedelta(days=1)
        hand_out(by=by, chosen=Chosen(scope_of(by.place_code)), post=faulty.village.post, due_on=past)


def test_a_neighbour_neither_sees_nor_counts_nor_touches(faulty: Faulty) -> None:
    pk = faulty.finding().pk
    client = faulty.client(faulty.neighbour)
    for address in (
        "/findings/",
        "/findings/ageing/",
        "/findings/closings/",
        f"/findings/?rule={RULE}&kind=warned",
    ):
        page = client.get(address).content.decode()
        assert "因病" not in page and faulty.number not in page, address
    member = faulty.person().pk
    for address in (
        f"/findings/{pk}/", f"/findings/{pk}/explain/", f"/findings/{pk}/correct/person/{member}/health/",
        f"/findings/?place={taking.COUNTY}", f"/findings/ageing/?place={taking.COUNTY}", f"/findings/closings/?place={VILLAGE}",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    form = {"finding": pk, "post": faulty.neighbour.post_id, "due_on": SOON.isoformat(), "which": "some"}
    client.post("/findings/hand-out/", form)
    assert one_finding(RULE, faulty.number)["owner_id"] != faulty.neighbour.post_id
    assert client.post(f"/findings/{pk}/answer/", {"answer": "accept", "reason": "好"}).status_code == 404
    # Nor does the next village of the same county.
    assert faulty.client(faulty.other_village).get(f"/findings/{pk}/").status_code == 404
    assert faulty.client(faulty.village).get(f"/findings/{pk}/").status_code == 200


def test_who_leads_sees_counts_by_place_and_nobody(faulty: Faulty) -> None:
    client = faulty.client(faulty.leader)
    page = client.get(f"/findings/?rule={RULE}&kind=warned").content.decode()
    assert "因病户有患病或残疾成员" in page and "挂账" in page
    assert faulty.number not in page and "罗一" not in page
    assert client.get(f"/findings/{faulty.finding().pk}/").status_code == 403
    assert client.get("/findings/ageing/").status_code == 200


def test_a_corrected_value_is_looked_at_by_the_rule_which_closes_the_finding(faulty: Faulty) -> None:
    pk, member = faulty.finding().pk, faulty.person().pk
    client = faulty.client(faulty.village)
    page = client.get(f"/findings/{pk}/").content.decode()
    address = f"/findings/{pk}/correct/person/{member}/health/"
    assert address in page
    form = {"value": "chronic", "seen": "reported", "seen_on": beijing_today().isoformat()}
    kin_put_nothing_right(faulty, address, form)
    answer = client.post(address, form, follow=True)
    assert "按规则复核已符合" in answer.content.decode()
    one = one_finding(RULE, faulty.number)
    assert (one["state"], one["closed_by"]) == ("closed", "cun")
    assert "因病户有患病或残疾成员" in one["closed_because"]
    assert moves_of(pk)[-1] == ("closed", "holds")
    # One fact, kept with what it was, who changed it, and how it is known.
    before = taking.ask(
        "select health, pgh_context ->> 'account' from registry_personevent where pgh_obj_id = %s",
        values=[member],
    )
    assert before == [("healthy", "cun")]
    assert taking.ask('select grain, "column", seen, by from registry_correction') == [
        ("person", "health", "reported", "cun")
    ]
    assert taking.ask("select action from audit_entry where action = 'registry.value_corrected'") != []
    log = faulty.client(faulty.auditor).get("/findings/closings/?who=cun").content.decode()
    assert "按规则复核通过" in log
    with pytest.raises(DatabaseError, match="only added to"), acting(faulty.county):
        Correction.objects.update(by="x")


def kin_put_nothing_right(faulty: Faulty, address: str, form: dict[str, str]) -> None:
    """Not by the page, which says so before anybody tries, nor past the service; and somebody has to have done it."""
    with acting(faulty.county) as by:
        tell_kin(by=by, official=faulty.township.official_id, household=faulty.household(), relation="侄子")
    theirs = faulty.client(faulty.township)
    assert "这一户须由别人办" in theirs.get(address).content.decode()
    assert theirs.post(address, form).status_code == 422
    for who, match in ((str(faulty.township.pk), "own kin"), ("null", "not in this post")):
        with pytest.raises(DatabaseError, match=match), acting(faulty.county), connection.cursor() as cursor:
            cursor.execute(
                'insert into registry_correction (household_id, village_code, grain, "row", "column", seen, seen_on, appointment_id, by, post, at)'
                f" values ({faulty.key}, '{VILLAGE}', 'household', {faulty.key}, 'group_name', 'checked', '2020-01-01', {who}, 'x', 'x', now())"
            )
    with within(scope_of(taking.COUNTY)):
        assert not Correction.objects.exists()


def test_a_correction_that_does_not_help_leaves_it_open(faulty: Faulty) -> None:
    with acting(faulty.village) as by:
        correct_value(
            by=by, household=faulty.household(), grain="person", row=faulty.person().pk, column="education",
            value="primary", evidence=REPORTED,
        )  # fmt: skip
    assert one_finding(RULE, faulty.number)["state"] == "open"


def test_what_was_checked_yields_to_another_check_only(faulty: Faulty) -> None:
    faulty.set(seen="checked", seen_on=beijing_today() - timedelta(days=30))
    member = faulty.person().pk
    with acting(faulty.village) as by:
        told = {
            "by": by,
            "household": faulty.household(),
            "grain": "person",
            "row": member,
            "column": "health",
            "value": "chronic",
        }
        with pytest.raises(Refused):
            correct_value(**told, evidence=REPORTED)
        correct_value(**told, evidence=CHECKED)
    assert taking.ask("select health, seen, seen_on from registry_person where id = %s", values=[member]) == [
        ("chronic", "checked", beijing_today())
    ]


def test_what_is_fixed_or_not_allowed_is_refused(faulty: Faulty) -> None:
    member = faulty.person().pk
    with acting(faulty.county) as by:
        home = faulty.household()
        for grain, row, column, value in (
            ("household", home.pk, "status_reported", "exited"),
            ("household", home.pk, "kind", "other"),
            ("person", member, "sex", "female"),  # a valid ID says it
            ("person", member, "id_blind", "x"),
            ("person", member, "id_number", "x"),
            ("person", member, "health", "wonderful"),
            ("person", member, "work_months", 13),
            ("person", 10**9, "health", "chronic"),
            ("person", member, "name", ""),
        ):
            with pytest.raises(Refused):
                correct_value(
                    by=by, household=home, grain=grain, row=row, column=column, value=value, evidence=REPORTED
                )


def test_a_heads_name_is_one_fact(faulty: Faulty) -> None:
    with acting(faulty.township) as by:
        correct_value(
            by=by, household=faulty.household(), grain="person", row=faulty.person().pk, column="name", value="罗壹",
            evidence=REPORTED,
        )  # fmt: skip
    with within(scope_of(taking.COUNTY)):
        assert (Person.objects.get(name="罗壹").pk, Household.objects.get(pk=faulty.key).head_name) == (
            faulty.person().pk,
            "罗壹",
        )


def test_an_id_is_sealed_checked_and_nobody_elses(faulty: Faulty) -> None:
    pk, first = faulty.finding().pk, faulty.person()
    with within(scope_of(taking.COUNTY)):
        second = Membership.objects.filter(household=faulty.key).order_by("id")[1].person
    client, address = faulty.client(faulty.township), f"/findings/{pk}/correct/person/{first.pk}/id_number/"
    form = {"seen": "reported", "seen_on": beijing_today().isoformat()}
    right = id_number(1980, 888)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    page = client.post(address, {**form, "value": wrong})
    assert page.status_code == 422 and "校验码" in page.content.decode()
    assert (
        "已登记在另一人名下"
        in client.post(address, {**form, "value": unseal(bytes(second.id_sealed or b""))}).content.decode()
    )
    assert client.post(address, {**form, "value": f" {right[:6]} {right[6:].lower()} "}).status_code == 302
    with within(scope_of(taking.COUNTY)):
        now = Person.objects.get(pk=first.pk)
    assert unseal(bytes(now.id_sealed or b"")) == right and bytes(now.id_blind or b"") == blind(right)
    assert (now.id_valid, now.birth_date.year if now.birth_date else 0, now.sex) == (True, 1980, "female")
    kept = str(taking.ask("select detail from audit_entry")) + str(
        taking.ask("select says from findings_move")
    )
    assert right not in kept


def test_a_number_is_not_written_by_the_service_unless_it_agrees_with_itself(faulty: Faulty) -> None:
    from xiuhua.intake.reading import identity

    with acting(faulty.township) as by, pytest.raises(Refused):
        correct_number(
            by=by, household=faulty.household(), grain="person", row=faulty.person().pk, column="id_number",
            plain="990521198001018880", told=identity("990521198001018880"), evidence=REPORTED,
        )  # fmt: skip


def test_a_phone_is_corrected_and_found_by_its_index(faulty: Faulty) -> None:
    with acting(faulty.village) as by:
        correct_number(
            by=by, household=faulty.household(), grain="household", row=faulty.key, column="phone", plain="13900000000",
            told=None, evidence=REPORTED,
        )  # fmt: skip
        assert Household.objects.filter(phone_blind=blind("13900000000")).count() == 1


def test_the_work_list_says_why_something_comes_first(faulty: Faulty) -> None:
    page = faulty.client(faulty.county).get("/findings/").content.decode()
    assert "规则为轻 10" in page and "2 户" not in page
    with within(scope_of(taking.COUNTY)):
        from xiuhua.findings.models import Finding

        Finding.objects.filter(pk=faulty.finding().pk).update(due_on=beijing_today() - timedelta(days=1))
    page = faulty.client(faulty.county).get("/findings/").content.decode()
    assert "已超期 +20" in page and "1 条超期" in page
