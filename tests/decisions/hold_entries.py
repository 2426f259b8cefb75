"""What must be true of statuses and of who is watched, over all proceedings together."""

from __future__ import annotations

from typing import Any

from decisions.hold_known import Rows, Told


def one_open(proceedings: Rows) -> list[str]:
    seen: set[tuple[str, int]] = set()
    found = []
    for one in proceedings:
        key = (one["kind"], one["household_id"])
        if one["course"] == "open" and key in seen:
            found.append(f"two open of {key}")
        if one["course"] == "open":
            seen.add(key)
    return found


def statuses(
    rows: dict[str, Rows],
    effects: dict[int, list[dict[str, Any]]],
    by: dict[int, dict[str, Any]],
    book: dict[str, dict[str, Any]],
    told: Told,
) -> list[str]:
    """A status is by the opening, once and first, or by an effect that took place, once, and it follows from where the household stood;
    or an appeal gave back what stood before."""
    found: list[str] = []
    entries: dict[int, list[dict[str, Any]]] = {}
    by_case: dict[int, list[str]] = {}
    for one in sorted(rows["registry_statusentry"], key=lambda one: one["id"]):
        home, pk, back = one["household_id"], *case(one, effects, rows)
        before = entries.setdefault(home, [])
        if one["basis"] == "opening":
            if before:
                found.append(f"household {home}: an opening over a status")
        elif pk is not None and back:
            if (
                len(before) < 2
                or before[-1]["case_number"] != f"P{pk}"
                or before[-2]["status"] != one["status"]
            ):
                found.append(f"household {home}: {one['status']} given back over {before}")
        elif pk is not None:
            by_case.setdefault(pk, []).append(one["status"])
            begins = book[told.begun[pk]].get("begins_with", [])
            stands = {before[-1]["status"] if before else "none", "unwatched"}
            if by[pk]["household_id"] != home or (begins and not stands & set(begins)):
                found.append(f"household {home}: {one['status']} from {stands} by P{pk}")
        else:
            found.append(f"household {home}: a status by nothing ({one['basis']} {one['case_number']})")
        before.append(one)
    for pk, happened in effects.items():
        wanted = [each["status"] for each in happened if each["status"]]
        if by_case.get(pk, []) != wanted or len(happened) != 1:
            found.append(f"P{pk} took effect {happened}, statuses are {by_case.get(pk)}")
    return found


def case(
    one: dict[str, Any], effects: dict[int, list[dict[str, Any]]], rows: dict[str, Rows]
) -> tuple[int | None, bool]:
    """The proceeding that a row is by, and whether an appeal against it gave something back; None where there is none."""
    kind, number = one["case_number"][:1], one["case_number"][1:]
    if one["basis"] != "case" or not number.isdigit():
        return None, False
    if kind == "A":
        its = [
            each["proceeding_id"]
            for each in rows["decisions_appeal"]
            if each["id"] == int(number) and each["upheld"]
        ]
        return (
            (its[0], True)
            if its and effects.get(its[0], [{}])[-1].get("back") == int(number)
            else (None, True)
        )
    return (int(number), False) if int(number) in effects else (None, False)


def watched(
    rows: dict[str, Rows], effects: dict[int, list[dict[str, Any]]], by: dict[int, dict[str, Any]]
) -> list[str]:
    """Who is watched is so by the opening, or by an effect that said in which class, once; or an appeal gave it back."""
    found: list[str] = []
    entries: dict[int, list[dict[str, Any]]] = {}
    by_case: dict[int, list[str]] = {}
    for one in sorted(rows["registry_watchentry"], key=lambda one: one["id"]):
        home, pk, back = one["household_id"], *case(one, effects, rows)
        before = entries.setdefault(home, [])
        if pk is not None and back:
            if (
                len(before) < 2
                or before[-1]["case_number"] != f"P{pk}"
                or before[-2]["watch_class"] != one["watch_class"]
            ):
                found.append(f"household {home}: watched as {one['watch_class']} again over {before}")
        elif pk is not None and by[pk]["household_id"] == home:
            by_case.setdefault(pk, []).append(one["watch_class"])
        elif one["basis"] != "opening" or before:
            found.append(f"household {home}: watched by nothing ({one['basis']} {one['case_number']})")
        before.append(one)
    for pk, happened in effects.items():
        if by_case.get(pk, []) != [each["watch"] for each in happened if each["watch"]]:
            found.append(f"P{pk} took effect {happened}, watched as {by_case.get(pk)}")
    return found
