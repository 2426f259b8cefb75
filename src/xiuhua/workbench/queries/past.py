"""Where a household's values come from, and who changed what since."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.engine import load
from xiuhua.engine.outcomes import written
from xiuhua.facts.models import Column
from xiuhua.intake.models import StagedRow
from xiuhua.registry.models import Correction, Household, Membership, PeriodRecord, Person
from xiuhua.registry.queries.history import Change, changes
from xiuhua.workbench.queries.frame import language, link, said

SHOWN = 30
# Columns that the contract of records does not speak of, because no rule reads them.
OWN_WORDS = {
    "number": ("编号", "Number"),
    "head_name": ("户主姓名", "Name of the head"),
    "name": ("姓名", "Name"),
    "group_name": ("村民小组", "Villagers' group"),
    "village_code": ("行政村", "Village"),
    "since": ("自", "Since"),
    "until": ("至", "Until"),
    "begun_on": ("立户日期", "Begun on"),
    "ended_on": ("结束日期", "Ended on"),
    "died_on": ("死亡日期", "Died on"),
    "id_blind": ("证件号码", "ID number"),
    "phone_blind": ("联系电话", "Phone"),
    "bank_blind": ("银行账号", "Bank account"),
}


def sources(
    household: Household, years: list[PeriodRecord], members: list[Membership], by: Appointment
) -> list[dict[str, Any]]:
    """The rows of files that the household was read from: file, sheet, row, day. One query.

    A batch of the county is not a township's to read: it is named, and its rows are not.
    """
    people = [one.person for one in members]
    every: list[Household | PeriodRecord | Membership | Person] = [household, *years, *members, *people]
    brought = {number for row in every for number in (row.brought_by, row.changed_by)}
    batches = sorted(one for one in brought if one)
    rows = (
        StagedRow.objects.filter(batch_id__in=batches, household_number=household.number)
        .select_related("sheet", "batch")
        .order_by("batch_id", "sheet_id", "row")
    )
    told: dict[tuple[int, int], dict[str, Any]] = {}
    for row in rows:
        one = told.setdefault(
            (row.batch_id, row.sheet_id),
            {
                "file": row.sheet.file_name,
                "sheet": row.sheet.name,
                "rows": [],
                "date": row.sheet.data_date or row.batch.data_date,
                "url": link(by, "intake:batch", row.batch_id),
            },
        )
        one["rows"].append(row.row)
    for one in told.values():
        lines = one.pop("rows")
        one["row"] = _("、").join(str(line) for line in lines[:6]) + ("…" if len(lines) > 6 else "")
    unread = [batch for batch in batches if batch not in {key[0] for key in told}]
    return [
        *told.values(),
        *({"file": _("第 %(n)s 批导入") % {"n": batch}, "sheet": _("由县级导入")} for batch in unread),
        *_by_hand(household, years),
    ]


def _by_hand(household: Household, years: list[PeriodRecord]) -> list[dict[str, Any]]:
    """Years that somebody entered on a page: who, in which post, seen when."""
    mine = {one.pk: one.year for one in years if one.brought_by is None}
    told = Correction.objects.filter(household=household, grain="period", column="year") if mine else []
    return [
        {
            "file": _("%(year)s 年度在页面登记") % {"year": mine[one.row]},
            "sheet": one.post,
            "date": one.seen_on,
        }
        for one in told
        if one.row in mine
    ]


def history(household: Household, members: list[Membership], years: list[PeriodRecord]) -> dict[str, Any]:
    """How many fields were changed since the first record, and the newest of the changes. Four queries."""
    found = changes(household, members, years)
    people = {one.person_id: one.person.name for one in members}
    relations = {one.pk: one.person.name for one in members}
    year_of = {one.pk: one.year for one in years}
    whose = {
        "person": lambda key: people.get(key) or "",
        "membership": lambda key: relations.get(key) or "",
        "period": lambda key: _("%(year)s 年度") % {"year": year_of.get(key)},
    }
    return {
        "count": len(found),
        "rows": [
            {
                "at": one.at,
                "by": _who(one),
                "whose": whose[one.grain](one.key) if one.grain in whose else "",
                "label": _label(one),
                "before": _value(one, one.before),
                "after": _value(one, one.after),
                "sealed": one.sealed,
                "removed": one.removed,
            }
            for one in found[:SHOWN]
        ],
        "more": max(len(found) - SHOWN, 0),
    }


def _who(one: Change) -> str:
    if one.post or one.account:
        return one.post or one.account
    return _("第 %(n)s 批导入") % {"n": one.batch} if one.batch else _("系统")


def _column(one: Change) -> Column | None:
    grain = "person" if one.grain == "membership" else one.grain
    return load().relations[grain].column(one.field)


def _label(one: Change) -> str:
    column = _column(one)
    if column is not None and one.field not in OWN_WORDS:
        return said(column.says)
    zh, en = OWN_WORDS.get(one.field, (one.field, one.field))
    return en if language() == "en" else zh


def _value(one: Change, value: Any) -> str:
    column = _column(one)
    if value is None:
        return _("空")
    words = dict(column.values or {}) if column else {}
    if (
        column
        and column.codes
        and column.codes in load().codes
        and (known := load().codes[column.codes].code(str(value)))
    ):
        return known.says(language())
    return written(value, column.unit if column else None, words, language())
