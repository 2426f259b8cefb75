"""The paper that hangs: set once as an A4 PDF, numbered, kept with its digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.files.services import press, store
from xiuhua.notices.models import Sheet
from xiuhua.notices.services.refusing import CannotHang, in_words, needs
from xiuhua.notices.services.saying import fit
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of

LAYOUT = Path(__file__).with_name("sheet.typ")
MOST_DAYS_BEFORE = 3


@dataclass(frozen=True)
class Line:
    """One line of a sheet: what it belongs to, and what it says by the allow-list."""

    reference: str
    says: dict[str, Any]


@dataclass(frozen=True)
class Run:
    """From when and how long a sheet hangs."""

    hung_on: date
    days: int
    count: str


@dataclass(frozen=True)
class Made:
    """A sheet that was made; it does not hang yet."""

    sheet: Sheet

    @property
    def audit_subject(self) -> str:
        return f"sheet:{self.sheet.pk}"

    @property
    def audit_place(self) -> str:
        return self.sheet.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.sheet
        return {
            "references": one.references(),
            "digest": one.file.sha256,
            "number": f"{one.year}-{one.number}",
        }


@recorded("notices.sheet_made")
def make_sheet(
    *, by: Appointment, place_code: str, handled_at: str, matter: dict[str, str], lines: list[Line], run: Run
) -> Made:
    """Sets a sheet for the board and keeps it. `handled_at`: where the matter is handled; objections go to the place above.

    CannotHang for a line that says more than it may, for a day long past or far ahead, and where there is no Chinese type.
    """
    needs(by, "notices.hang")
    told = [Line(one.reference, fit(one.says)) for one in lines]
    away = (run.hung_on - beijing_today()).days
    if not told or run.days < 1 or not -MOST_DAYS_BEFORE <= away <= 7:
        raise CannotHang(
            "张贴日期须在前三天到后七天之内", "It hangs between three days ago and seven days from now"
        )
    year = run.hung_on.year
    with connection.cursor() as cursor:
        cursor.execute(
            "select notices_next_number(%s, %s), notices_due(%s, %s, %s)",
            [place_code, year, run.hung_on, run.days, run.count],
        )
        number, due = cursor.fetchone()
    made = beijing_now()
    data = paper(place_code, handled_at, matter, told, run, due, f"〔{year}〕第 {number} 号")
    try:
        content = press.pdf(LAYOUT, data, made)
    except press.NoType as none:
        raise CannotHang("本机没有中文字体，不能生成公示单", "This machine has no Chinese type") from none
    file = store(by=by, place_code=place_code, name=f"公示〔{year}〕第{number}号.pdf", pieces=[content])
    with in_words():
        sheet = Sheet.objects.create(
            place_code=place_code, year=year, number=number, matter=matter, hung_on=run.hung_on, due_on=due, days=run.days, count=run.count,
            entries=[{"reference": one.reference, "line": one.says} for one in told], file=file, made_by=by.post_name, made_at=made,
        )  # fmt: skip
    return Made(sheet)


def paper(
    place_code: str,
    handled_at: str,
    matter: dict[str, str],
    lines: list[Line],
    run: Run,
    due: date,
    number: str,
) -> dict[str, Any]:
    """What the layout reads: nothing but what the allow-list lets hang, and where to object."""
    named = names_of(_up(place_code))
    above = _up(handled_at)
    answers = Place.objects.filter(code__in=above[1:2]).values_list("name", flat=True).first()
    return {
        "title": matter["zh"],
        "number": number,
        "place": " ".join(named[code] for code in reversed(_up(place_code)) if code in named and len(code) >= 6),
        "lines": [
            {"village": one.says.get("village") or one.says.get("matter") or "", "head": one.says.get("head") or "", "people": one.says.get("people")}
            for one in lines
        ],
        "hung_on": f"{run.hung_on:%Y 年 %-m 月 %-d 日}",
        "due_on": f"{due:%Y 年 %-m 月 %-d 日}",
        "days": f"{run.days} {'个工作日' if run.count == 'working' else '天'}",
        "handled_by": named.get(handled_at, ""),
        "answers": answers or "上一级办理单位",
    }  # fmt: skip


def _up(code: str) -> list[str]:
    """A place's code and those above it up to the province."""
    return [code[:length] for length in (12, 9, 6, 4, 2) if len(code) >= length]
