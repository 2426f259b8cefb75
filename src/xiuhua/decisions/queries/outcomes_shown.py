"""What rules say at a step: as it was kept when it was decided, and as it stands while the step is open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from xiuhua.decisions.models import Proceeding, Snapshot
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.proceedings import appointed_rules, current_step, judged_on
from xiuhua.engine import load
from xiuhua.engine.nodes import Kind, Ref

RESULTS = {"holds": ("leaf", "达标", "holds"), "fails": ("red", "不达标", "fails"), "not_known": ("straw", "不清楚", "not known"), "not_applicable": ("plain", "不适用", "does not apply")}  # fmt: skip
EVIDENCE = {
    "checked": ("已核", "checked"),
    "reported": ("据表", "reported"),
    "none": ("没有记录", "not on record"),
}
WANTED = "select %s::bigint as household_key"


def fact_said(rule: str, name: str, value: Any, tongue: str) -> str:
    """A fact as a snapshot keeps it (decimals and days as text), in words: `人均纯收入 4,000.00 元`."""
    known = load().rule_nodes.get(rule)
    ref: Ref | None = known.shown.get(name) if known else None
    if ref is None:
        return f"{name} {value}"
    if isinstance(value, str) and ref.kind is Kind.DATE:
        value = date.fromisoformat(value)
    elif isinstance(value, str) and ref.kind is Kind.DECIMAL:
        value = Decimal(value)
    seen = load().seen(name, ref, {f"f__{name}": value, f"e__{name}": 0})
    return f"{seen.says(tongue)} {seen.text(tongue)}"


def row(rule: str, outcome: dict[str, Any]) -> dict[str, Any]:
    """One outcome as a table shows it: demand, clause, result, evidence, and the facts that it saw."""
    known = load().rules.get(rule)
    second = language() == "en"
    return {
        "says": known.says.says(language()) if known else rule,
        "clause": known.clause.says(language()) if known else "",
        "tone": RESULTS[outcome["result"]][0],
        "result": RESULTS[outcome["result"]][2 if second else 1],
        # What is known by a figure of the rulebook or by counting has no record of its own to name.
        "evidence": ""
        if outcome["evidence"] == "none" and outcome["result"] != "not_known"
        else EVIDENCE[outcome["evidence"]][1 if second else 0],
        "facts": [fact_said(rule, name, value, language()) for name, value in outcome["facts"].items()],
    }


def snapshots(one: Proceeding) -> list[dict[str, Any]]:
    """What was decided on, the newest first; steps that rest on the very same records, outcomes and versions stand together."""
    steps = {
        each["id"]: each["says"]["en" if language() == "en" else "zh"]
        for each in one.procedure.definition["steps"]
    }
    told: dict[str, dict[str, Any]] = {}
    for shot in Snapshot.objects.filter(proceeding=one).order_by("-pk"):
        name = steps.get(shot.step, shot.step)
        if shot.digest in told:
            if name not in told[shot.digest]["steps"]:
                told[shot.digest]["steps"].append(name)
            continue
        told[shot.digest] = {
            "steps": [name],
            "at": shot.at,
            "as_of": shot.as_of,
            "digest": shot.digest,
            "outcomes": [row(rule, outcome) for rule, outcome in shot.outcomes.items()],
        }
    return list(told.values())


def standing_now(one: Proceeding) -> list[dict[str, Any]]:
    """What the rules of an open step of a household say today, with what to do where they do not hold or were not checked.

    `beside`: it stops nothing here: the meeting and whoever decides weigh it. What does not apply is left out. `ground`: it speaks
    for what is taken from the household, where it fails and was checked; one such is wanted.
    """
    rules, stops = appointed_rules(one), current_step(one)["rules"]
    grounds = current_step(one).get("grounds", [])
    if one.household_id is None or not rules:
        return []
    selection = load().select("postgres", "household", judged_on(one), wanted=WANTED, rules=rules)
    with connection.cursor() as cursor:
        cursor.execute(selection.sql, [one.household_id])
        names = [each.name for each in cursor.description]
        found = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    if not found:
        return []
    told = []
    for each in load().outcomes(found[0], selection):
        ground = each.rule.id in grounds
        beside = each.rule.id not in stops and not ground
        if (beside or ground) and each.code.word == "not_applicable":
            continue
        kept = {
            "result": each.code.word,
            "evidence": each.evidence.name.lower(),
            "facts": {seen.fact: seen.value for seen in each.facts},
        }
        good = each.code.word == ("fails" if ground else "holds") and kept["evidence"] == "checked"
        following = each.rule.next.says(language()) if each.rule.next and not good else ""
        told.append(
            {**row(each.rule.id, kept), "good": good, "next": following, "beside": beside, "ground": ground}
        )
    return told
