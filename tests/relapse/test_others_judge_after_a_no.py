"""Whoever had a part in a no that is contested judges nothing of the procedure that it went into, and it does not leave the county's desk."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

import people
from decisions.proceedings import LOST, VOTE, Going
from decisions.test_pages_of_proceedings import client
from decisions.test_who_stands_in import deputy_of
from relapse.clues import clue_of, ended, visited
from relapse.test_a_no_is_answered_for import page_of
from relapse.test_a_procedure_hears import judged, now, taken_up
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Proceeding, Signature
from xiuhua.decisions.queries.apart import JUDGES, kept_out
from xiuhua.decisions.queries.proceedings import Listed, current_step
from xiuhua.decisions.services import appeals
from xiuhua.decisions.services import proceedings as acts
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.models import Clue
from xiuhua.rulebook.procedures import Does

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]
KEPT = "others judge after a no"
ENTERS = {"watch_class": "unstable", "measures": ["health"]}


def contested(going: Going, by: Appointment) -> Clue:
    """Village 0 visited and somebody of an office said that there is no risk; the household does not accept it."""
    no = clue_of(going)
    visited(going, no)
    ended(going, no, by=by)
    going.days.go(1)
    clue = clue_of(going, said="我不认可没有风险")
    assert clue.contests_id == no.pk
    return clue


def heard(going: Going, step: str, by: Appointment | None = None) -> Proceeding:
    """What is contested has gone into a procedure, which is at a step that judges."""
    one = taken_up(going, contested(going, by or going.township[0]))
    if step == "visit":
        return one
    judged(going, one, going.village[1])
    one = going.step(one)
    if step == "county":
        # Compared by a third: whoever compares decides nothing either, for another reason.
        going.papers(one, going.county[2])
        one = going.sign(one, going.county[2])
    return going.until(one, step)


def raw_sign(
    going: Going, one: Proceeding, by: Appointment, sign: str = "signed", detail: dict[str, Any] | None = None
) -> None:
    """As anybody with the application's role can try."""
    with going.acting(by), transaction.atomic():
        Signature.objects.create(
            proceeding=one, place_code=one.place_code, number=0, round=one.round, step=one.at_step, sign=sign, appointment=by, official=by.official, actor="x",
            post="x", reason="x", detail=detail or {}, at=beijing_now(),
        )  # fmt: skip


def not_theirs(going: Going, one: Proceeding, by: Appointment, other: Appointment) -> None:
    """They bring nothing that it rests on, and with all of that there sign neither yes, no nor back, by service, raw SQL and page; the
    inbox and the page say why."""
    with pytest.raises(Refused, match="没有参加的人办"):
        going.papers(one, by, {current_step(one)["evidence"][0]["code"]})
    if one.at_step == "visit":
        judged(going, one, other)
        going.papers(one, other, {"visit_record"})
    else:
        going.papers(one, other)
    yes = {"vote": VOTE} if one.at_step == "meeting" else ENTERS if one.at_step == "county" else {}
    with pytest.raises(Refused, match="没有参加的人办"):
        going.sign(one, by, **yes)
    # At the county a yes wants what it is decided on first, which the service has just brought.
    tried = {} if one.at_step == "county" else {"signed": yes}
    if one.at_step != "visit":
        tried["no"] = {"vote": LOST} if one.at_step == "meeting" else {}
    if one.at_step in ("township", "county"):
        tried["returned"] = {"to": "visit"}
    for sign, detail in tried.items():
        with pytest.raises(DatabaseError, match=KEPT):
            raw_sign(going, one, by, sign, detail)
    page = client(by)
    shown = page.get(reverse("decisions:proceeding", args=[one.pk])).content.decode()
    assert "您参加过入户或了结" in shown and "签办这一步" not in shown and "退回重办" not in shown
    listed = page.get(f"{reverse('decisions:proceedings')}?show=waiting").content.decode()
    assert "不服的是您参加过的研判" in listed


def test_whoever_visited_for_the_no_neither_visits_nor_meets(going: Going) -> None:
    one = heard(going, "visit")
    not_theirs(going, one, going.village[0], going.village[1])
    for by in going.village[1:]:
        one = going.sign(one, by)
    one = going.until(one, "meeting")
    not_theirs(going, one, going.village[0], going.village[1])
    shown = client(going.village[1]).get(reverse("decisions:proceeding", args=[one.pk])).content.decode()
    assert "签办这一步" in shown and "您参加过入户或了结" not in shown
    one = going.sign(one, going.village[1], vote=VOTE)
    assert one.at_step == "notice", "what hangs is hung by whoever hangs: it judges nothing"
    notice = going.hang(one, going.village[0])
    going.days.go((notice.due_on - beijing_today()).days + 1)
    going.take_down(notice, going.village[0])
    assert going.sign(one, going.village[0]).at_step == "township"


