"""What makes an exit or removal doubtful, by the rulebook: computed of one proceeding, and of a household however it left.

For those who look into it alone (`registry.see_hollow`): it points at the officials who did it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding, Recheck
from xiuhua.decisions.queries.pages import language
from xiuhua.engine import Outcome, load
from xiuhua.registry.models import Household, Standing
from xiuhua.registry.permissions import RIGHTS
from xiuhua.registry.queries.rules import OF_AN_EXIT

OTHERS = 12
# What a household that left is held against: how it was let out, and whether its standards still hold.
AFTER_AN_EXIT = (*OF_AN_EXIT, "doubt.exited_", "watch.removed_")
# Of these, what is held against the end of its watching.
OF_AN_END = ("hollow.let_go_", "watch.removed_")
LEFT = ("exited", "removed")
# No doubt, a gap: the status came with the opening, and the records do not say whether the standards are met.
GAP = "hollow.unclear_taken_over"
WANTED = "select unnest(%s::bigint[]) as household_key"
# Which evidence a mark opens to: other households in the same papers, the same sitting, the same figures.
SHARED = {
    "hollow.signature_alone": "papers",
    "hollow.papers_alone": "papers",
    "hollow.sitting": "sitting",
    "hollow.own_figures": "figures",
    "hollow.let_go_signature_alone": "papers",
    "hollow.let_go_papers_alone": "papers",
    "hollow.let_go_sitting": "sitting",
}
SAME = {
    "papers": """select distinct y.id, y.household_id from decisions_paper x join decisions_paper z on z.sha256 = x.sha256
      join decisions_proceeding y on y.id = z.proceeding_id where x.proceeding_id = %(one)s and x.sha256 <> '' and y.household_id <> %(home)s and decisions_of_one_home(%(procedure)s, x.step)""",
    "sitting": """select distinct y.id, y.household_id from decisions_signature x join decisions_signature z on z.official_id = x.official_id
        and (z.at at time zone 'Asia/Shanghai')::date = (x.at at time zone 'Asia/Shanghai')::date and z.step = x.step
      join decisions_proceeding y on y.id = z.proceeding_id
      where x.proceeding_id = %(one)s and x.step = %(step)s and y.kind = %(kind)s and y.effect_on is not null and y.household_id <> %(home)s""",
    "figures": """select (select max(p.id) from decisions_proceeding p where p.household_id = o.household_id), o.household_id
      from (select * from registry_periodrecord where household_id = %(home)s order by year desc limit 1) y
      join registry_periodrecord o on o.village_code = y.village_code and o.year = y.year and o.household_id <> y.household_id
        and (o.wage_fen, o.business_fen, o.property_fen, o.transfer_fen, o.business_cost_fen)
          is not distinct from (y.wage_fen, y.business_fen, y.property_fen, y.transfer_fen, y.business_cost_fen)
      where exists (select 1 from registry_statusentry e where e.household_id = o.household_id and e.status = 'exited')""",
}


@dataclass(frozen=True)
class Looked:
    """A household that was let out or removed, by the latest of both, or is watched no more, with every rule of doubtful exits."""

    household: int
    outcomes: list[Outcome]

    @property
    def failing(self) -> list[Outcome]:
        """What stands out, the gravest first."""
        return sorted((one for one in self.outcomes if one.fails), key=lambda one: one.rule.severity != "red")

    @property
    def doubts(self) -> list[Outcome]:
        """What speaks against its exit; that its papers were not seen is none of it."""
        return [one for one in self.failing if one.rule.id != GAP]

    @property
    def not_seen(self) -> bool:
        """Whether its status was taken over, and the records do not say whether the standards are met."""
        return any(one.rule.id == GAP for one in self.failing)

    @property
    def weight(self) -> tuple[int, int]:
        red = sum(one.rule.severity == "red" for one in self.doubts)
        return red, len(self.doubts)


def sees(by: Appointment) -> bool:
    """Whether a post looks into doubtful exits."""
    return by.role in RIGHTS["registry.see_hollow"]


def looked_through(households: Iterable[int], as_of: date | None = None) -> list[Looked]:
    """Every rule of doubtful exits over some households, as of a day; without one, of the day of each village's data, as the standards are
    told at the household. One query a day."""
    asked = list(households)
    if as_of is not None:
        return _looked(asked, as_of)
    villages = dict(Household.objects.filter(pk__in=asked).values_list("pk", "village_code"))
    computed = Standing.objects.filter(village_code__in=set(villages.values())).values("village_code")
    day_of = dict(computed.annotate(day=Max("as_of")).order_by().values_list("village_code", "day"))
    days: dict[date, list[int]] = {}
    for pk, code in villages.items():
        days.setdefault(day_of.get(code) or beijing_today(), []).append(pk)
    return [one for day, keys in sorted(days.items()) for one in _looked(keys, day)]


def _looked(households: list[int], as_of: date) -> list[Looked]:
    library = load()
    rules = [id for id, one in library.rules.items() if id.startswith(AFTER_AN_EXIT) and one.in_force(as_of)]
    selection = library.select("postgres", "household", as_of, wanted=WANTED, rules=rules)
    with connection.cursor() as cursor:
        cursor.execute(selection.sql, [households])
        names = [one.name for one in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [Looked(row["household_key"], library.outcomes(row, selection)) for row in rows]


def is_latest_exit(one: Proceeding) -> bool:
    """Whether it is the exit or removal that its household stands out by; an older one, or another kind, is not looked through."""
    later = Proceeding.objects.filter(household=one.household_id, effect_status__in=LEFT, pk__gt=one.pk)
    return one.effect_status in LEFT and one.household_id is not None and not later.exists()


def ended_its_watching(one: Proceeding) -> bool:
    """Whether it is the proceeding by which its household is watched no more."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_let_go_by(%s)", [one.household_id])
        return bool(cursor.fetchone()[0] == one.pk)


