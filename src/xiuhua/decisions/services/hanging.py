"""What hangs of proceedings: a sheet for one of them, or one for several of the same step and village, each with a notice of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from xiuhua.accounts.models import Appointment
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.queries.proceeding_pages import reference
from xiuhua.decisions.queries.proceedings import Step, current_step, had_a_part
from xiuhua.decisions.services.proceedings import lines_of
from xiuhua.decisions.terms import Course
from xiuhua.notices import services as notices
from xiuhua.notices.models import Notice, Objection, Sheet

LEVELS = {"village": 12, "township": 9, "county": 6, "city": 4, "province": 2}


def matter_of(one: Proceeding, step: Step) -> dict[str, str]:
    """What is hung, in both languages: the procedure and its step."""
    says = one.procedure.definition["says"]
    return {key: f"{says[key]} · {step['says'][key]}" for key in ("zh", "en")}


def hangs_alike(one: Proceeding) -> QuerySet[Proceeding]:
    """Others of the same procedure, step and place that wait to be hung: they can share a sheet."""
    here = Proceeding.objects.filter(
        place_code=one.place_code, course=Course.OPEN, at_step=one.at_step, procedure__name=one.procedure.name
    )
    hung = set(
        Notice.objects.filter(place_code=one.place_code, taken_down_on__isnull=True).values_list("reference", flat=True)
    )  # fmt: skip
    waiting = [each.pk for each in here.exclude(pk=one.pk) if reference(each) not in hung]
    return here.filter(pk__in=waiting).select_related("procedure", "household").order_by("pk")


def make_sheet(
    *, by: Appointment, proceeding: Proceeding, also: Iterable[int], hung_on: date, days: int
) -> notices.Made:
    """Sets the sheet of a proceeding's step, with lines of `also` where they hang alike. CannotHang where that cannot be."""
    step = current_step(proceeding)
    chosen = set(also)
    together = [proceeding, *(one for one in hangs_alike(proceeding) if one.pk in chosen)]
    if step["days"] is None:
        raise notices.CannotHang("这一步不需要公示", "Nothing hangs at this step")
    return notices.make_sheet(
        by=by, place_code=proceeding.place_code, handled_at=proceeding.place_code[: LEVELS[step["level"]]], matter=matter_of(proceeding, step),
        lines=[notices.Line(reference(one), lines_of(one)[0]) for one in together], run=notices.Run(hung_on, days, step["days"]["count"]),
    )  # fmt: skip


def hang_sheet(
    *,
    by: Appointment,
    proceeding: Proceeding,
    sheet: Sheet,
    board: str,
    photo_name: str,
    photo: Iterable[bytes],
) -> notices.Several:
    """Records that the sheet hangs. CannotHang when one of its matters is no longer at the step it was made for."""
    if reference(proceeding) not in sheet.references():
        raise notices.CannotHang("公示单不是这一步的", "The sheet is not this step's")
    keys = [int(one.split(":")[1]) for one in sheet.references()]
    now = {reference(one) for one in Proceeding.objects.filter(pk__in=keys, course=Course.OPEN)}
    if set(sheet.references()) - now:
        raise notices.CannotHang(
            "公示单上有的事项已经不在公示这一步，请重新生成公示单",
            "Something on the sheet is no longer at this step: make a new sheet",
        )
    return notices.hang_sheet(by=by, sheet=sheet, board=board, photo_name=photo_name, photo=photo)


def open_objection(*, by: Appointment, proceeding: int, objection: Objection) -> notices.Opened:
    """Shows an objection to whoever may answer it: one level above, and no part in the matter. CannotHang for anybody else."""
    if had_a_part(by, proceeding):
        raise notices.CannotHang(
            "您参与过这一事项，异议须由没有参与的人查看和答复",
            "You had a part in it; somebody else must open and answer it",
        )
    return notices.open_objection(by=by, objection=objection)