@pytest.mark.parametrize("step", ["township", "county"])
def test_whoever_said_the_no_neither_reviews_nor_decides(going: Going, step: str) -> None:
    who = getattr(going, step)
    one = heard(going, step, who[0])
    not_theirs(going, one, who[0], who[1])
    with going.acting(who[0]), pytest.raises(Refused, match="没有参加的人办"):
        acts.send_back(by=who[0], proceeding=one, to="visit", reason="再看看")
    one = going.sign(one, who[1], **(ENTERS if step == "county" else {}))
    assert one.course == "decided" if step == "county" else one.at_step == "county"


def test_nor_does_whoever_stands_in_for_them(going: Going) -> None:
    one = heard(going, "township")
    not_theirs(going, one, deputy_of(going, going.township[0], "daili"), going.township[1])


def test_what_contests_nothing_keeps_nobody(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue, judgement="at_risk", suggested="unstable", reason="自付三万")
    one = taken_up(going, clue)
    judged(going, one, going.village[0])
    going.papers(one, going.village[0], {"visit_record"})
    assert going.sign(one, going.village[0]).at_step == "visit", "one of two has signed"


def test_an_appeal_in_it_is_answered_by_others(going: Going) -> None:
    one = heard(going, "meeting", going.county[0])
    one = going.refuse_by_vote(one, going.village[1])
    assert one.course == "refused"
    with going.acting(going.township[1]):
        asked = appeals.appeal(
            by=going.township[1], proceeding=one, channel="spoken", came_on=beijing_today(), said="还是不认可"
        ).appeal
    shown = client(going.county[0]).get(reverse("decisions:proceeding", args=[one.pk]))
    assert [each["mine"] for each in shown.context["appeals"]] == [False]
    with going.acting(going.county[0]), pytest.raises(Refused, match="没有参与的人"):
        appeals.decide_appeal(by=going.county[0], appeal=asked, upheld=False, answer="没有风险")
    with going.acting(going.county[1]):
        appeals.decide_appeal(by=going.county[1], appeal=asked, upheld=True, answer="重新入户")


def test_a_list_asks_it_with_all_else_at_once(going: Going, django_assert_num_queries: Any) -> None:
    one = heard(going, "township")
    with going.acting(going.township[0]):
        line = Listed(*Proceeding.objects.values_list(*Listed._fields).get(pk=one.pk))
        by = Appointment.objects.select_related("post", "official", "deputy_for").get(pk=going.township[0].pk)
        with django_assert_num_queries(1):
            assert kept_out(by, {one.pk: (line, current_step(one))}) == {one.pk: "no"}


def test_which_steps_judge_is_the_same_in_the_database(going: Going) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select d from unnest(%s::text[]) d where decisions_judges(jsonb_build_object('does', d))",
            [list(get_args(Does))],
        )
        assert {told for (told,) in cursor.fetchall()} == JUDGES


def owner(clue: Clue) -> Any:
    return now(clue).owner_id


def test_what_contests_a_no_stays_with_the_county(going: Going) -> None:
    clue = contested(going, going.township[0])
    countys = owner(clue)
    for to in (going.township[1], going.village[1]):
        with going.acting(going.county[1]), pytest.raises(Refused, match="由县里办"):
            services.hand_over(by=going.county[1], clue=clue, to=to.post)
        with (
            going.acting(going.county[1]),
            pytest.raises(DatabaseError, match="stays with the county"),
            transaction.atomic(),
        ):
            Clue.objects.filter(pk=clue.pk).update(owner=to.post)
    with going.acting(going.county[1]), pytest.raises(DatabaseError), transaction.atomic():
        Clue.objects.filter(pk=clue.pk).update(owner=None)
    page = client(going.township[1])
    shown = page.get(page_of(clue))
    assert "只在县里的岗位之间移交" in shown.content.decode()
    assert {each["pk"] for each in shown.context["posts"]} >= {countys}
    assert going.township[1].post_id not in {each["pk"] for each in shown.context["posts"]}
    page.post(reverse("relapse:hand_over", args=[clue.pk]), {"post": going.township[1].post_id})
    assert owner(clue) == countys


def test_within_the_county_it_is_handed_over(going: Going) -> None:
    clue = contested(going, going.township[0])
    other = people.person("县里另一岗", "xianling", people.COUNTY, people.Role.COUNTY_OFFICE)
    with going.acting(going.county[1]):
        services.hand_over(by=going.county[1], clue=clue, to=other.post)
    assert owner(clue) == other.post_id
    with within(scope_of(people.COUNTY)):
        assert now(clue).end == ""


def test_what_contests_nothing_is_handed_over_as_before(going: Going) -> None:
    clue = clue_of(going)
    with going.acting(going.township[0]):
        services.hand_over(by=going.township[0], clue=clue, to=going.village[1].post)
    assert owner(clue) == going.village[1].post_id
