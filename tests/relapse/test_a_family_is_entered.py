"""A family that asked for help and is in no register: entered on the roll from its application, by two people, with its old days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

import people
from decisions.conftest import household
from decisions.proceedings import Going
from xiuhua.accounts.models import OwnNumber
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.identity import check_digit
from xiuhua.common.sealing import blind, seal, unseal
from xiuhua.decisions import services as decisions
from xiuhua.decisions.models import Case, CaseMember
from xiuhua.decisions.terms import State
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.registry.services import Refused
from xiuhua.relapse import public, services
from xiuhua.relapse.models import Application, Clue
from xiuhua.relapse.services.applying import Words
from xiuhua.relapse.terms import Channel, Risk

pytestmark = pytest.mark.database


def number(born: date, order: int) -> str:
    """An invented number of the region 99; an odd order is a man's."""
    first = f"990521{born:%Y%m%d}{order:03}"
    return first + check_digit(first)


HEAD, SON = number(date(1970, 3, 4), 11), number(date(1996, 5, 6), 13)
CAME = 3


@dataclass
class Asking:
    """An application that a village worker took down, and what the form says of its family."""

    going: Going
    application: Application
    receipt: str
    form: dict[str, Any]

    @property
    def address(self) -> str:
        return reverse("relapse:register", args=[self.application.pk])

    def send(self, by: Any = None, **changed: Any) -> Any:
        client = people.sign_in(Client(), by or self.going.village[0])
        return client.post(self.address, {**self.form, "act": "send", **changed})

    def now(self) -> Application:
        with within(scope_of(people.COUNTY)):
            return Application.objects.select_related("source__clue", "registration").get(
                pk=self.application.pk
            )

    def case(self) -> Case:
        found = self.now().registration
        assert found is not None
        return found

    def decide(self, by: Any, act: Any = decisions.accept, **more: Any) -> Any:
        with self.going.acting(by):
            return act(by=by, case=self.case(), **more)


@pytest.fixture
def asking(going: Going) -> Asking:
    by = going.village[0]
    words = Words(
        people.VILLAGE, "石无册", Risk.ILLNESS, "刚从外地回来，母亲住院", Channel.PHONE, beijing_today() - timedelta(days=CAME), "三组，13900000000"
    )  # fmt: skip
    with going.acting(by):
        taken = services.take_in(by=by, words=words)
    form = {
        "rows": "3", "village": people.VILLAGE, "group_name": "三组", "phone": "13900000000", "number": "", "reason": "", "apart": "",
        "p0-name": "石无册", "p0-id_number": HEAD, "p1-name": "石小册", "p1-relation": "son", "p1-id_number": SON,
        "p2-name": "石新生", "p2-relation": "grandson", "p2-no_number": "刚出生，还没上户口", "p2-sex": "male", "p2-birth_date": "2025-11-02",
    }  # fmt: skip
    return Asking(going, taken.application, taken.receipt, form)


