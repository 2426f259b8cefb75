"""Who is kept apart from a matter: whoever did anything in it, was stood in for, answered in it, or is kin; as the database holds it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from django.db import connection

from xiuhua.accounts.models import Appointment, Official
from xiuhua.common.asking import ask
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.queries.proceedings import Listed, Step
from xiuhua.decisions.terms import Sign
from xiuhua.notices.models import Objection
from xiuhua.registry.models import Membership

KIN = "select * from decisions_kin_among(%(both)s::bigint[], %(homes)s::bigint[])"
# On every inbox, of fifty at once.
OUT = f"""
select 'kin', h, '', 0 from ({KIN}) kin(h)
union all
select 'did', proceeding, step, 0 from decisions_acts_of(%(apart)s::bigint[]) where who = any(%(both)s) or stands = any(%(both)s)
union all
select 'signed', proceeding_id, step, round from decisions_signature
where proceeding_id = any(%(asked)s) and sign = %(signed)s and (official_id = any(%(both)s) or deputises_id = any(%(both)s))
union all
select 'no', proceeding, '', 0 from decisions_kept_besides(%(judged)s::bigint[]) where who = any(%(both)s)
"""
# What somebody does who finds, hears or decides, as `decisions_judges` has it: taking up, comparing, hanging and agreeing judge nothing.
JUDGES = frozenset({"visit", "meeting", "review", "decision", "outside"})


def people_of(by: Appointment) -> list[int]:
    """The official that acts, and whom they stand in for."""
    return [by.official_id, *([by.deputy_for.official_id] if by.deputy_for else [])]


def had_a_part(by: Appointment, proceeding: int) -> bool:
    """Whether a person, or whom they stand in for, signed anything of a proceeding, brought evidence, hung, took down or began it, or had a
    part in the no that it contests."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_had_a_part(%s, %s)", [people_of(by), proceeding])
        return bool(cursor.fetchone()[0])


def kept_from(by: Appointment, one: Proceeding, step: Step) -> bool:
    """Whether they, or whom they stand in for, did anything at another step that keeps them from this one."""
    if not step.get("apart_from"):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "select decisions_kept_apart(%s, %s::jsonb, %s)", [one.pk, json.dumps(step), people_of(by)]
        )
        return bool(cursor.fetchone()[0])


def judged_before(by: Appointment, one: Proceeding, step: Step) -> bool:
    """Whether a proceeding contests a no in which they, or whom they stand in for, had a part, and the step is one that judges."""
    if step["does"] not in JUDGES:
        return False
    with connection.cursor() as cursor:
        cursor.execute("select decisions_is_kept_besides(%s, %s)", [one.pk, people_of(by)])
        return bool(cursor.fetchone()[0])


def kept_from_paper(by: Appointment, one: Proceeding, what: str) -> str:
    """Why they do not bring a piece of evidence to the step it is at, as the database says; empty where they may."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(decisions_kept_from_paper(c, %s, %s), '') from decisions_proceeding c where c.id = %s",
            [what, by.pk, one.pk],
        )
        return str(cursor.fetchone()[0])


def kept_out(by: Appointment, found: Mapping[int, tuple[Listed, Step]]) -> dict[int, str]:
    """Of some open proceedings, by key, those whose step they may not sign though their post does it: `kin`, `no` (they had a part in the no
    that it contests), `part` (they did something at another step that keeps them from this one) or `signed` (this one already; another
    person is wanted). One query, however many."""
    asked = {
        "both": people_of(by),
        "asked": list(found),
        "homes": [one.household_id for one, _step in found.values() if one.household_id],
        "apart": [pk for pk, (_one, step) in found.items() if step.get("apart_from")],
        "judged": [pk for pk, (_one, step) in found.items() if step["does"] in JUDGES],
        "signed": Sign.SIGNED.value,
    }
    kin, no, part, signed = set(), set(), set(), set()
    for why, key, step_id, turn in ask(OUT, asked):
        if why == "kin":
            kin.add(key)
        elif why == "no":
            no.add(key)
        elif why == "did":
            part |= {key} if _keeps(found[key][1], step_id) else set()
        elif (step_id, turn) == (found[key][0].at_step, found[key][0].round):
            signed.add(key)
    theirs = {pk for pk, (one, _step) in found.items() if one.household_id in kin}
    whys = {"signed": signed, "part": part, "no": no, "kin": theirs}
    return {key: why for why, keys in whys.items() for key in keys}


def _keeps(step: Step, did: str) -> bool:
    """Whether who did something at another step (`did`) is kept from this one, as `decisions_kept_apart` has it."""
    return did != step["id"] and ("all" in step["apart_from"] or did in step["apart_from"])


def answered_in(by: Appointment, proceeding: int) -> bool:
    """Whether one of both answered an objection in it."""
    return Objection.objects.filter(
        notice__of_proceeding=proceeding, answered_official__in=people_of(by)
    ).exists()


def is_called_like(by: Appointment, household: int | None) -> bool:
    """Whether one of both is called like a member of the household: it may be they themselves, or kin. A name decides nothing."""
    if household is None:
        return False
    names = Official.objects.filter(pk__in=people_of(by)).values("name")
    return Membership.objects.filter(household=household, until__isnull=True, person__name__in=names).exists()


def kin_among(by: Appointment, households: Iterable[int]) -> set[int]:
    """Which of some households are theirs, or kin's, as the database has it."""
    return {one for (one,) in ask(KIN, {"homes": list(households), "both": people_of(by)})}


def is_kin(by: Appointment, household: int | None) -> bool:
    """Whether one of both is of the household, or kin of it today, as the database has it."""
    return household is not None and bool(kin_among(by, [household]))
