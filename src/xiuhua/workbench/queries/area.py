"""A place's page: how many, how they stand, what is short, where incomes lie, what waits, and the places below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.findings.queries import Group, groups, waiting
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import FiguresAway, latest, since
from xiuhua.places.models import Place
from xiuhua.places.queries import Rural, names_of, rural_persons
from xiuhua.places.scope import Scope, scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries import areas
from xiuhua.workbench.queries import (
    area_map,
    behind,
    compared,
    figures,
    first_of_all,
    frozen_days,
    frozen_place,
    place_head,
    village,
    village_map,
)
from xiuhua.workbench.queries.frame import below, crumbs, link, said
from xiuhua.workbench.queries.frozen.figure import freeze_or_404
from xiuhua.workbench.queries.frozen.further import further
from xiuhua.workbench.queries.place_standards import of_place
from xiuhua.workbench.queries.words import DOUBT, task

# Up to so many households a county's own standards are computed while the page waits.
COMPUTED_UP_TO = 5_000
# Counting these live would read every village of the country.
NEVER_LIVE = (Level.NATION, Level.PROVINCE)
SHOWN_TASKS = 5
# Whose map shows each village; above the county there are too many, and it shows the places below.
MAPPED = (Level.COUNTY, Level.TOWNSHIP)


def page(by: Appointment, place: Place, query: dict[str, str]) -> dict[str, Any]:
    """The context of workbench/place.html: as the newest freeze saw it above the county and for leaders, live for others.

    query: `live` 1 or 0 asks for one of them, `freeze` for a freeze by its number, `sort` for an order of the places below.
    """
    freeze = freeze_of(place, query)
    if freeze is None or not _frozen_wanted(by, place, query):
        return _live(by, place, query, freeze)
    try:
        found = frozen_place.see(freeze, place)
        # A place that came after the freeze is told as it is now.
        return _frozen(by, found, query) if found.own else _live(by, place, query, freeze)
    except FiguresAway:
        if place.level in NEVER_LIVE or query.get("freeze"):
            raise
        # So is a village whose frozen figures lie in files that are not here; that freeze is not offered then.
        return _live(by, place, query, None)


def freeze_of(place: Place, query: Mapping[str, str]) -> Freeze | None:
    """The freeze that an address names, whatever day its rules were asked for; else the newest by its data's own day."""
    return freeze_or_404(query["freeze"], place) if query.get("freeze") else latest(place.code)


def _frozen_wanted(by: Appointment, place: Place, query: dict[str, str]) -> bool:
    asked = query.get("live")
    if place.level in NEVER_LIVE or asked == "0" or query.get("freeze"):
        return True
    return asked != "1" and (place.level == Level.CITY or by.role == Role.LEADER)


def _live(by: Appointment, place: Place, query: dict[str, str], freeze: Freeze | None) -> dict[str, Any]:
    area, to = scope_of(place.code), behind.live(by)
    level, digits = below(place)
    each = village_map.keys() if place.level != Level.VILLAGE else ()
    counts = areas.counts(area, digits=digits, each=each)
    total = areas.total(place.code, counts.below)
    own = _own(by, place, total.households, freeze, query)
    head = {"place": place_head.head(by, to, place, total, own), "crumbs": crumbs(by, place.code)}
    if not total.households:
        return {**head, "start": start(by, place)}
    rural = rural_persons(area, digits=digits)
    day = own["as_of"] if "as_of" in own else beijing_today()
    rate = figures.incidence(
        total, every(rural), figures.against(place, day), own.get("incidence_tone", "plain")
    )
    return {
        **head,
        "cards": figures.cards(to, place, total, counts.by_rule, rate, {}),
        "standards": figures.standards(to, place, total, counts.by_rule, {}),
        **_live_map(by, to, place, counts, digits),
        **figures.spread(to, counts, place),
        **figures.causes(to, place, counts.causes),
        **figures.exits(to, place, counts.exits),
        **tasks(by, area, digits),
        **own,
        **(
            compared.page(by, to, place, counts.below, rural, query)
            if level != place.level
            else village.page(by, place, total, to)
        ),
        "children_word": level,
        "households_url": link(by, "workbench:households", place.code),
        "computed_at": beijing_now(),
        "source": source(by, place, freeze, frozen=False),
    }


