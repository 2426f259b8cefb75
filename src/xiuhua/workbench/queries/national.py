"""For the national system: what is handed to it, how it is laid out, and what was compared with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Account, Appointment
from xiuhua.engine import load
from xiuhua.files.models import Export
from xiuhua.files.terms import Step
from xiuhua.intake.queries import batches as intake
from xiuhua.intake.queries import differences
from xiuhua.intake.queries.headings import headings_of, merged_since, sheets_with_people
from xiuhua.places.models import Place
from xiuhua.places.scope import current_scope
from xiuhua.registry.books import NOT_KEPT, PERSON_EXPORT, STANDARD, Layout
from xiuhua.registry.models import ExportLayout
from xiuhua.registry.queries.national import Choice, count, layout_of
from xiuhua.registry.terms import Status
from xiuhua.workbench.queries.frame import crumbs, language, link, said

KIND = "registry.national"
SHOWN_EXPORTS = 5
BLANKS = 3


def trail(by: Appointment, *more: dict[str, Any]) -> list[dict[str, Any]]:
    """From the places above to these pages."""
    here = {"name": _("国家系统"), "url": reverse("workbench:national")}
    return [*crumbs(by, by.place_code, whole=True), here, *more]


def hub(by: Appointment) -> dict[str, Any]:
    """The context of workbench/national.html."""
    return {
        "place": by.post.place,
        "crumbs": trail(by)[:-1],
        "export_url": link(by, "workbench:national_export"),
        "layouts_url": link(by, "workbench:national_layouts"),
        "compare_url": link(by, "workbench:national_compare"),
        "comparisons": [_comparison(one) for one in differences.comparisons()],
    }


def _comparison(one: Mapping[str, Any]) -> dict[str, Any]:
    batch = one["batch"]
    state = (
        {"tone": "leaf", "label": _("全部一致")}
        if not one["left"]
        else {"tone": "straw", "label": _("有差异")}
    )
    if batch is not None and batch.step != "done":
        state = intake.state(batch)
    return {
        "url": reverse("workbench:differences", args=[one["pk"]]),
        "title": _("第 %(n)s 批比对") % {"n": one["pk"]},
        "as_of": one["as_of"],
        "state": state,
        "left": one["left"],
        "settled": one["settled"],
        "by": (batch.started_post.split(" · ")[0] or batch.started_by) if batch else "",
        "at": batch.started_at if batch else None,
    }


@dataclass(frozen=True)
class Wanted:
    """What an export page is asked for, as its address says it."""

    place: Place
    which: str  # all, day, last
    day: date | None
    status: str
    layout: str

    def params(self) -> dict[str, Any]:
        """As the export keeps it."""
        params: dict[str, Any] = {"layout": self.layout, "status": self.status}
        if (since := self.since()) is not None:
            params |= {"since": since.isoformat(), "batches": merged_since(since)}
        return params

    def since(self) -> datetime | None:
        """The moment from which changes count; None for all households."""
        if self.which == "day" and self.day:
            return datetime.combine(self.day, time(), get_current_timezone())
        if self.which == "last" and (last := last_export(self.place)) is not None:
            return last.asked_at
        return None

    def choice(self) -> Choice:
        """The same for the register."""
        since = self.since()
        return Choice(self.place.code, self.status, since, tuple(merged_since(since)) if since else ())


def last_export(place: Place) -> Export | None:
    """The newest export of a place that was made."""
    return (
        Export.objects.filter(kind=KIND, place_code=place.code, step=Step.DONE).order_by("-asked_at").first()
    )


def places_to_export(by: Appointment) -> list[Place]:
    """The acting place and the townships below it."""
    own = by.post.place
    area = current_scope()
    below = Place.objects.filter(level="township", code__gt=own.code, code__lt=area.hi, until=None).order_by(
        "code"
    )
    return [own, *below]


def layouts(county_code: str) -> list[ExportLayout]:
    """The county's own layouts."""
    return list(ExportLayout.objects.filter(county_code=county_code))


def export_page(by: Appointment, wanted: Wanted | None) -> dict[str, Any]:
    """The context of workbench/national_export.html, without its form."""
    context: dict[str, Any] = {
        "place": by.post.place,
        "crumbs": trail(by),
        "layouts_url": link(by, "workbench:national_layouts"),
        "counted": None,
    }
    if wanted is not None:
        households, people = count(wanted.choice())
        layout = layout_of(wanted.place.code[:6], wanted.layout)
        context["counted"] = {
            "households": households,
            "people": people,
            "since": localtime(wanted.since()) if wanted.since() else None,
            "columns": [heading for _key, heading in layout.columns],
            "has_numbers": any(key in differences.SEALED for key, _heading in layout.columns),
        }
    return context


