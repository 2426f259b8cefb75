"""What happens in the register: the county's opening, a number opened to be read, outcomes computed and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_now
from xiuhua.common.sealing import unseal
from xiuhua.engine import load
from xiuhua.registry.models import Opening, Person

ADULT_YEARS = 18


class Refused(Exception):
    """An act that the rules of the register do not allow; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Signed:
    """An opening signed or closed."""

    opening: Opening

    @property
    def audit_subject(self) -> str:
        return f"opening:{self.opening.county_code}"

    @property
    def audit_place(self) -> str:
        return self.opening.county_code


@recorded("registry.opening_signed")
def sign_opening(*, by: Actor, county_code: str, statement: str) -> Signed:
    """The county answers with its name that statuses are taken over from the files of the first day. Once."""
    if Opening.objects.filter(county_code=county_code).exists():
        raise Refused("本县的建库承接已经签过，不能再签", "This county's opening is signed already")
    if not statement.strip():
        raise Refused("请写明承接依据", "Say what the statuses are taken over from")
    opening = Opening.objects.create(
        county_code=county_code,
        statement=statement.strip(),
        signed_by=by.actor_name,
        signed_post=by.post_name,
        signed_at=beijing_now(),
    )
    return Signed(opening)


@recorded("registry.opening_closed")
def close_opening(*, by: Actor, county_code: str) -> Signed:
    """Ends the taking over. From here on a status changes only through a procedure."""
    opening = Opening.objects.select_for_update().filter(county_code=county_code).first()
    if opening is None or opening.closed_at is not None:
        raise Refused("没有待关闭的建库承接", "There is no open opening to close")
    opening.closed_at, opening.closed_by = beijing_now(), by.actor_name
    opening.save(update_fields=["closed_at", "closed_by"])
    return Signed(opening)


@dataclass(frozen=True)
class Opened:
    """A sealed value made readable once."""

    plain: str
    person: Person
    reason: str

    @property
    def audit_subject(self) -> str:
        return f"person:{self.person.pk}"

    @property
    def audit_place(self) -> str:
        return self.person.village_code

    @property
    def audit_detail(self) -> dict[str, str]:
        return {"what": "id_number", "reason": self.reason}


def is_minor(person: Person, on: date) -> bool:
    """Under 18 on a day; somebody whose birth date is not known is treated as one."""
    born = person.birth_date
    return born is None or (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) < ADULT_YEARS


@recorded("registry.id_opened")
def open_id(*, by: Actor, person: Person, reason: str, on: date) -> Opened:
    """Shows one ID number and records who looked and why. A minor's needs a reason."""
    if person.id_sealed is None:
        raise Refused("没有登记证件号码", "No ID number is on record")
    if is_minor(person, on) and not reason.strip():
        raise Refused("查看未成年人的证件号码须填写理由", "Opening a minor's number needs a reason")
    return Opened(unseal(bytes(person.id_sealed)), person, reason.strip()[:200])


def take_statistics() -> None:
    """Lets the planner see what was merged. In a transaction of its own and short: it waits for another that does the same."""
    with connection.cursor() as cursor:
        cursor.execute("select registry_take_statistics()")


STANDINGS = """
insert into registry_standing (household_id, village_code, as_of, computed_at, exit_fails, exit_unknown, doubts, quality_fails, members)
select o.household_key, o.village_code, %(as_of)s, now(), {exit_fails}, {exit_unknown}, {doubts}, {quality}, m.n
from ({select}) o left join (select household_id, count(*)::smallint as n from registry_membership
  where until is null and household_id = any(%(wanted)s) group by household_id) m on m.household_id = o.household_key
on conflict (household_id) do update set village_code = excluded.village_code, as_of = excluded.as_of, computed_at = excluded.computed_at,
  exit_fails = excluded.exit_fails, exit_unknown = excluded.exit_unknown, doubts = excluded.doubts,
  quality_fails = excluded.quality_fails, members = excluded.members
"""


# What the rules read, for the households at hand only and with statistics: straight after a merge the planner knows
# nothing of the register's new rows, and a plan by guess takes the square of them.
AT_HAND = """
create temp table at_hand_household as select * from rec_household where household_key = any(%(wanted)s);
create temp table at_hand_person as select * from rec_person where household_key = any(%(wanted)s);
create temp table at_hand_period as select * from rec_period where household_key = any(%(wanted)s);
analyze at_hand_household; analyze at_hand_person; analyze at_hand_period;
"""
RELATIONS = {f"rec_{grain}": f"at_hand_{grain}" for grain in ("household", "person", "period")}


def rules_by_family(family: str) -> list[str]:
    """Ids of household rules of a family: exit (the standard), doubt (an exit in doubt), quality (the data itself)."""
    return [
        rule.id
        for rule in load().rules.values()
        if rule.grain == "household" and rule.id.startswith(f"{family}.")
    ]


def _listed(rules: Sequence[str], code: int) -> str:
    """SQL for the array of those rules whose outcome has a code."""
    if not rules:
        return "'{}'"
    cases = ", ".join(
        f"case when o.r__{load().rules[rule].column} = {code} then '{rule}' end" for rule in rules
    )
    return f"array_remove(array[{cases}]::text[], null)"


def compute_standings(*, households: Iterable[int], as_of: date) -> None:
    """Runs the household rules for some households and keeps what fails and what is not known."""
    wanted = list(households)
    exit_rules, doubts = rules_by_family("exit"), rules_by_family("doubt")
    quality = [
        r.id for r in load().rules.values() if r.grain == "household" and r.id not in {*exit_rules, *doubts}
    ]
    selection = load().select("postgres", "household", as_of, relations=RELATIONS, bare=True)
    sql = STANDINGS.format(
        select=selection.sql, exit_fails=_listed(exit_rules, 2), exit_unknown=_listed(exit_rules, 3),
        doubts=_listed(doubts, 2), quality=_listed(quality, 2),
    )  # fmt: skip
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"wanted": wanted, "as_of": as_of}
        cursor.execute(AT_HAND, values)
        cursor.execute(sql, values)
        cursor.execute("drop table at_hand_household, at_hand_person, at_hand_period")