def test_a_family_is_entered_by_two_and_what_it_asked_goes_on_with_its_old_days(asking: Asking) -> None:
    going, clerk, office = asking.going, asking.going.village[0], asking.going.township[0]
    client = people.sign_in(Client(), clerk)
    page = client.get(reverse("relapse:application", args=[asking.application.pk])).content.decode()
    assert asking.address in page and "登记这一户" in page
    form = client.get(asking.address).content.decode()
    for carried in ('value="石无册"', 'value="13900000000"', 'value="三组"'):
        assert carried in form, "what was typed is not typed again"
    sent = asking.send()
    case = asking.case()
    assert sent.status_code == 302 and sent.url == reverse("decisions:case", args=[case.pk])
    assert case.state == State.PENDING and case.households == []
    with within(scope_of(people.COUNTY)):
        assert not Person.objects.filter(name="石无册").exists(), "nothing is in the register yet"
        kept = list(CaseMember.objects.filter(case=case))
        assert [unseal(bytes(one.id_sealed)) for one in kept if one.id_sealed] == [HEAD, SON]
        assert HEAD not in str(case.payload) and "139" not in str(case.payload)
    shown = client.get(sent.url).content.decode()
    assert "由乡镇或县级业务岗位审核" in shown and "还没有证件号码" in shown and HEAD not in shown
    with going.acting(going.county[0]), pytest.raises(Refused, match="不能办理"):
        decisions.accept(by=clerk, case=case)
    assert "正在建户登记" in client.get(reverse("relapse:list")).content.decode()
    said = people.sign_in(Client(), office).post(
        reverse("decisions:act", args=[case.pk]), {"act": "accepted"}
    )
    assert said.status_code == 302 and asking.case().state == State.ACCEPTED
    with within(scope_of(people.COUNTY)):
        home = Household.objects.get(begun_by_case=case.pk)
        assert (home.head_name, home.kind, home.group_name, home.village_code) == (
            "石无册",
            "other",
            "三组",
            people.VILLAGE,
        )
        assert unseal(bytes(home.phone_sealed or b"")) == "13900000000"
        there = (
            Membership.objects.filter(household=home, until__isnull=True)
            .select_related("person")
            .order_by("pk")
        )
        assert [(one.person.name, one.relation, one.person.sex, one.person.birth_date) for one in there] == [
            ("石无册", "head", "male", date(1970, 3, 4)), ("石小册", "son", "male", date(1996, 5, 6)), ("石新生", "grandson", "male", date(2025, 11, 2)),
        ]  # fmt: skip
        clue, was = Clue.objects.get(household=home), asking.application
        assert (clue.came_on, clue.check_due_on, clue.due_on) == (was.came_on, was.check_due_on, was.due_on)
        assert clue.sources.get().said == "刚从外地回来，母亲住院"
        assert home.pk == asking.now().source.household_id  # type: ignore[union-attr]
    standing = public.standing(code=asking.receipt)
    assert standing is not None and standing.stands == "visiting"
    page = (
        people.sign_in(Client(), clerk).get(reverse("workbench:household", args=[home.pk])).content.decode()
    )
    assert reverse("decisions:case", args=[case.pk]) in page, (
        "the household's page names the case that entered it"
    )
    assert client.get(asking.address).status_code == 302, "nobody is entered twice"


def test_what_does_not_make_sense_is_said_where_it_stands(asking: Asking) -> None:
    for wrong, words in (
        ({"p1-id_number": SON[:-1] + ("0" if SON[-1] != "0" else "1")}, "证件号码不对"),
        ({"p1-id_number": ""}, "还没有的，写明原因"),
        ({"p2-sex": ""}, "这一项要填"),
        ({"p1-relation": ""}, "与户主的关系"),
        ({"p1-id_number": HEAD}, "填了两次"),
        ({"p1-sex": "female"}, "与证件号码上的性别不一致"),
        ({"p1-no_number": "正在补办"}, "不用写原因"),
        ({"p0-name": ""}, "wrong"),
        ({"reason": f"证件 {HEAD}"}, "不写证件号"),
        ({"phone": "三组"}, "只写电话号码"),
        ({"village": people.SECOND_VILLAGE}, "wrong"),
        ({"number": "99052100001"}, "已经有了"),
    ):
        page = asking.send(**wrong)
        assert page.status_code == 422 and words in page.content.decode(), wrong
    more = asking.send(act="more", **{"p1-id_number": ""})
    assert more.status_code == 200 and 'name="p3-name"' in more.content.decode(), (
        "one person more, held against nothing"
    )
    assert "石小册" in more.content.decode() and asking.now().registration is None


def test_a_family_that_is_in_the_register_is_joined_not_entered(asking: Asking) -> None:
    going = asking.going
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, persons = household("99052100077", people.VILLAGE, {"石五册": ("head", "male")}, kind="other")
        Person.objects.filter(pk=persons["石五册"].pk).update(
            id_sealed=seal(HEAD), id_blind=blind(HEAD), id_kind="resident18", id_valid=True
        )
    page = asking.send()
    tie = reverse("relapse:tie", args=[asking.application.pk, home.pk])
    assert (
        page.status_code == 422 and tie in page.content.decode() and "证件号码相同" in page.content.decode()
    )
    people.sign_in(Client(), going.village[0]).post(tie)
    now = asking.now()
    assert now.source is not None and now.source.household_id == home.pk
    assert now.source.clue.came_on == now.came_on and now.registration is None


