"""Reads of notices and objections: what is open, what is overdue, whose it is to answer, what hung."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.asking import NONE, Single
from xiuhua.notices.models import Notice, Objection, Sheet
from xiuhua.notices.permissions import RIGHTS
from xiuhua.rulebook.models import CalendarYear
from xiuhua.rulebook.reader import read_rulebook


@cache
def holidays() -> dict[str, CalendarYear]:
    """The rulebook's calendar by year, as the owner of the tables wrote it into them."""
    return dict(read_rulebook().calendar)


def kept_from(by: Appointment, objection: Objection) -> str:
    """What keeps somebody from opening and answering an objection, as the database says: `elsewhere`, `part`, `kin`; empty: nothing."""
    with connection.cursor() as cursor:
        cursor.execute("select notices_kept_from(%s, %s)", [objection.pk, by.pk])
        told: str = cursor.fetchone()[0]
        return told


def days_ahead() -> int:
    """How many days ahead of the world the database lives: what its owner set for a demonstration or a test, else 0."""
    with connection.cursor() as cursor:
        cursor.execute("select notices_today() - (now() at time zone 'Asia/Shanghai')::date")
        (days,) = cursor.fetchone()
    return int(days)


def calendar_note(*days: date | None) -> str:
    """What is not known of the holidays around some days, as a sentence; empty where every year's circular was seen."""
    calendar, years = holidays(), {day.year for day in days if day is not None}
    missing = sorted(year for year in years if str(year) not in calendar)
    guessed = sorted(year for year in years - set(missing) if not calendar[str(year)].announced)
    return " ".join(
        words % {"years": _("、").join(map(str, found))}
        for words, found in (
            (
                _("%(years)s 年的放假安排没有登记，只按周末计，遇节假日可能算早了：请报县里补上日历。"),
                missing,
            ),
            (
                _("%(years)s 年的放假通知还没有登记，节假日是按法定假日推算的，不含调休；以通知为准。"),
                guessed,
            ),
        )
        if found
    )


def may_answer(by: Appointment, objection: Objection) -> bool:
    """Whether a person stands where the objection goes, or above, had no part in it and is no kin; a deputy with whom they stand in for."""
    return by.role in RIGHTS["notices.answer"] and kept_from(by, objection) == ""


def waiting() -> QuerySet[Objection]:
    """Objections of the area without an answer, those due first."""
    return Objection.objects.filter(answered_at__isnull=True).order_by(F("due_on").asc(nulls_last=True), "pk")


def mine(by: Appointment) -> QuerySet[Objection]:
    """Those that go to the acting post's own place."""
    if by.role not in RIGHTS["notices.answer"]:
        return waiting().none()
    return waiting().filter(goes_to=by.place_code)


MINE = "select count(*) from notices_objection where answered_at is null and goes_to = %(place)s"


def mine_count(by: Appointment) -> Single:
    """How many `mine` lists: asked on every inbox, so in the database's own words."""
    if by.role not in RIGHTS["notices.answer"]:
        return NONE
    return Single(MINE, {"place": by.place_code})


def overdue(today: date) -> Q:
    """Those that should have been answered."""
    return Q(due_on__lt=today, answered_at__isnull=True)


def answered() -> QuerySet[Objection]:
    """Those with an answer, the newest first."""
    return Objection.objects.filter(answered_at__isnull=False).order_by("-answered_at")


def newest_sheet(place_code: str, reference: str) -> Sheet | None:
    """The sheet that was made last for a matter, hung or not."""
    return (
        Sheet.objects.filter(place_code=place_code, entries__contains=[{"reference": reference}])
        .select_related("file")
        .order_by("-pk")
        .first()
    )


def hung_with(sheet: Sheet) -> list[Notice]:
    """Notices that hang, or hung, by one sheet."""
    return list(Notice.objects.filter(sheet=sheet).order_by("pk"))


def tallied(notice: Notice) -> dict[str, Any]:
    """How many objected, how many were answered, how many upheld."""
    found = list(notice.objections.values_list("answered_at", "upheld"))
    return {
        "came": len(found),
        "answered": sum(at is not None for at, _upheld in found),
        "upheld": sum(bool(upheld) for _at, upheld in found),
    }
