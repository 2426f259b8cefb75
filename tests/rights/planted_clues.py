"""What is planted of relapse: a clue with all that hangs on one, an application, and a watched household that was judged."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.sealing import blind, seal
from xiuhua.files.models import StoredFile
from xiuhua.registry.models import Household, Opening, StatusEntry, WatchEntry
from xiuhua.relapse.models import Assessment, Clue, ClueSource, Relief, Reply, Sheet, Telling

if TYPE_CHECKING:
    from rights.planted import Node

TODAY = date(2025, 9, 30)


def clue(
    node: Node, turn: int, paper: StoredFile, keys: dict[str, Any], office: Appointment
) -> dict[str, int]:
    """A clue with everything that hangs on one; and a household that left poverty, is watched, was judged last year, and told that there
    is no risk."""
    worker, now, today = node.posts[Role.VILLAGE_WORKER], beijing_now(), beijing_today()
    here = {"village_code": node.code, "household_id": keys["household"]}
    told = Clue.objects.create(
        came_on=today,
        check_days=3,
        whole_days=20,
        check_due_on=today,
        due_on=today,
        owner=worker.post,
        recorded_at=now,
        **here,
    )
    said = {"by": node.secret, "post": node.secret, "at": now}
    ClueSource.objects.create(clue=told, origin="cadre", channel="spoken", risk="illness", said=node.secret, told_by=node.secret, came_on=today, **said, **here)  # fmt: skip
    Sheet.objects.create(
        clue=told, visited_on=today, said=node.secret, judgement="not_known", reason=node.secret, appointment=worker, official=worker.official,
        post=node.secret, at=now, **here,
    )  # fmt: skip
    relief = Relief.objects.create(
        clue=told,
        kind="relief",
        what=node.secret,
        giver=node.secret,
        given_on=today,
        paper_days=10,
        paper_due_on=today,
        **said,
        **here,
    )
    Relief.objects.filter(pk=relief.pk).update(paper=paper, paper_by=node.secret)
    opening = Opening.objects.get(county_code=node.code[:6])
    left = Household.objects.create(
        number=f"{node.code}{turn:04d}退{node.secret}", county_code=node.code[:6], village_code=node.code, kind="registered", head_name=node.secret
    )  # fmt: skip
    rests = {
        "household": left,
        "village_code": node.code,
        "basis": "opening",
        "opening": opening,
        "since": TODAY,
        "recorded_at": now,
        "recorded_by": node.secret,
    }
    StatusEntry.objects.create(status="exited", **rests)
    WatchEntry.objects.create(watch_class="unstable", **rests)
    Assessment.objects.create(
        household=left, village_code=node.code, year=today.year - 1, standing="stable", reason=node.secret, assessed_on=today, appointment=worker,
        official=worker.official, post=node.secret, at=now,
    )  # fmt: skip
    return {
        "clue": told.pk,
        "relief": relief.pk,
        "application": application(node, turn),
        "ended_clue": no_risk(node, left, worker, office),
    }


def no_risk(node: Node, home: Household, worker: Appointment, office: Appointment) -> int:
    """A clue that somebody of the township ended as no risk, after the village's visit, and of which the household was told."""
    now, today = beijing_now(), beijing_today()
    here = {"village_code": node.code, "household": home}
    made = Clue.objects.create(
        came_on=today, check_days=3, whole_days=20, check_due_on=today, due_on=today, owner=worker.post, recorded_at=now, **here
    )  # fmt: skip
    ClueSource.objects.create(clue=made, origin="cadre", channel="spoken", risk="illness", said=node.secret, told_by=node.secret, came_on=today, by=node.secret, post=node.secret, at=now, **here)  # fmt: skip
    Sheet.objects.create(
        clue=made, visited_on=today, said=node.secret, judgement="no_risk", reason=node.secret, appointment=worker, official=worker.official, post=node.secret,
        at=now, net_income_fen=100_000_000, medical_own_fen=0, education_own_fen=0, disaster_own_fen=0, other_spending_fen=0, food_clothing=True, schooling=True,
        medical=True, house=True, water=True, **here,
    )  # fmt: skip
    Clue.objects.filter(pk=made.pk).update(
        end="no_risk", ended_on=today, end_reason=node.secret, ended_by=node.secret, ended_appointment=office, ended_official=office.official
    )  # fmt: skip
    Telling.objects.create(clue=made, village_code=node.code, way="paper", told_on=today, note=node.secret, appointment=worker, post=node.secret, at=now)  # fmt: skip
    return made.pk


def application(node: Node, turn: int) -> int:
    """What somebody asked from the page, who was asked back once."""
    words = [seal(node.secret)] * 3
    with connection.cursor() as cursor:
        cursor.execute(
            "select relapse_apply(%s, 'illness', %s, %s, %s, %s, 3, 20)",
            [node.code, *words, blind(f"{node.code} {turn}")],
        )
        made: int = cursor.fetchone()[0]
    Reply.objects.create(application_id=made, village_code=node.code, reason=node.secret, ask_back=node.secret, post=node.secret, at=beijing_now())  # fmt: skip
    return made
