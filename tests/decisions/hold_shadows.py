"""Tables of one's own by the names of those that guards ask."""

from __future__ import annotations

from typing import Any

from decisions.hold_acts import VILLAGE
from decisions.hold_driver import Driver, one_of

# Tables that a guard asks: who somebody is, what was signed, brought, hung.
SHADOWED = (
    "accounts_appointment", "accounts_post", "decisions_kin", "decisions_signature", "decisions_paper", "decisions_procedure", "notices_notice", "notices_objection",
    "notices_clock", "decisions_snapshot",
)  # fmt: skip


def shadows(d: Driver) -> None:
    """A table of its own by the name of one that a guard asks, with what suits in it."""
    one = one_of(d, "open")
    if one is None:
        return
    table = d.rng.choice(SHADOWED)
    wanted = next(iter(d.step(one)["who"]))
    filled = {
        "accounts_post": f"update pg_temp.accounts_post set role = '{ {'village_worker': 'village_worker', 'work_team': 'village_worker'}.get(wanted, wanted) }', place_code = '{VILLAGE}'",
        "accounts_appointment": "update pg_temp.accounts_appointment set since = '2000-01-01', until = null, deputy_for_id = null",
        "decisions_procedure": "update pg_temp.decisions_procedure set definition = jsonb_set(definition, '{direction}', '\"entering\"')",
    }.get(table, f"delete from pg_temp.{table}")
    if d.attempt(f"shadows {table}", f"create temp table {table} as select * from public.{table}") is None:
        return
    d.attempt("fills it", filled)
    d.attempt("opens it to the owner", f"grant all on pg_temp.{table} to public")
    # As in a session that comes new: plans made before would still name the true table.
    d.attempt("forgets plans", "discard plans")
    d.sign(one, _suited(d, one, table), detail=d.told_at(one, d.step(one)))
    d.attempt("drops it", f"drop table pg_temp.{table}")


def _suited(d: Driver, one: dict[str, Any], table: str) -> int:
    """Mostly somebody whom only the false table lets sign: of another office, or whose post has ended; of the rest whose turn it is."""
    able = d.eligible(one) or list(d.known)
    others = {
        "accounts_post": [pk for pk in d.known if pk not in able and d.known[pk].until is None],
        "accounts_appointment": [pk for pk, who in d.known.items() if who.until is not None and who.until < d.today],
    }.get(table, able)  # fmt: skip
    return d.rng.choice(others if others and d.rng.random() < 0.8 else list(d.known))
