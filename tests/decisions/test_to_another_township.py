"""A household, or somebody, goes into another township of the county: its office is asked first, and the county carries out what it accepted."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

import people
from decisions.conftest import Family
from decisions.river import FAR_VILLAGE, RIVER_VILLAGE, STEP, River, by_sql, carried, offered, where
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.audit.models import Entry
from xiuhua.decisions.models import Case, Pair, Transfer
from xiuhua.decisions.queries.transfers import arrivals, waiting_here
from xiuhua.decisions.services import (
    Refused,
    Said,
    accept,
    ask_undo,
    decline,
    give_back,
    receive,
    refuse,
    resubmit,
    undo,
    withdraw,
)
from xiuhua.decisions.services.pairs import Asked, Side, decide, open_pairs
from xiuhua.decisions.terms import Act, Answer, PairKind, State
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.workbench.queries.frame import Frame

pytestmark = pytest.mark.database


def client(by: Any) -> Client:
    return people.sign_in(Client(headers={"host": "127.0.0.1"}), by)  # type: ignore[no-any-return]


def test_the_township_receives_and_then_the_county_carries_it_out(family: Family, river: River) -> None:
    case, transfer = offered(family)
    office = family.world.county_office
    assert case.state == State.SENT and transfer.place_code == RIVER_VILLAGE
    with family.act(office), pytest.raises(Refused, match="待接收"):
        accept(by=office, case=case)
    with family.act(river.officer):
        # Before the answer: the offer, and nothing of the household or of its people.
        assert not Case.objects.exists() and not Person.objects.filter(name="石满仓").exists()
        assert not Household.objects.filter(pk=family.household.pk).exists()
        assert (transfer.head_name, transfer.people, transfer.registered) == ("石满仓", 4, True)
        done = receive(by=river.officer, transfer=transfer, reason="安置房已分配")
        assert done.household is None and done.transfer.state == State.PENDING
    assert where(family) == people.VILLAGE, "a township's yes carries nothing out"
    with family.act(office):
        accept(by=office, case=case)
    assert where(family) == RIVER_VILLAGE
    with family.act(river.officer):
        transfer.refresh_from_db()
        assert (transfer.state, transfer.answer, transfer.household) == (
            State.ACCEPTED, Act.RECEIVED, Household.objects.get(pk=family.household.pk).pk,
        )  # fmt: skip
    with within(scope_of(people.COUNTY)):
        told = [(one.act, one.official_id, one.reason) for one in case.steps.order_by("number")]
        assert [one[0] for one in told] == ["proposed", "received", "accepted"]
        assert told[1][1:] == (river.officer.official_id, "安置房已分配")
        assert Entry.objects.filter(action="decisions.received", place_code=RIVER_VILLAGE).count() == 1


def test_it_is_declined_with_a_reason_and_nobody_moves(family: Family, river: River) -> None:
    case, transfer = offered(family)
    with family.act(river.officer), pytest.raises(Refused, match="理由"):
        decline(by=river.officer, transfer=transfer, reason=" ")
    with family.act(river.officer):
        decline(by=river.officer, transfer=transfer, reason="没有分配安置房")
    with family.act(family.world.first_secretary):
        case.refresh_from_db()
        assert case.state == State.REFUSED and case.steps.last().reason == "没有分配安置房"  # type: ignore[union-attr]
    assert where(family) == people.VILLAGE
    again, _transfer = offered(family)
    assert again.state == State.SENT, "and it can be proposed again"


def test_what_was_accepted_can_be_declined_until_the_county_carried_it_out(
    family: Family, river: River
) -> None:
    case, transfer = offered(family)
    with family.act(river.officer):
        receive(by=river.officer, transfer=transfer)
        decline(by=river.officer, transfer=transfer, reason="安置房另有安排")
    with within(scope_of(people.COUNTY)):
        case.refresh_from_db()
        assert case.state == State.REFUSED
        assert [one.act for one in case.steps.order_by("number")] == ["proposed", "received", "declined"]
    carried(family, river)
    with family.act(river.officer), pytest.raises(Refused):
        decline(by=river.officer, transfer=Transfer.objects.get(state=State.ACCEPTED), reason="晚了")


def test_a_correction_that_leads_elsewhere_asks_there_anew(family: Family, river: River) -> None:
    case, transfer = offered(family)
    village, officer = family.world.first_secretary, family.world.township_officer
    with family.act(river.officer):
        receive(by=river.officer, transfer=transfer)
    with family.act(officer):
        give_back(by=officer, case=case, reason="村填错了")
    for to, state, there in (
        (FAR_VILLAGE, State.SENT, State.SENT),
        (people.SECOND_VILLAGE, State.PENDING, State.PENDING),
    ):
        with family.act(village):
            resubmit(by=village, case=case, said=Said(case.effective_on, {"village": to}))
        with within(scope_of(people.COUNTY)):
            transfer.refresh_from_db()
            case.refresh_from_db()
        assert (case.state, transfer.place_code, transfer.state, transfer.answer) == (state, to, there, "")
        with family.act(officer):
            give_back(by=officer, case=case, reason="再核对")
    with family.act(river.officer):
        assert not Transfer.objects.exists(), "what does not come is not theirs to see any more"


def test_while_the_township_is_asked_it_is_taken_back_or_refused_at_home(
    family: Family, river: River
) -> None:
    village, officer = family.world.first_secretary, family.world.township_officer
    for ends, by, said in ((withdraw, village, State.WITHDRAWN), (refuse, officer, State.REFUSED)):
        case, transfer = offered(family)
        with family.act(by):
            assert ends(by=by, case=case, reason="不搬了").case.state == said  # type: ignore[operator]
        with family.act(river.officer):
            assert not waiting_here(river.officer).exists()
            with pytest.raises(Refused, match="已经答复过"):
                receive(by=river.officer, transfer=transfer)


def test_it_is_undone_by_two_of_the_county_and_the_receiver_is_told(family: Family, river: River) -> None:
    case = carried(family, river)
    world = family.world
    with family.act(world.first_secretary):
        ask_undo(by=world.first_secretary, case=case, reason="没有搬成")
    with family.act(river.officer):
        [row] = arrivals(river.officer)["told"]
        assert row["label"] is State.UNDO_ASKED
    with pytest.raises(DatabaseError, match="touches two townships"):
        by_sql(family, STEP.format(act="undone"), case=case.pk, by=world.township_officer.pk)
    with family.act(world.county_office):
        undo(by=world.county_office, case=case)
    assert where(family) == people.VILLAGE
    with family.act(river.officer):
        assert Transfer.objects.get().state == State.UNDONE
        assert not Household.objects.filter(pk=family.household.pk).exists()


def test_a_townships_yes_alone_is_nothing_that_stands_on_a_case(family: Family, river: River) -> None:
    world = family.world
    case = family.propose("birth", name="石安安", sex="male", relation="son")
    with family.act(world.township_officer):
        accept(by=world.township_officer, case=case)
    _move, transfer = offered(family)
    with family.act(river.officer):
        receive(by=river.officer, transfer=transfer)
    with family.act(world.first_secretary):
        assert ask_undo(by=world.first_secretary, case=case, reason="报错").case.state == State.UNDO_ASKED


def test_two_households_unite_across_townships_only_when_the_other_agrees(
    family: Family, river: River
) -> None:
    world = family.world
    second = people.person("县二", "xian2", people.COUNTY, Role.COUNTY_OFFICE)
    relations = {str(one.pk): "other" for one in family.persons.values()}
    case = family.propose("merge", by=world.county_office, into=river.household.pk, relations=relations)
    assert case.state == State.SENT
    with family.act(river.officer):
        transfer = Transfer.objects.get()
        assert (transfer.household, transfer.people) == (river.household.pk, 4)
        receive(by=river.officer, transfer=transfer)
    with family.act(second):
        accept(by=second, case=case)
    assert len(family.living(river.household)) == 5


def test_somebody_who_goes_into_a_household_of_another_township_is_received_there(
    family: Family, river: River
) -> None:
    world, girl = family.world, family.persons["石小梅"]
    second = people.person("县二", "xian2", people.COUNTY, Role.COUNTY_OFFICE)
    at = {"where": "file", "file": "f.xlsx", "sheet": "s", "row": 3}
    left = {
        "household": family.household.number, "person": girl.number, "name": girl.name, "village": people.VILLAGE,
        "person_id": girl.pk, "household_id": family.household.pk, "source": {"where": "register"},
    }  # fmt: skip
    right = {
        **left,
        "household": river.household.number,
        "village": RIVER_VILLAGE,
        "relation": "other",
        "source": at,
    }
    with family.act(world.county_office):
        open_pairs(
            by=world.county_office, county_code=people.COUNTY, asked=[Asked(PairKind.PERSON_MOVED, Side(left), Side(right), "person_moved")]
        )  # fmt: skip
        pair = Pair.objects.get()
        case = decide(by=world.county_office, pair=pair, answer=Answer.TAKE, reason="户口簿").case
    assert case is not None and case.state == State.SENT
    page = client(second).get(f"/cases/pairs/{pair.pk}/").content.decode()
    assert "先由河口镇答复是否接收" in page and "我也看过了" not in page
    with family.act(river.officer):
        transfer = Transfer.objects.get()
        assert (transfer.about, transfer.head_name, transfer.people) == ("石小梅", "", 1)
        told = client(river.officer).get(f"/cases/transfers/{transfer.pk}/").content.decode()
        assert "石小梅" in told and river.household.number in told
        assert family.household.number not in told and "石满仓" not in told
        receive(by=river.officer, transfer=transfer)
    with family.act(second):
        accept(by=second, case=case)
    assert "石小梅" in family.living(river.household)
    with family.act(river.officer):
        assert Membership.objects.get(person=girl, until__isnull=True).village_code == RIVER_VILLAGE


def test_within_a_township_the_village_is_told_and_nobody_else_is_asked(family: Family, river: River) -> None:
    world = family.world
    there = people.person(
        "下坝书记", "xia", people.SECOND_VILLAGE, Role.VILLAGE_WORKER, Office.WORK_TEAM, Title.FIRST_SECRETARY
    )
    case = family.propose("move", village=people.SECOND_VILLAGE)
    assert case.state == State.PENDING
    page = client(there).get("/cases/").content.decode()
    assert "迁来的，办到哪里" in page and "石满仓" in page and "待审核" in page
    with family.act(there):
        transfer = Transfer.objects.get()
        assert not Household.objects.filter(pk=family.household.pk).exists()
    answer = client(there).post(f"/cases/transfers/{transfer.pk}/answer/", {"act": "declined", "reason": "x"})
    assert answer.status_code == 403, "a village is told, and decides nothing"
    told = client(there).get(f"/cases/transfers/{transfer.pk}/").content.decode()
    assert "这里让迁入的村知道" in told and "改为不予接收" not in told and 'name="act"' not in told
    for act in ("received", "declined"):
        with pytest.raises(DatabaseError, match="takes no step"):
            by_sql(family, STEP.format(act=act), case=case.pk, by=world.township_officer.pk)
    with family.act(world.township_officer):
        accept(by=world.township_officer, case=case)
    assert "已办结" in client(there).get(f"/cases/transfers/{transfer.pk}/").content.decode()


def test_pages_ask_the_township_and_show_both_sides_where_it_is(family: Family, river: River) -> None:
    world = family.world
    village, office, officer = (
        client(world.first_secretary),
        client(world.county_office),
        client(river.officer),
    )
    form = {"effective_on": "2026-05-01", "village": RIVER_VILLAGE, "reason": "易地搬迁安置"}
    said = village.post(f"/cases/new/{family.household.pk}/move/", form, follow=True).content.decode()
    assert "先由河口镇答复是否接收，再由县级审核" in said and "待接收" in said
    with within(scope_of(people.COUNTY)):
        case, transfer = Case.objects.get(), Transfer.objects.get()
    address = f"/cases/transfers/{transfer.pk}/"
    assert "石满仓" in client(world.township_officer).get("/cases/?show=sent").content.decode()
    assert "登记生效" not in office.get(f"/cases/{case.pk}/").content.decode()
    assert "由迁入乡镇的业务岗位答复" in office.get(address).content.decode()
    inbox = officer.get("/cases/").content.decode()
    assert "迁来，待接收" in inbox and "石满仓" in inbox and address in inbox
    shown = officer.get(address).content.decode()
    assert "石桥镇上坝村" in shown and "河口村" in shown and family.household.number not in shown
    assert (
        officer.get(f"/cases/{case.pk}/").status_code
        == officer.get(f"/households/{family.household.pk}/").status_code
        == 404
    )
    assert client(world.township_officer).get(address).status_code == 404, "the offer lies with who receives"
    empty = officer.post(f"{address}answer/", {"act": "declined", "reason": ""})
    assert empty.status_code == 422 and "须写明理由" in empty.content.decode()
    told = officer.post(
        f"{address}answer/", {"act": "received", "reason": "房已分配"}, follow=True
    ).content.decode()
    assert "已答复同意接收，等县级审核" in told and "改为不予接收" in told
    assert "石满仓" in office.get("/cases/").content.decode()
    case_page = office.get(f"/cases/{case.pk}/").content.decode()
    assert "登记生效" in case_page and "房已分配" in case_page and "何专干" in case_page
    done = office.post(
        f"/cases/{case.pk}/act/", {"act": "accepted", "reason": "材料存乡镇"}, follow=True
    ).content.decode()
    assert "登记已经变更" in done
    home = f"/households/{family.household.pk}/"
    assert home in officer.get(address).content.decode() and officer.get(home).status_code == 200


def test_the_work_list_counts_who_waits_for_an_answer(family: Family, river: River, rf: Any) -> None:
    def count(by: Appointment) -> int:
        request = rf.get("/")
        request.acting, request.user = by, by.official.account
        with family.act(by):
            waits = Frame(request).waits
            return waits["cases"] + waits["transfers"]

    offered(family)
    assert (
        count(river.officer),
        count(family.world.county_office),
        count(family.world.township_officer),
    ) == (1, 0, 0)


def test_what_was_given_back_before_the_household_moved_is_the_counties_or_taken_back(
    family: Family, river: River
) -> None:
    first, township, county = (
        family.world.first_secretary,
        family.world.township_officer,
        family.world.county_office,
    )
    case = family.propose("birth", name="石安安", sex="female", relation="daughter")
    with family.act(township):
        give_back(by=township, case=case, reason="补材料")
    carried(family, river)
    form = {"effective_on": "2026-05-01", "name": "石安安", "sex": "female", "relation": "daughter"}
    page, address = f"/cases/{case.pk}/", f"/cases/{case.pk}/correct/"
    with family.act(first), pytest.raises(Refused, match="跨乡镇的由县级"):
        resubmit(by=first, case=case, said=Said(on=case.effective_on, payload=dict(case.payload)))
    for by in (first, township):
        assert client(by).get(page).status_code == 200
        assert address not in client(by).get(page).content.decode()
        for answer in (client(by).get(address, follow=True), client(by).post(address, form, follow=True)):
            assert answer.status_code == 200 and "跨乡镇的由县级" in answer.content.decode()
    # The county sees both places and puts it right; whoever proposed it may take it back.
    assert client(county).get(address).status_code == 200
    assert client(county).post(address, form).status_code == 302
    with family.act(county):
        case.refresh_from_db()
        assert case.state == State.PENDING
    with family.act(first):
        assert withdraw(by=first, case=case).case.state == State.WITHDRAWN
