"""What a village meeting may hear: who is discussed and to what conclusions their case has come. No sums, no causes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from xiuhua.common.asking import Single
from xiuhua.common.ways import way_to
from xiuhua.decisions.models import Proceeding, Snapshot
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.proceedings import Procedures, judged_on, procedures
from xiuhua.decisions.terms import Course, Sign
from xiuhua.engine import load
from xiuhua.places.scope import Scope
from xiuhua.registry.models import Membership
from xiuhua.rulebook.models import Rule

WANTED = "select unnest(%s::bigint[]) as household_key"
RESULTS = {
    "holds": ("达标", "holds"),
    "fails": ("不达标", "fails"),
    "not_known": ("不清楚", "not known"),
    "not_applicable": ("不适用", "does not apply"),
}


def waiting(place_code: str) -> QuerySet[Proceeding]:
    """Open proceedings of households of an area that wait for their village's meeting."""
    asked = Q(pk__in=())
    for procedure in procedures().values():
        meets = [step["id"] for step in procedure.definition["steps"] if step["does"] == "meeting"]
        if meets:
            asked |= Q(procedure=procedure, at_step__in=meets)
    return (
        Proceeding.objects.filter(
            asked, place_code__gte=place_code, place_code__lt=f"{place_code}:", course=Course.OPEN, household__isnull=False
        )
        .select_related("procedure", "household")
        .order_by("procedure__name", "pk")
    )  # fmt: skip


# As `waiting` has it, from the index of what is open alone.
BY_VILLAGE = """
select coalesce(json_agg(json_build_array(w.code, p.name, w.n) order by w.code), '[]') from (
  select left(place_code, 12) as code, count(*) as n from decisions_proceeding
  where course = 'open' and place_code >= %(lo)s and place_code < %(hi)s
    and (at_step, procedure_id) in (select * from unnest(%(steps)s::text[], %(keys)s::bigint[]))
  group by 1) w left join places_place p on p.code = w.code
"""


def by_village(area: Scope, known: Procedures) -> Single:
    """Villages of an area with something waiting for a meeting; counts what `waiting` lists. known: all procedures."""
    steps, keys = known.meetings
    return Single(BY_VILLAGE, {"lo": area.lo, "hi": area.hi, "steps": steps, "keys": keys})


def villages(found: list[list[Any]]) -> list[dict[str, Any]]:
    """What `by_village` found, as lines."""
    return [
        {"code": code, "name": name or code, "count": n, "url": way_to("decisions:meeting", code)}
        for code, name, n in found
    ]


def candidates(found: QuerySet[Proceeding], tongue: str = "") -> list[dict[str, Any]]:
    """Each with name, group, number of people, what is asked, and conclusions; in a language, by default the reader's."""
    tongue = tongue or language()
    people = Counter(
        Membership.objects.filter(
            household__in=[one.household_id for one in found], until__isnull=True
        ).values_list("household_id", flat=True)
    )
    now = judged_now(found)
    return [
        {
            "pk": one.pk,
            "name": (one.household.head_name if one.household else "") or _("户主不明"),
            "group": (one.household.group_name if one.household else "") or "",
            "people": people[one.household_id or 0],
            "asked": str(one.procedure.definition["says"][tongue]),
            "conclusions": conclusions(one, now.get(one.household_id or 0, {}), tongue),
        }
        for one in found
    ]


def _unsaid(rule: Rule) -> bool:
    """Nobody hears at a meeting what a department's list says of a family, nor what illness, school or disaster cost it."""
    return rule.topic == "red_line" or rule.id.startswith("risk.")


def judged_now(found: QuerySet[Proceeding]) -> dict[int, dict[str, str]]:
    """By household: what the procedure's own rules say of the records as they are, one question a procedure and day."""
    asked: dict[tuple[date, tuple[str, ...]], list[int]] = {}
    for one in found:
        rules = tuple(one.procedure.definition["rules"])
        if rules and one.household_id:
            asked.setdefault((judged_on(one), rules), []).append(one.household_id)
    library, told = load(), {}
    for (as_of, rules), homes in asked.items():
        selection = library.select("postgres", "household", as_of, wanted=WANTED, rules=list(rules))
        with connection.cursor() as cursor:
            cursor.execute(selection.sql, [homes])
            names = [one.name for one in cursor.description]
            for row in cursor.fetchall():
                values = dict(zip(names, row, strict=True))
                told[int(values["household_key"])] = {
                    one.rule.id: one.code.word for one in library.outcomes(values, selection)
                }
    return told


def conclusions(one: Proceeding, now: dict[str, str], tongue: str) -> list[dict[str, str]]:
    """What the rules came to when a step was decided on, else what they say now; without rules, which steps were done, by how many."""
    shot = Snapshot.objects.filter(proceeding=one).exclude(outcomes={}).order_by("-pk").first()
    results = {rule: told["result"] for rule, told in shot.outcomes.items()} if shot is not None else now
    rules = load().rules
    results = {rule: told for rule, told in results.items() if rule in rules and not _unsaid(rules[rule])}
    if any(result != "not_applicable" for result in results.values()):
        return [
            {"says": rules[rule].says.says(tongue), "word": RESULTS[result][tongue == "en"], "result": result}
            for rule, result in results.items()
            if result != "not_applicable"
        ]
    done = Counter(one.signatures.filter(sign=Sign.SIGNED, round=one.round).values_list("step", flat=True))
    return [
        {
            "says": str(step["says"][tongue]),
            "word": f"done by {done[step['id']]}" if tongue == "en" else f"已办，{done[step['id']]} 人签办",
            "result": "holds",
        }
        for step in one.procedure.definition["steps"]
        if done[step["id"]]
    ]
