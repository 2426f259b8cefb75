"""A place's page: how many, how they stand, what is short, where incomes lie, what waits, and the places below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now
from xiuhua.findings.queries import Group, groups, waiting
from xiuhua.places.models import Place, VillageRecord
from xiuhua.places.queries import Rural, changes_of, rural_persons
from xiuhua.places.scope import Scope, scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries import areas
from xiuhua.registry.queries.areas import Tally
from xiuhua.workbench.queries import compared, figures, village, village_map
from xiuhua.workbench.queries.frame import below, crumbs, link, names_of
from xiuhua.workbench.queries.place_standards import of_place
from xiuhua.workbench.queries.words import DOUBT, pill, task

SHOWN_TASKS = 5
# Above the county there are too many villages for a map; there the places below are compared.
MAPPED = (Level.COUNTY, Level.TOWNSHIP)


def page(by: Appointment, place: Place, sort: str = "") -> dict[str, Any]:
    """The context of workbench/place.html."""
    area = scope_of(place.code)
    level, digits = below(place)
    mapped = place.level in MAPPED
    counts = areas.counts(area, digits=digits, each=village_map.keys() if mapped else ())
    total = areas.total(place.code, counts.below)
    head = {"place": _head(by, place, total), "crumbs": crumbs(by, place.code)}
    if not total.households:
        return {**head, "start": start(by, place)}
    rural = rural_persons(area, digits=digits)
    found = counts.by_rule
    return {
        **head,
        "cards": figures.cards(by, place, total, found, every(rural)),
        "standards": figures.standards(by, place, total, found),
        **(village_map.page(by, place, counts.villages) if mapped else {}),
        **figures.spread(counts, place),
        **figures.causes(by, place, counts.causes),
        **figures.exits(by, place, counts),
        **tasks(by, area, digits),
        **of_place(place),
        **(
            compared.page(by, place, counts.below, rural, digits, sort)
            if level != place.level
            else village.page(by, place, total)
        ),
        "children_word": level,
        "households_url": link(by, "workbench:households", place.code),
        "computed_at": beijing_now(),
    }


def every(rural: dict[str, Rural]) -> Rural:
    """The rural population of several places together."""
    return Rural(sum(one.persons for one in rural.values()), sum(one.unknown for one in rural.values()))


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
        (_("材料与导出"), link(by, "workbench:papers", place.code), "file", total.households > 0),
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
