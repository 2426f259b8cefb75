"""What is said goes only into a procedure that will still visit, and that visit hears it; past it, it stays a clue with its owner and clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.urls import reverse

import people
from decisions.proceedings import Going
from decisions.test_pages_of_proceedings import client
from relapse.clues import clue_of, ended, visited
from relapse.conftest import found
from relapse.test_a_no_is_answered_for import at_meeting, helped, page_of, planted, raw
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.services import proceedings as acts
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.models import Clue, Sheet
from xiuhua.relapse.queries.pages import lists_of, on_the_desk
from xiuhua.relapse.terms import Origin

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]
RISK = {
    "judgement": "at_risk",
    "suggested": "unstable",
    "reason": "自付三万",
    "difficulties": "药费",
    "coping": "借",
}
FALLEN = "房子塌了，昨天的事"


def now(one: Any) -> Any:
    with within(scope_of(people.COUNTY)):
        return type(one).objects.get(pk=one.pk)


def at(going: Going, step: str) -> Proceeding:
    return going.until(at_meeting(going), step)


def taken_up(going: Going, clue: Clue) -> Proceeding:
    """It goes into the procedure, which is at its visit."""
    with going.acting(going.village[0]):
        one = services.begin(by=going.village[0], clue=clue).clue.proceeding
    assert one is not None
    return going.until(one, "visit") if one.at_step == "clue" else one


def judged(going: Going, one: Proceeding, by: Appointment, **changed: Any) -> Sheet:
    answers = found(**{**RISK, **changed})
    with going.acting(by):
        return services.judge_visit(by=by, household=going.household, answers=answers, proceeding=one).sheet


def planted_there(going: Going, one: Proceeding, by: Appointment, **changed: Any) -> Sheet:
    """A sheet of a proceeding that no service looked at."""
    clue: Any = None
    return planted(going, clue, by, proceeding=one, **{**RISK, **changed})


def written(page: Any, url: str) -> dict[str, str]:
    """The form as it stands, as a browser sends it."""
    form = page.get(url).context["form"]
    return {name: str(form[name].value()) for name in form.fields if form[name].value() not in (None, "", False)}  # fmt: skip


def owner(going: Going, clue: Clue) -> Appointment:
    """Somebody in the post whose clue it is."""
    with within(scope_of(people.COUNTY)):
        return Appointment.objects.select_related("post__place", "official").filter(post=now(clue).owner_id)[
            0
        ]


def stays_open(going: Going, clue: Clue, one: Proceeding) -> None:
    """Neither by the page nor by the service nor by raw SQL does it go into a procedure that will not hear it."""
    page = client(going.village[2])
    shown = page.get(page_of(clue)).content.decode()
    assert "并入正在办的程序" not in shown and "过了入户听取本户的一步" in shown
    page.post(reverse("relapse:begin", args=[clue.pk]))
    with going.acting(going.village[2]), pytest.raises(Refused, match="没有人去听这次反映"):
        services.begin(by=going.village[2], clue=clue)
    with pytest.raises(DatabaseError, match="the procedure is past its visit"):
        raw(going, going.village[2], clue, "proceeding", one.pk)
    assert now(clue).end == ""
    with going.acting(by := owner(going, clue)):
        assert on_the_desk(by)[0] == 1, "it lies on somebody's desk"
    beside = client(going.county[0]).get(reverse("decisions:proceeding", args=[one.pk])).content.decode()
    assert "不在这个程序里" in beside and page_of(clue) in beside, "whoever decides sees that it is there"


@pytest.mark.parametrize("step", ["comparison", "meeting", "township", "county"])
def test_what_is_said_past_the_visit_is_not_swallowed_by_a_refusal(going: Going, step: str) -> None:
    one = at_meeting(going) if step != "comparison" else taken_up(going, clue_of(going))
    if step == "comparison":
        judged(going, one, going.village[0])
        one = going.step(one)
    one = going.until(one, step)
    assert one.at_step == step
    going.days.go(5)
    clue = clue_of(going, said=FALLEN)
    stays_open(going, clue, one)
    if step == "meeting":
        done = going.refuse_by_vote(now(one), going.village[0])
    elif step == "county":
        with going.acting(going.county[1]):
            done = acts.say_no(by=going.county[1], proceeding=now(one), reason="研判表上没有风险").proceeding
    else:
        return
    assert done.course == "refused" and now(clue).end == "", "refused, it is still to be heard"
    shown = client(going.village[0]).get(page_of(clue)).content.decode()
    assert "转入识别程序" in shown and "过了入户听取本户的一步" not in shown
    assert taken_up(going, clue).pk != one.pk


def test_what_is_said_past_the_visit_is_open_after_a_yes_too(going: Going) -> None:
    one = at(going, "county")
    clue = clue_of(going, said=FALLEN)
    by = going.whose(one)[0]
    going.papers(one, by)
    assert going.sign(one, by, watch_class="unstable", measures=["health"]).course == "decided"
    assert now(clue).end == ""
    assert "转入监测类别调整" in client(going.village[0]).get(page_of(clue)).content.decode()


def test_sent_back_to_its_visit_it_hears_again(going: Going) -> None:
    one = at(going, "township")
    going.days.go(5)
    clue = clue_of(going, said=FALLEN)
    stays_open(going, clue, one)
    with going.acting(going.township[0]):
        one = acts.send_back(
            by=going.township[0], proceeding=now(one), to="visit", reason="又有反映"
        ).proceeding
    assert taken_up(going, clue).pk == one.pk
    with pytest.raises(Refused, match="没有听到并入本程序的反映"):
        going.papers(one, going.village[0])
        going.sign(one, going.village[0])
    judged(going, one, going.village[0])
    assert going.step(one).at_step == "comparison"


def test_where_somebody_signed_the_visit_already_it_stays_open(going: Going) -> None:
    one = taken_up(going, clue_of(going))
    judged(going, one, going.village[0])
    going.papers(one, going.village[0], {"visit_record"})
    going.sign(one, going.village[0])
    stays_open(going, clue_of(going, said=FALLEN), one)


def test_the_step_is_not_signed_on_a_sheet_that_has_not_heard_it(going: Going) -> None:
    one = taken_up(going, clue_of(going))
    judged(going, one, going.village[0])
    going.days.go(2)
    clue = clue_of(going, said=FALLEN)
    assert taken_up(going, clue).pk == one.pk
    going.papers(one, going.village[0], {"visit_record"})
    with pytest.raises(Refused, match="没有听到并入本程序的反映"):
        going.sign(one, going.village[0])
    before = beijing_today() - timedelta(days=1)
    with pytest.raises(Refused, match="须在那天或以后入户"):
        judged(going, one, going.village[0], visited_on=before)
    with pytest.raises(DatabaseError, match="the visit was before the last was said"):
        planted_there(going, one, going.village[0], visited_on=before)
    judged(going, one, going.village[0])
    for by in going.village[:2]:
        one = going.sign(one, by)
    assert one.at_step == "comparison"


def test_whoever_decides_reads_what_was_said_and_when(going: Going) -> None:
    clue = clue_of(going, said=FALLEN)
    one = taken_up(going, clue)
    for by in (going.county[0], going.township[0], going.village[1]):
        shown = client(by).get(reverse("decisions:proceeding", args=[one.pk])).content.decode()
        assert FALLEN in shown and f"{beijing_today():%Y-%m-%d}" in shown and page_of(clue) in shown
    assert FALLEN in client(going.village[0]).get(reverse("relapse:judge", args=[one.pk])).content.decode()
    shown = client(going.world.leader).get(reverse("decisions:proceeding", args=[one.pk])).content.decode()
    assert FALLEN not in shown, "who does not read clues does not read them here"


def test_the_form_of_a_step_brings_no_visit_from_before_the_saying(going: Going) -> None:
    helped(going, clue_of(going), **RISK)
    first = beijing_today()
    going.days.go(40)
    one = taken_up(going, clue_of(going, said="房子塌了"))
    page, url = client(going.village[0]), reverse("relapse:judge", args=[one.pk])
    told = written(page, url)
    assert told["visited_on"] == f"{beijing_today()}"
    assert not {"said", "judgement", "reason", "difficulties", "coping", "suggested"} & set(told)
    words = {"said": "都好", **RISK, "asked": "on"}
    assert page.post(url, {**told, **words, "visited_on": f"{first}"}).status_code == 422
    assert page.post(url, {**told, **words}).status_code == 302
    with within(scope_of(people.COUNTY)):
        assert Sheet.objects.latest("pk").visited_on == beijing_today()


def test_the_form_of_a_step_brings_the_visit_that_heard_it(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue, **RISK, said="借了两万，没有还")
    going.days.go(1)
    told = written(client(going.village[0]), reverse("relapse:judge", args=[taken_up(going, clue).pk]))
    assert (told["said"], told["judgement"]) == ("借了两万，没有还", "at_risk")
    assert told["visited_on"] == f"{beijing_today() - timedelta(days=1)}"


def test_an_appeal_in_a_procedure_is_not_heard_by_the_visit_that_it_contests(going: Going) -> None:
    no = clue_of(going)
    visited(going, no, difficulties="药费", coping="借")
    ended(going, no)
    first = beijing_today()
    going.days.go(20)
    two = clue_of(going, said="又住院了，花了八万")
    assert two.contests_id == no.pk
    one = taken_up(going, two)
    page, url = client(going.village[0]), reverse("relapse:judge", args=[one.pk])
    assert "须由没有参加上次入户和了结的人入户" in page.get(url).content.decode()
    told = {**written(page, url), "said": "不难", "judgement": "no_risk", "reason": "照旧", "difficulties": "药费", "coping": "借", "asked": "on"}  # fmt: skip
    assert page.post(url, {**told, "visited_on": f"{first}"}).status_code == 422
    refused = page.post(url, told)
    assert refused.status_code == 422 and "须换别人去" in refused.content.decode()
    with pytest.raises(DatabaseError, match="others go there after a no"):
        planted_there(going, one, going.village[0])
    going.papers(one, going.village[1])
    with pytest.raises(Refused, match="没有听到并入本程序的反映"):
        going.sign(one, going.village[1])
    judged(going, one, going.village[1])
    assert going.step(one).at_step == "comparison"


def test_a_sheet_of_before_by_who_said_no_does_not_carry_the_step(going: Going) -> None:
    """Written to the procedure before the appeal went into it: the guard of the sheet could not know."""
    no = clue_of(going)
    visited(going, no)
    ended(going, no)
    two = clue_of(going, said="不认可")
    one = going.until(going.begin("regular_watch"), "visit")
    judged(going, one, going.village[0])
    assert taken_up(going, two).pk == one.pk
    with pytest.raises(Refused, match="没有听到并入本程序的反映"):
        going.papers(one, going.village[1], {"visit_record"})
        going.sign(one, going.village[1])
    judged(going, one, going.village[1])
    assert going.sign(one, going.village[1]).at_step == "visit"


def overdue(going: Going, clue: Clue) -> bool:
    """As every list has it: the desk, the list, the page's clock."""
    with going.acting(by := owner(going, clue)):
        late = [one.pk for one in lists_of(by)["overdue"]]
        found = {on_the_desk(by) == (1, 1), late == [clue.pk]}
    page = client(going.village[0]).get(page_of(clue))
    found.add("现在要办：入户核查" in page.content.decode() and page.context["clock"]["late"])
    assert len(found) == 1, "the lists are of one mind"
    return found.pop()


