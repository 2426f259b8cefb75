"""A place's page: how many, how they stand, what is short, where incomes lie, what waits, and the places below."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now
from xiuhua.common.money import FEN_PER_YUAN
from xiuhua.engine import load
from xiuhua.findings.queries import Group, groups, waiting
from xiuhua.places.models import Place, VillageRecord
from xiuhua.places.queries import changes_of
from xiuhua.places.scope import Scope, scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries import areas
from xiuhua.registry.queries.areas import Tally
from xiuhua.registry.queries.rules import demands
from xiuhua.workbench.queries.frame import below, crumbs, link, names_of, said
from xiuhua.workbench.queries.income import LINE
from xiuhua.workbench.queries.place_standards import of_place
from xiuhua.workbench.queries.words import DOUBT, code, pill, task, topic
from xiuhua.workbench.terms import Show

SHOWN_TASKS = 5
SHOWN_CAUSES = 8
# A heap just above the line is the oldest sign of figures made to fit.
NEAR_LINE_YUAN = 50


def page(by: Appointment, place: Place) -> dict[str, Any]:
    """The context of workbench/place.html."""
    area = scope_of(place.code)
    level, digits = below(place)
    counts = areas.counts(area, digits=digits)
    told = counts.below
    total = areas.total(place.code, told)
    head = {"place": _head(by, place, total), "crumbs": crumbs(by, place.code)}
    if not total.households:
        return {**head, "start": start(by, place)}
    found = counts.by_rule
    return {
        **head,
        "cards": cards(by, place, total, found),
        "shortfalls": _shortfalls(by, place, total, found),
        **_spread(counts.spread, place),
        **_causes(by, place, counts.causes),
        **tasks(by, area, digits),
        **of_place(place),
        "children": _children(by, place, told, digits) if level is not place.level else [],
        "children_word": level,
        "households_url": link(by, "workbench:households", place.code),
        "computed_at": beijing_now(),
    }


def start(by: Appointment, place: Place) -> dict[str, Any]:
    """What an empty register says: whose work it is to fill it, and where."""
    url = link(by, "intake:new")
    sentence = (
        _("先导入行政村名单与各类花名册。系统先校验、预览，您确认后才并入。")
        if url
        else _("县级导入表格并确认后，这里显示住户与各项保障。")
    )
    actions = [{"label": _("导入表格"), "url": url, "icon": "intake", "primary": True}] if url else []
    return {
        "title": _("%(place)s还没有住户登记") % {"place": place.name},
        "sentence": sentence,
        "actions": actions,
    }


def _head(by: Appointment, place: Place, total: Tally) -> dict[str, Any]:
    parts = []
    for level, n in _counted_below(place):
        if level == Level.TOWNSHIP:
            parts.append(ngettext("%(n)s 个乡镇", "%(n)s 个乡镇", n) % {"n": n})
        elif level == Level.VILLAGE:
            parts.append(ngettext("%(n)s 个村", "%(n)s 个村", n) % {"n": n})
    if total.households:
        parts.append(
            ngettext("住户 %(n)s 户", "住户 %(n)s 户", total.households) % {"n": f"{total.households:,}"}
        )
        registered = ngettext("建档立卡 %(n)s 户", "建档立卡 %(n)s 户", total.registered)
        people = ngettext("%(n)s 人", "%(n)s 人", total.people)
        parts.append(
            _("%(households)s %(people)s")
            % {
                "households": registered % {"n": f"{total.registered:,}"},
                "people": people % {"n": f"{total.people:,}"},
            }
        )
    offered = [
        (_("住户名单"), link(by, "workbench:households", place.code), "household", total.households > 0),
        (_("导入表格"), link(by, "intake:new"), "intake", place.code == by.place_code),
        (
            _("国家系统"),
            link(by, "workbench:national"),
            "table",
            place.code == by.place_code and total.registered > 0,
        ),
        (_("建库承接"), link(by, "workbench:opening", place.code), "stamp", place.level == Level.COUNTY),
        (
            _changes_waiting(place),
            link(by, "workbench:place_changes", place.code),
            "place",
            place.level == Level.COUNTY,
        ),
        (
            _("区划变更"),
            link(by, "workbench:change_place", place.code),
            "place",
            place.level in (Level.TOWNSHIP, Level.VILLAGE) and place.until is None,
        ),
    ]
    return {
        "name": place.name if place.named else place.code,
        "level": place.level,
        "summary": " · ".join(parts),
        "pills": _village_pills(place),
        "actions": [
            {"label": label, "url": url, "icon": icon} for label, url, icon, here in offered if url and here
        ],
    }


def _changes_waiting(place: Place) -> str:
    waiting = (
        changes_of(place.code).filter(granted__isnull=True).count() if place.level == Level.COUNTY else 0
    )
    if not waiting:
        return _("区划变更")
    return ngettext("区划变更：%(n)s 项待确认", "区划变更：%(n)s 项待确认", waiting) % {"n": waiting}


def _counted_below(place: Place) -> Iterable[tuple[str, int]]:
    if place.level not in (Level.CITY, Level.COUNTY, Level.TOWNSHIP):
        return []
    area = scope_of(place.code)
    inside = Place.objects.filter(code__gt=place.code, code__lt=area.hi, until__isnull=True)
    return (
        inside.order_by()
        .values_list("level")
        .annotate(n=Count("code"), size=Length("level"))
        .values_list("level", "n")
    )


def _village_pills(place: Place) -> list[dict[str, str]]:
    if place.level != Level.VILLAGE:
        return []
    record = VillageRecord.objects.filter(village=place).order_by("-as_of").first()
    if record is None or not (record.poor_village or record.deep_poor_village):
        return []
    return [pill("straw", _("深度贫困村") if record.deep_poor_village else _("贫困村"))]


def cards(
    by: Appointment, place: Place, total: Tally, found: dict[str, dict[str, int]]
) -> list[dict[str, Any]]:
    """The figures at the top; each opens to the households behind it."""
    return [
        {
            "label": said(Show.POOR),
            "number": total.poor_people,
            "unit": ngettext("人", "人", total.poor_people),
            "note": ngettext("%(n)s 户 · 已脱贫 %(exited)s 户", "%(n)s 户 · 已脱贫 %(exited)s 户", total.poor)
            % {"n": f"{total.poor:,}", "exited": f"{total.exited:,}"},
            "url": _list(by, place, Show.POOR),
        },
        {
            "label": said(Show.DOUBT),
            "number": total.doubt,
            "unit": ngettext("户", "户", total.doubt),
            "tone": "red" if total.doubt else "plain",
            "note": _most(found["doubt"]) or _("没有发现疑点"),
            "url": _list(by, place, Show.DOUBT),
        },
        {
            "label": said(Show.UNKNOWN),
            "number": total.unknown,
            "unit": ngettext("户", "户", total.unknown),
            "tone": "straw" if total.unknown else "plain",
            "note": _most({one.id: found["unknown"].get(one.id, 0) for one in demands()})
            or _("各项都有记录"),
            "url": _list(by, place, Show.UNKNOWN),
        },
    ]


def _list(by: Appointment, place: Place, show: Show, **query: Any) -> str | None:
    return link(by, "workbench:households", place.code, show=show.value, **query)


def _most(counted: dict[str, int]) -> str:
    """The matters with the most households, largest first."""
    by_topic: dict[str, int] = {}
    for rule, n in counted.items():
        by_topic[topic(rule)] = max(by_topic.get(topic(rule), 0), n)
    largest = sorted(((n, name) for name, n in by_topic.items() if n), reverse=True)[:3]
    return " · ".join(f"{name} {n:,}" for n, name in largest)


def _shortfalls(
    by: Appointment, place: Place, total: Tally, found: dict[str, dict[str, int]]
) -> list[dict[str, Any]]:
    rows = []
    for rule in demands():
        fails, unknown = found["fails"].get(rule.id, 0), found["unknown"].get(rule.id, 0)
        show = Show.FAILS if fails else Show.UNKNOWN
        rows.append(
            {
                "label": topic(rule.id),
                "fails": fails,
                "unknown": unknown,
                "holds": total.registered - fails - unknown,
                "total": total.registered,
                "url": _list(by, place, show, rule=rule.id) if fails or unknown else None,
            }
        )
    return rows if total.registered else []


def _spread(found: areas.Spread | None, place: Place) -> dict[str, Any]:
    if found is None:
        return {"spread": None}
    line = _line_of(found.year, place)
    low = [lower // FEN_PER_YUAN for lower, _poor, _exited in found.rows]
    width = areas.BAND_FEN // FEN_PER_YUAN
    last = (areas.BANDS - 1) * width
    groups_ = [
        {"label": said(Show.POOR), "values": [poor for _lower, poor, _exited in found.rows]},
        {"label": said(Show.EXITED), "values": [exited for _lower, _poor, exited in found.rows]},
    ]
    below_line = sum(
        exited for lower, _poor, exited in found.rows if line and lower // FEN_PER_YUAN + width <= line
    )
    return {
        "spread": {
            "bins": low,
            "groups": groups_,
            "line": line,
            "line_label": _("%(year)s 年国家扶贫标准") % {"year": found.year},
            "caption": _("%(year)s 年各收入段的户数") % {"year": found.year},
            "rows": [
                {"low": at, "high": at + width - 1 if at < last else None, "values": [poor, exited]}
                for at, (_lower, poor, exited) in zip(low, found.rows, strict=True)
            ],
        },
        "spread_sentence": ngettext(
            "标准线以下的收入段里有 %(n)s 户已脱贫户，须逐户核实。",
            "标准线以下的收入段里有 %(n)s 户已脱贫户，须逐户核实。",
            below_line,
        )
        % {"n": f"{below_line:,}"}
        if below_line
        else "",
    }


def _line_of(year: int, place: Place) -> int | None:
    found = load().figure(LINE, date(year, 12, 31), place.code)
    return None if found is None else int(found.value)  # type: ignore[arg-type]


def _causes(by: Appointment, place: Place, every: list[tuple[str, int]]) -> dict[str, Any]:
    found = every[:SHOWN_CAUSES]
    return {
        "causes": [
            {
                "label": code("cause", cause),
                "value": n,
                "url": link(by, "workbench:households", place.code, show=Show.REGISTERED.value, cause=cause),
            }
            for cause, n in found
        ],
        "causes_most": found[0][1] if found else 0,
    }


def tasks(by: Appointment, area: Scope, digits: int) -> dict[str, Any]:
    """What waits in an area, gravest first: contexts `tasks`, `tasks_total`, `tasks_url`."""
    if (url := link(by, "workbench:findings", place=area.place_code)) is None:
        return {"tasks": []}
    found = groups(waiting(area), digits=digits, place_code=area.place_code)
    shown = first_of_each(found)
    names = names_of(place for group in shown for place, _n in group.places[:3])
    query = {} if area.place_code == by.place_code else {"place": area.place_code}
    return {
        "tasks": [task(by, group, names, **query) for group in shown],
        "tasks_total": sum(group.count for group in found),
        "tasks_url": url,
    }


def first_of_each(found: list[Group]) -> list[Group]:
    """A few groups in which every kind of work has its largest: a hundred refused cells must not hide an exit in doubt."""
    largest: dict[str, Group] = {}
    for group in found:
        largest.setdefault("doubt" if group.rule.startswith(DOUBT) else group.kind, group)
    rest = [group for group in found if group not in largest.values()]
    chosen = [*largest.values(), *rest][:SHOWN_TASKS]
    return [group for group in found if group in chosen]


def _children(by: Appointment, place: Place, told: list[Tally], digits: int) -> list[dict[str, Any]]:
    area = scope_of(place.code)
    by_code = {one.code: one for one in told}
    inside = Place.objects.annotate(digits=Length("code")).filter(
        code__gt=area.lo, code__lt=area.hi, digits=digits
    )
    names = {one.code: one.name if one.named else one.code for one in inside.filter(until__isnull=True)}
    rows = []
    for child in sorted({*by_code, *names}):
        tally = by_code.get(child, Tally(child))
        figures = {name: getattr(tally, name) for name in Tally.__dataclass_fields__}
        rows.append({**figures, "name": names.get(child, child), "url": link(by, "workbench:place", child)})
    return rows