def test_a_namesake_of_the_same_day_is_asked_about(asking: Asking) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, _ = household("99052100077", people.VILLAGE, {"石新生": ("head", "male")}, kind="other")
        Person.objects.filter(name="石新生").update(birth_date=date(2025, 11, 2))
    page = asking.send().content.decode()
    assert "同名、同日出生" in page and reverse("relapse:tie", args=[asking.application.pk, home.pk]) in page
    assert asking.send(apart="那家孩子随母姓，村医接生记录在").status_code == 302
    # Another of the name turns up before it is decided: that one is asked about anew.
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        household("99052100078", people.VILLAGE, {"石新生": ("head", "male")}, kind="other")
        Person.objects.filter(name="石新生").update(birth_date=date(2025, 11, 2))
    with pytest.raises(Refused, match="99052100078"):
        asking.decide(asking.going.township[0])


def test_found_only_by_whoever_decides_it_is_joined_and_the_entry_ends(asking: Asking) -> None:
    going, office = asking.going, asking.going.township[0]
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, persons = household(
            "99052100077", people.SECOND_VILLAGE, {"石五册": ("head", "male")}, kind="other"
        )
    asking.send()
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Person.objects.filter(pk=persons["石五册"].pk).update(
            id_sealed=seal(HEAD), id_blind=blind(HEAD), id_kind="resident18", id_valid=True
        )
    with pytest.raises(Refused, match="99052100077"):
        asking.decide(office)
    with going.acting(going.village[1]), pytest.raises(Refused, match="由提交人撤回"):
        services.tie(by=going.village[1], application=asking.now(), household=going.household)
    with going.acting(office):
        services.tie(by=office, application=asking.now(), household=home)
    case = asking.case()
    assert case.state == State.REFUSED and asking.now().source.household_id == home.pk  # type: ignore[union-attr]
    with within(scope_of(people.COUNTY)):
        assert "99052100077" in case.steps.order_by("-number")[0].reason


def test_a_number_beyond_the_area_is_said_without_whose_it_is(asking: Asking) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        _home, persons = household(
            "99052100077", people.SECOND_VILLAGE, {"石五册": ("head", "male")}, kind="other"
        )
        Person.objects.filter(pk=persons["石五册"].pk).update(
            id_sealed=seal(HEAD), id_blind=blind(HEAD), id_kind="resident18", id_valid=True
        )
    page = asking.send()
    assert page.status_code == 422 and "请转乡镇或县里认户" in page.content.decode()
    assert "99052100077" not in page.content.decode() and "石五册" not in page.content.decode()


def test_given_back_it_is_corrected_and_the_sealed_numbers_stay(asking: Asking) -> None:
    going, office = asking.going, asking.going.township[0]
    asking.send()
    asking.decide(office, decisions.give_back, reason="孙子的出生日期不对")
    client = people.sign_in(Client(), going.village[0])
    led = client.get(reverse("decisions:correct", args=[asking.case().pk]))
    assert led.status_code == 302 and led.url == asking.address
    form = client.get(asking.address).content.decode()
    assert 'value="石小册"' in form and "号码已封存" in form and HEAD not in form and "孙子的出生日期不对" in client.get(
        reverse("relapse:application", args=[asking.application.pk])
    ).content.decode()  # fmt: skip
    assert (
        asking.send(
            phone="", **{"p0-id_number": "", "p1-id_number": "", "p2-birth_date": "2025-11-03"}
        ).status_code
        == 302
    )
    asking.decide(office)
    with within(scope_of(people.COUNTY)):
        home = Household.objects.get(begun_by_case=asking.case().pk)
        found = {one.person.name: one.person for one in home.memberships.select_related("person")}
        assert bytes(found["石小册"].id_blind or b"") == blind(SON) and found["石新生"].birth_date == date(
            2025, 11, 3
        )
        assert unseal(bytes(home.phone_sealed or b"")) == "13900000000"


