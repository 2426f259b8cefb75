"""Outcomes of the rules computed and kept, so that a list of a county is one read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.engine import load
from xiuhua.rulebook.models import Rule


def take_statistics() -> None:
    """Lets the planner see what was merged. In a transaction of its own and short: it waits for another that does the same."""
    with connection.cursor() as cursor:
        cursor.execute("select registry_take_statistics()")


STANDINGS = """
insert into registry_standing (household_id, village_code, as_of, computed_at, exit_fails, exit_unknown, doubts, quality_fails, members)
select o.household_key, o.village_code, %(as_of)s, now(), {exit_fails}, {exit_unknown}, {doubts}, {quality_fails}, m.n
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


def _looked_at(rule: Rule) -> bool:
    """Candidates are leads of the yearly adjustment: they are counted from a freeze, not kept with every household."""
    return rule.grain == "household" and rule.kind != "candidate"


def listed_outcomes() -> dict[str, tuple[list[str], int]]:
    """For each list of a standing, the household rules that may stand in it and the outcome (2 fails, 3 not known) that
    puts them there."""
    exit_rules, doubts = rules_by_family("exit"), rules_by_family("doubt")
    listed = {*exit_rules, *doubts}
    quality = [r.id for r in load().rules.values() if _looked_at(r) and r.id not in listed]
    return {
        "exit_fails": (exit_rules, 2), "exit_unknown": (exit_rules, 3), "doubts": (doubts, 2), "quality_fails": (quality, 2),
    }  # fmt: skip


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
    rules = [rule.id for rule in load().rules.values() if _looked_at(rule)]
    selection = load().select("postgres", "household", as_of, relations=RELATIONS, rules=rules, bare=True)
    lists = {name: _listed(rules, code) for name, (rules, code) in listed_outcomes().items()}
    sql = STANDINGS.format(select=selection.sql, **lists)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"wanted": wanted, "as_of": as_of}
        cursor.execute(AT_HAND, values)
        cursor.execute(sql, values)
        cursor.execute("drop table at_hand_household, at_hand_person, at_hand_period")