def title_of(wanted: Wanted) -> dict[str, str]:
    """What the export is called in the list of files."""
    layout = f" · {wanted.layout}" if wanted.layout else ""
    return {
        "zh": f"{wanted.place.name} · 报国家系统的贫困人口信息表{layout}",
        "en": f"{wanted.place.name} · persons for the national system{layout}",
    }


def statuses() -> list[tuple[str, str]]:
    """Choices of a household's status."""
    return [("", _("全部建档立卡户")), *((one.value, said(one)) for one in Status)]


def layouts_page(by: Appointment) -> dict[str, Any]:
    """The context of workbench/national_layouts.html."""
    edit = reverse("workbench:national_layout")
    own = layouts(by.place_code[:6])
    people = dict(
        Account.objects.filter(username__in={one.saved_by for one in own}).values_list(
            "username", "official__name"
        )
    )
    kept = [
        {
            "name": one.name,
            "columns": ngettext("%(n)s 列", "%(n)s 列", len(one.columns)) % {"n": len(one.columns)},
            "by": people.get(one.saved_by, one.saved_by),
            "at": one.saved_at,
            "url": f"{edit}?name={one.name}",
        }
        for one in own
    ]
    starts = [{"label": _("从国家系统的 26 列开始"), "url": edit, "icon": "table"}]
    starts += [
        {
            "label": _("照《%(file)s》的表头") % {"file": sheet.file_name},
            "url": f"{edit}?sheet={sheet.pk}",
            "icon": "file",
        }
        for sheet in sheets_with_people()
    ]
    return {"place": by.post.place, "crumbs": trail(by), "layouts": kept, "starts": starts}


def start_of(by: Appointment, query: Mapping[str, str]) -> tuple[str, Layout]:
    """The layout that an edit begins with: one of the county's, a file's headings, or the standard. With its name."""
    name = query.get("name", "")
    if name and ExportLayout.objects.filter(county_code=by.place_code[:6], name=name).exists():
        return name, layout_of(by.place_code[:6], name)
    asked = query.get("sheet", "")
    sheet = next((one for one in sheets_with_people() if str(one.pk) == asked), None)
    if sheet is not None:
        return "", Layout(tuple(_kept(headings_of(sheet))))
    return "", STANDARD


def _kept(columns: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(key if key not in NOT_KEPT else "", heading) for key, heading in columns]


def editor(by: Appointment, name: str, layout: Layout) -> dict[str, Any]:
    """The context of workbench/national_layout.html: every column that can be, the chosen first, in order."""
    chosen = list(layout.columns)
    used = {key for key, _heading in chosen if key}
    rest = [field for field in PERSON_EXPORT.fields if field.key not in used | NOT_KEPT]
    lines = [_line(f"{at}", key, at, heading) for at, (key, heading) in enumerate(chosen, 1)]
    lines += [_line(f"{len(chosen) + at}", field.key, None, field.zh) for at, field in enumerate(rest, 1)]
    lines += [_line(f"{len(chosen) + len(rest) + at}", "", None, "") for at in range(1, BLANKS + 1)]
    return {
        "place": by.post.place,
        "crumbs": trail(by, {"name": _("导出格式"), "url": reverse("workbench:national_layouts")}),
        "name": name,
        "title_rows": "\n".join(layout.title),
        "lines": lines,
        "words": _words(layout),
        "back_url": reverse("workbench:national_layouts"),
        "remove_url": reverse("workbench:national_layout_remove") if name else None,
    }


def _line(number: str, key: str, at: int | None, heading: str) -> dict[str, Any]:
    label = {"zh": "留空的列", "en": "Empty column"}
    if key:
        field = PERSON_EXPORT.field(key)
        label = {"zh": field.zh, "en": field.en}
    return {"number": number, "key": key, "at": at, "heading": heading, "label": label}


def _words(layout: Layout) -> list[dict[str, Any]]:
    """For each code list of the book: its codes with the county's word, where it has one."""
    yes = [("yes", "是", {"zh": "是", "en": "Yes"}), ("no", "否", {"zh": "否", "en": "No"})]
    lists: list[tuple[str, Any, list[tuple[str, str, Any]]]] = [
        ("yesno", {"zh": "是与否", "en": "Yes and no"}, yes)
    ]
    codes = load().codes
    for key in dict.fromkeys(field.codes for field in PERSON_EXPORT.fields if field.codes):
        one = codes[key]
        lists.append(
            (
                key,
                one.says.says(language()),
                [(code.code, code.zh, code.says(language())) for code in one.codes],
            )
        )
    return [
        {
            "label": label,
            "own": sum(1 for code, _zh, _says in listed if layout.words.get(key, {}).get(code)),
            "codes": [
                {
                    "name": f"word.{key}.{code}",
                    "standard": zh,
                    "label": says,
                    "word": layout.words.get(key, {}).get(code, ""),
                }
                for code, zh, says in listed
            ],
        }
        for key, label, listed in lists
    ]