def test_a_no_leaves_the_application_open_and_it_can_be_begun_anew(asking: Asking) -> None:
    office = asking.going.township[0]
    asking.send()
    asking.decide(office, decisions.refuse, reason="这一家不住在本村")
    now = asking.now()
    assert now.source is None and now.due_on == asking.application.due_on
    page = (
        people.sign_in(Client(), asking.going.village[0])
        .get(reverse("relapse:application", args=[now.pk]))
        .content.decode()
    )
    assert "这一家不住在本村" in page and asking.address in page
    assert asking.send().status_code == 302
    assert asking.decide(office).case.state == State.ACCEPTED


def test_undone_the_household_ends_and_the_application_is_free_again(asking: Asking) -> None:
    going = asking.going
    asking.send()
    asking.decide(going.township[0])
    asking.decide(going.township[0], decisions.ask_undo, reason="登错了")
    asking.decide(going.county[0], decisions.undo)
    with within(scope_of(people.COUNTY)):
        home = Household.objects.get(begun_by_case=asking.case().pk)
        assert (
            home.ended_on is not None
            and not Membership.objects.filter(household=home, until__isnull=True).exists()
        )
    assert asking.send().status_code == 302, "and the family can be entered anew"


def test_nobody_decides_the_entry_of_their_own_family(asking: Asking) -> None:
    office = asking.going.township[0]
    OwnNumber.objects.create(
        official=office.official, id_blind=blind(SON), told_by="县管理员", told_at=beijing_now()
    )
    asking.send()
    with pytest.raises(Refused, match="您是这一户的人"):
        asking.decide(office)
    assert asking.decide(asking.going.township[1]).case.state == State.ACCEPTED


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("update relapse_application set registration_id = null", "is being entered already"),
        ("update relapse_application set registration_id = (select min(id) from decisions_case where kind <> 'household_begins')", "is being entered already"),
        ("update decisions_casemember set name = '别人'", "not changed"),
        ("update decisions_casemember set no_number = 'x'", "not changed"),
        ("delete from decisions_casemember", "stays on record"),
        ("insert into decisions_casemember (case_id, place_code, round, turn, name, relation, id_kind, no_number, sex, birth_date) select id, place_code, 1, 9, '多', 'son', 'none', '无', 'male', '2020-01-01' from decisions_case", "said with the case"),
        ("insert into decisions_casestep (case_id, place_code, number, act, appointment_id, official_id, actor, post, reason, detail, at) select c.id, c.place_code, 0, 'accepted', {office}, {official}, 'x', 'x', '', '{{}}', now() from decisions_case c", "not entered as it was decided"),
    ],
)  # fmt: skip
def test_raw_sql_bends_no_entry(asking: Asking, sql: str, said: str) -> None:
    asking.send()
    office = asking.going.township[0]
    filled = sql.format(office=office.pk, official=office.official_id)
    with (
        asking.going.acting(office),
        pytest.raises(DatabaseError, match=said),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(filled)


def test_what_is_entered_is_what_was_decided_and_the_application_goes_on_with_it(asking: Asking) -> None:
    """By the application's own role, around the services: the household without one of its people, or without what it asked."""
    from xiuhua.decisions.kinds.reading import change_of, kind_of
    from xiuhua.decisions.services.acts import step

    asking.send()
    office, case = asking.going.township[0], asking.case()
    with asking.going.acting(office), pytest.raises(Refused, match="没有跟着认到户"), transaction.atomic():
        kind_of(case).carry_out(change_of(case, office))
        step(office, case, "accepted")  # type: ignore[arg-type]
    with asking.going.acting(office), pytest.raises(Refused, match="不一致"), transaction.atomic():
        trace = kind_of(case).carry_out(change_of(case, office))
        Membership.objects.filter(household__in=trace.households, relation="son").update(
            until=beijing_today(), ended_because="death"
        )
        step(office, case, "accepted")  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", ["²", "٣", "9" * 5000, "-1", "0", ""])
def test_odd_numbers_of_rows_are_no_fault(asking: Asking, rows: str) -> None:
    client = people.sign_in(Client(), asking.going.village[0])
    for button in ("more", "send"):
        answer = client.post(asking.address, {**asking.form, "act": button, "rows": rows})
        assert answer.status_code in (200, 302, 422), button