def test_a_visit_from_before_the_clue_stops_no_clock(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue, judgement="not_known", visited_on=beijing_today() - timedelta(days=40))
    clue = now(clue)
    page = client(going.village[0])
    assert "上次入户在最近一次反映以前" in page.get(page_of(clue)).content.decode()
    going.days.go((clue.check_due_on - beijing_today()).days + 1)
    assert overdue(going, clue)
    visited(going, clue, judgement="not_known")
    assert not overdue(going, clue)
    assert "现在要办：按研判处理" in page.get(page_of(clue)).content.decode()


def test_what_is_said_after_the_visit_is_visited_within_its_own_days(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue, judgement="not_known")
    first, whole = now(clue).check_due_on, now(clue).due_on
    going.days.go((first - beijing_today()).days + 2)
    assert not overdue(going, clue)
    clue_of(going, origin=Origin.CADRE, said="又住院了")
    clue = now(clue)
    assert (clue.said_on, clue.due_on) == (beijing_today(), whole) and clue.check_due_on > first
    assert "上次入户在最近一次反映以前" in client(going.village[0]).get(page_of(clue)).content.decode()
    going.days.go((clue.check_due_on - beijing_today()).days)
    assert not overdue(going, clue)
    going.days.go(1)
    assert overdue(going, clue)


def test_saying_more_moves_no_visit_that_nobody_made(going: Going) -> None:
    clue = clue_of(going)
    first = now(clue).check_due_on
    for _ in range(2):
        going.days.go(2)
        clue_of(going, origin=Origin.CADRE, said="再看看")
    assert now(clue).check_due_on == first and now(clue).said_on == beijing_today()
    with (
        going.acting(going.village[0]),
        pytest.raises(DatabaseError, match="what a clue says is not changed"),
    ):
        Clue.objects.filter(pk=clue.pk).update(said_on=first - timedelta(days=30))