def _frozen(by: Appointment, found: frozen_place.Seen, query: dict[str, str]) -> dict[str, Any]:
    place, freeze, to = found.place, found.freeze, behind.frozen(by, found.freeze)
    level, digits = below(place)
    total = found.total
    # Of a city or more, work that waits is told at the pool itself: counting it reads every finding.
    small = place.level in (*MAPPED, Level.VILLAGE, Level.CITY)
    own = _own(by, place, total.households, freeze, query)
    # What is judged and what waits there now stands beside what the freeze saw: each says that it is live.
    own["pills"] = [
        {**one, "label": _("实时 · %(says)s") % {"says": one["label"]}} for one in own.get("pills", [])
    ]
    return {
        "place": place_head.head(by, to, place, total, own),
        "crumbs": crumbs(by, place.code),
        "notices": frozen_days.of_place(freeze, place),
        "cards": figures.cards(
            to, place, total, found.by_rule, frozen_place.incidence(found), found.not_asked
        ),
        "standards": figures.standards(to, place, total, found.by_rule, found.not_asked),
        **_frozen_map(by, to, found),
        **frozen_place.spread(to, found),
        "further": further(by, freeze, place, found.own),
        **figures.causes(to, place, found.causes),
        **figures.exits(to, place, found.exits),
        **(tasks(by, scope_of(place.code), digits) if small else first_of_all.tasks(to, found)),
        "tasks_live": small,
        **own,
        "of_places": [*own.get("of_places", []), *frozen_place.of_places(by, found)],
        **(
            compared.page(by, to, place, found.below, found.rural, query)
            if level != place.level
            else village.page(by, place, total, to, frozen=True)
        ),
        "children_word": level,
        "households_url": link(by, "workbench:households", place.code),
        "frozen": since(freeze),
        "source": source(by, place, freeze, frozen=True),
    }


def _frozen_map(by: Appointment, to: behind.Way, found: frozen_place.Seen) -> dict[str, Any]:
    """Of a county's villages one by one, above it of the places below. None where a guarantee was not in force on the freeze's day: of
    what nobody was asked a map would say that all of it is met."""
    if found.not_asked:
        return {}
    if found.place.level in MAPPED:
        return village_map.page(by, to, found.place, frozen_place.villages(found))
    return area_map.page(by, to, found.place, frozen_place.standings(found)) if found.children else {}


def _live_map(
    by: Appointment, to: behind.Way, place: Place, counts: areas.Counts, digits: int
) -> dict[str, Any]:
    if place.level in MAPPED:
        return village_map.page(by, to, place, counts.villages)
    if place.level == Level.VILLAGE:
        return {}
    keys = area_map.gathered(counts.villages, digits)
    told = [areas.Village(one, keys.get(one.code, frozenset())) for one in counts.below]
    return area_map.page(by, to, place, told)


def _own(
    by: Appointment, place: Place, households: int, freeze: Freeze | None, query: dict[str, str]
) -> dict[str, Any]:
    """How a village or county stands against its own standards: a village and a small county live, a large one as the
    newest freeze saw it, with the way to have it computed now."""
    if place.level not in (Level.VILLAGE, Level.COUNTY) or not households:
        return {}
    if place.level == Level.VILLAGE or households <= COMPUTED_UP_TO or query.get("own") == "live":
        return of_place(place)
    found = frozen_place.see(freeze, place) if freeze else None
    here = reverse("workbench:place", args=[place.code])
    return {
        "of_places": frozen_place.of_places(by, found, ("county",)) if found else [],
        "own_url": f"{here}?own=live",
    }


def source(by: Appointment, place: Place, freeze: Freeze | None, *, frozen: bool) -> dict[str, Any]:
    """Whether figures are live or of a freeze, which one, and the way to the other."""
    here = reverse("workbench:place", args=[place.code])
    other = None
    if frozen and place.level not in NEVER_LIVE:
        other = {"label": _("看实时"), "url": f"{here}?live=1"}
    elif not frozen and freeze is not None:
        other = {"label": _("看%(freeze)s") % {"freeze": said(since(freeze))}, "url": f"{here}?live=0"}
    if not frozen:
        return {"frozen": False, "label": _("实时"), "url": None, "id": "", "other": other}
    assert freeze is not None
    return {
        "frozen": True,
        # Of another day than the data's the name of the freeze says it.
        "label": said(since(freeze))
        if freeze.of_other_day
        else _("%(freeze)s · 按 %(day)s 的数据") % {"freeze": said(since(freeze)), "day": freeze.as_of},
        "url": link(by, "freezes:freeze", freeze.pk),
        "id": str(freeze.freeze_id)[:8],
        "other": other,
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