def marks(by: Appointment, one: Proceeding) -> dict[str, Any] | None:
    """The card of a proceeding's page; None for whoever does not look into it, and for what is no exit nor end of watching in force."""
    if not sees(by) or one.household_id is None or one.effect_on is None:
        return None
    ended = ended_its_watching(one)
    found = looked_through([one.household_id]) if ended or is_latest_exit(one) else []
    if not found:
        return None
    mine = Looked(one.household_id, [each for each in found[0].outcomes if each.rule.id.startswith(OF_AN_END) is ended])  # fmt: skip
    return {
        "rows": [mark(one, each) for each in mine.failing],
        "unknown": [each.rule.says.says(language()) for each in mine.outcomes if each.not_known],
        "asked": len(mine.outcomes),
    }


def kind_of(outcome: Outcome) -> str:
    """What kind of doubt it is; a standard that fails by now is named as that, whatever clause it is from."""
    if outcome.rule.id.startswith(OF_AN_EXIT):
        return outcome.rule.clause.says(language())
    if outcome.rule.id.startswith(OF_AN_END):
        return _("假消除·消除后不达标")
    return _("假脱贫·退出后不达标")


def tone_of(outcome: Outcome) -> str:
    """How loudly a mark is told: a gap is told quietly."""
    if outcome.rule.id == GAP:
        return "plain"
    return "red" if outcome.rule.severity == "red" else "straw"


def mark(one: Proceeding, outcome: Outcome) -> dict[str, Any]:
    """A mark with its reason, what to do, and the other proceedings it speaks of, as far as they lie in the area."""
    return {
        "tone": tone_of(outcome),
        "clause": kind_of(outcome),
        "says": outcome.says(language()),
        "next": outcome.rule.next.says(language()) if outcome.rule.next else "",
        "others": others(one, SHARED[outcome.rule.id]) if outcome.rule.id in SHARED else [],
        "rechecks": differing(one) if outcome.rule.id == "hollow.recomputed" else [],
    }


def others(one: Proceeding, how: str) -> list[dict[str, Any]]:
    """Other households by the same papers, sitting or figures; those outside the area are only counted in the sentence."""
    values = {
        "one": one.pk,
        "home": one.household_id,
        "kind": one.kind,
        "procedure": one.procedure_id,
        "step": one.procedure.definition["effect_at"],
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{SAME[how]} order by 1 limit {OTHERS}", values)
        found = cursor.fetchall()
    homes = Household.objects.in_bulk([home for _pk, home in found])
    return [
        {
            "label": homes[home].head_name or homes[home].number,
            "url": reverse("decisions:proceeding", args=[pk])
            if pk
            else reverse("workbench:household", args=[home]),
        }
        for pk, home in found
        if home in homes
    ]


def differing(one: Proceeding) -> list[str]:
    """Standards that come out otherwise than was written down."""
    found = Recheck.objects.filter(snapshot__proceeding=one, agrees=False).order_by("-pk").first()
    rules = [each["rule"] for each in found.differs if "rule" in each] if found else []
    known = load().rules
    return [known[rule].says.says(language()) for rule in rules if rule in known]
