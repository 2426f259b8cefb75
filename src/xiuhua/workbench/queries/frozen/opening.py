"""A frozen figure opened: to its households within a county, to the places below above it, to safe counts for who sees no household."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlencode

import pyarrow as pa
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.common.paging import PAGE, pager
from xiuhua.engine import Library, Outcome, Seen
from xiuhua.engine.tally import behind
from xiuhua.files.queries import way
from xiuhua.freezes.models import Freeze, HouseholdKey, PersonKey
from xiuhua.freezes.queries import figures
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.models import Household
from xiuhua.workbench.queries import frozen_days
from xiuhua.workbench.queries.frame import below, crumbs, language, link, may, names_apart, said
from xiuhua.workbench.queries.frozen import figure as words
from xiuhua.workbench.queries.frozen import safe
from xiuhua.workbench.queries.frozen.figure import Figure
from xiuhua.workbench.queries.leads import let_go, rests_on_lists
from xiuhua.workbench.queries.standard import because, shown_fact, shown_figure

AT_ONCE = 500
# Id, head and number of a household; nobody where its link was destroyed.
Home = tuple[int | None, str, str]
NOBODY: Home = (None, "", "")
ADDRESS = {
    "rules": "workbench:frozen_rule",
    "measures": "workbench:frozen_measure",
    "facts": "workbench:frozen_fact",
}
# Longer codes are of a county or lie in one: its households are looked for when somebody asks, which takes a second.
COUNTY = 6


def page(
    by: Appointment, freeze: Freeze, place: Place, figure: Figure, query: Mapping[str, str]
) -> dict[str, Any]:
    """The context of workbench/frozen.html."""
    context: dict[str, Any] = {
        "crumbs": crumbs(by, place.code, whole=True),
        "figure": words.head(freeze, figure, place),
        "total": figure.count(figures(freeze, place.code)),
        "rows": [],
        "places": None,
        "notices": [],
        "pager": None,
        "compare_url": link(by, "workbench:compare", place=place.code, b=freeze.pk),
        "in_files": in_files(freeze, place.code, figure),
    }
    judged = frozen_days.of_figure(
        freeze, place, figure.id if figure.section == "rules" else None, figures(freeze, place.code)
    )
    if not may(by, "workbench:household"):
        # The page of the freeze itself is not for every post that reads safe counts of it.
        context["figure"]["freeze_url"] = link(by, "freezes:freeze", freeze.pk)
        told = {"total": None, "in_files": "", "notices": judged}
        return context | told | safe.table(by, freeze, place, figure)
    opened = _opened(by, freeze, place, figure, query)
    return context | opened | {"notices": [*judged, *opened.get("notices", [])]}


def _opened(
    by: Appointment, freeze: Freeze, place: Place, figure: Figure, query: Mapping[str, str]
) -> dict[str, Any]:
    records = (
        words.records(freeze, place.code) if len(place.code) >= COUNTY and place.code.isdecimal() else None
    )
    if records is None or words.is_sum(figure):
        absent = words.without_files(freeze, place.code) if len(place.code) >= COUNTY else ""
        return by_place(by, freeze, place, figure, absent=absent)
    return _households(by, freeze, records, place, figure, query)


def to(freeze: Freeze, place_code: str, figure: Figure, **more: Any) -> str:
    """The address of a figure at a place."""
    kept = {**figure.query, **{name: value for name, value in more.items() if value not in (None, "")}}
    address = reverse(ADDRESS[figure.section], args=[freeze.pk, place_code, figure.id, figure.lane])
    return address + (f"?{urlencode(kept)}" if kept else "")


def in_files(freeze: Freeze, place_code: str, figure: Figure) -> str:
    """Under which name `xiuhua tally --figure` tells it from the files: the end of its address, whatever number the freeze has here."""
    before = reverse("freezes:freeze", args=[freeze.pk])
    return unquote(to(freeze, place_code, figure).removeprefix(before))


# --- households -----------------------------------------------------------------------------------------------------


def _households(
    by: Appointment, freeze: Freeze, records: Any, place: Place, figure: Figure, query: Mapping[str, str]
) -> dict[str, Any]:
    area = scope_of(place.code)
    if gone := let_go(area, freeze.taken_at, figure.section, figure.id):
        return by_place(by, freeze, place, figure, absent=gone) | {"let_go": True}
    try:
        library, own = words.rulebook_of(freeze, records)
        found = behind.units(
            records, figure.section, figure.id, area.lo, area.hi, library=library, lane=figure.lane
        )
    except behind.NoSuchFigure as absent:
        raise Http404 from absent
    table = found.of(figure.lane, figure.kinds, figure.statuses)
    if found.grain not in behind.HOUSEHOLD_GRAINS:
        return _villages(by, table)
    first, turned = pager(
        table.num_rows, query.get("page", ""), lambda number: to(freeze, place.code, figure, page=number)
    )
    shown = table.slice(first, PAGE)
    told = {
        "grain": found.grain,
        "found": table.num_rows,
        "households": len(set(table.column("household_key").to_pylist())),
        "rows": rows(by, records, library, found, shown, figure),
        "pager": turned,
        "villages": _in_villages(freeze, place, figure, table),
    }
    export = None if rests_on_lists(figure.section, figure.id) else way(
        by, "workbench.frozen_households", place=place.code, freeze=freeze.pk,
        section=figure.section, id=figure.id, lane=figure.lane, **figure.query,
    )  # fmt: skip
    return {**told, "notices": _notices(freeze, place, figure, table, told, own=own), "export_url": export}


def every(by: Appointment, freeze: Freeze, place: Place, figure: Figure) -> Iterator[dict[str, Any]]:
    """All households behind a figure, some hundreds at a time; none where the files were moved away."""
    records, area = words.records(freeze, place.code), scope_of(place.code)
    if records is None or len(place.code) < COUNTY:
        return
    library, _own = words.rulebook_of(freeze, records)
    found = behind.units(
        records, figure.section, figure.id, area.lo, area.hi, library=library, lane=figure.lane
    )
    table = found.of(figure.lane, figure.kinds, figure.statuses)
    for first in range(0, table.num_rows, AT_ONCE):
        yield from rows(by, records, library, found, table.slice(first, AT_ONCE), figure)


def _in_villages(freeze: Freeze, place: Place, figure: Figure, table: pa.Table) -> list[dict[str, Any]]:
    """By village, most first; nothing to choose within one."""
    counted = Counter(table.column("village_code").to_pylist())
    if place.level == Level.VILLAGE or len(counted) < 2:
        return []
    names = names_apart(counted)
    return [
        {"label": names.get(code, code), "count": n, "url": to(freeze, code, figure), "current": False}
        for code, n in counted.most_common()
    ]


def _notices(
    freeze: Freeze, place: Place, figure: Figure, table: pa.Table, told: dict[str, Any], *, own: bool
) -> list[dict[str, Any]]:
    """What whoever reads the list must know: other rules than then (`own`: it was opened by those of then), households that no
    link leads to any more."""
    notices = []
    counted = figure.count(figures(freeze, place.code))
    if not own and (changed := words.source_words(words.otherwise(freeze))):
        sentence = _("快照之后%(what)s有改动。下面按现行的重算：%(now)s；快照里的数是 %(then)s。")
        values = {"what": changed, "now": f"{told['found']:,}", "then": f"{counted:,}"}
        notices.append({"tone": "straw", "title": "", "sentence": sentence % values})
    gone = _without_link(table, scope_of(place.code))
    if gone:
        sentence = ngettext(
            "其中 %(n)s 户与登记的关联已依法销毁：计入总数，不再能打开。",
            "其中 %(n)s 户与登记的关联已依法销毁：计入总数，不再能打开。",
            gone,
        )
        notices.append({"tone": "plain", "title": "", "sentence": sentence % {"n": f"{gone:,}"}})
    return notices


def _without_link(table: pa.Table, area: Any) -> int:
    """Households whose link to the register was destroyed."""
    empty = HouseholdKey.objects.filter(
        village_code__gte=area.lo, village_code__lt=area.hi, household__isnull=True
    )
    gone = set(empty.values_list("key", flat=True))
    return len(gone & set(table.column("household_key").to_pylist())) if gone else 0


def rows(
    by: Appointment, records: Any, library: Library, found: behind.Units, shown: pa.Table, figure: Figure
) -> list[dict[str, Any]]:
    """Units as a list shows them: the household as it is now, and what was seen of it then."""
    if not shown.num_rows:
        return []
    names = ["kind", "status", *_of_interest(records, library, figure)]
    prefix = "" if found.grain == "household" else "household."
    facts = [f"{prefix}{one}" if one in ("kind", "status") else one for one in names]
    rules = [figure.id] if figure.section == "rules" else []
    selection, seen = behind.seen(records, found.grain, shown, rules, facts, library)  # type: ignore[arg-type]
    columns = {name: shown.column(name).to_pylist() for name in shown.column_names}
    known = register(columns["household_key"])
    villages = names_apart(columns["village_code"])
    people = people_of(columns.get("person_key", []))
    made = []
    for at, row in enumerate(seen):
        key, village = columns["household_key"][at], columns["village_code"][at]
        unit = unit_of(found.unit, {name: values[at] for name, values in columns.items()}, people)
        outcome = library.outcome(figure.id, row, selection) if row and rules else None
        values = outcome.facts if outcome else _values(library, row, selection)
        made.append(
            {
                **household_of(by, key, known),
                "village": villages.get(village, village),
                "unit": unit,
                "status": words.frozen_status(columns["kind"][at], columns["status"][at]),
                "seen": _seen(outcome, values),
            }
        )
    return made


def _of_interest(records: Any, library: Library, figure: Figure) -> list[str]:
    """Facts that are shown beside a fact or measure: what it names itself."""
    if figure.section == "rules":
        return []
    return behind.names_read(records, figure.section, figure.id, library)


def _values(library: Library, row: Mapping[str, Any] | None, selection: Any) -> list[Seen]:
    if row is None:
        return []
    return [
        one
        for one in library.facts_seen(row, selection)
        if one.fact.rpartition("__")[2] not in ("kind", "status")
    ]


def _seen(outcome: Outcome | None, values: list[Seen]) -> dict[str, Any]:
    """What was seen, as design/basis.html takes it, and in one line."""
    comma = _("，")
    line = because(outcome) if outcome else comma.join(
        f"{one.says(language())} {one.text(language())}" for one in values
    )  # fmt: skip
    return {
        "because": line,
        "facts": [shown_fact(one) for one in values],
        "figures": [shown_figure(one) for one in (outcome.figures if outcome else [])],
        "source": outcome.rule.source if outcome else "",
        "evidence": outcome.evidence if outcome else None,
    }


def register(keys: list[int]) -> dict[int, Home]:
    """Key to id, head and number of a household within the area; id None where the link was destroyed."""
    held = dict(HouseholdKey.objects.filter(key__in=keys).values_list("key", "household_id"))
    ids = [one for one in held.values() if one is not None]
    homes: dict[int, Home] = {
        pk: (pk, name or "", number)
        for pk, name, number in Household.objects.filter(pk__in=ids).values_list("pk", "head_name", "number")
    }
    return {key: homes.get(pk, NOBODY) if pk is not None else NOBODY for key, pk in held.items()}


def household_of(by: Appointment, key: int, known: Mapping[int, Home]) -> dict[str, Any]:
    """The household of a key: its name and where it is shown; or why it is not."""
    if key not in known:
        return {"label": _("已不在本区域"), "number": "", "url": None, "gone": True}
    pk, name, number = known[key]
    if pk is None:
        return {"label": _("关联已销毁"), "number": "", "url": None, "gone": True}
    return {
        "label": name or _("户主不明"),
        "number": number,
        "url": link(by, "workbench:household", pk),
        "gone": False,
    }


def people_of(keys: list[int]) -> dict[int, str]:
    """Key to name of persons within the area whose link is there."""
    held = PersonKey.objects.filter(key__in=keys, person__isnull=False)
    return {key: name or "" for key, name in held.values_list("key", "person__name")} if keys else {}


def unit_of(unit: str | None, row: Mapping[str, Any], people: Mapping[int, str]) -> str:
    """Which of a household's members or years a row is of; empty where it is of the household."""
    if unit == "person_key":
        return people.get(row["person_key"]) or _("已不在册的成员")
    return _("%(year)s 年") % {"year": row["year"]} if unit == "year" else ""


def _villages(by: Appointment, table: pa.Table) -> dict[str, Any]:
    """Villages or counties, of which a rule of theirs speaks."""
    codes = table.column(
        "village_code" if "village_code" in table.column_names else "county_code"
    ).to_pylist()
    names = names_apart(codes)
    return {
        "grain": "village",
        "found": len(codes),
        "households": None,
        "rows": [],
        "villages": [
            {"label": names.get(code, code), "count": None, "url": link(by, "workbench:place", code), "current": False}
            for code in codes
        ],
    }  # fmt: skip


# --- places ---------------------------------------------------------------------------------------------------------


def by_place(
    by: Appointment, freeze: Freeze, place: Place, figure: Figure, *, absent: str = ""
) -> dict[str, Any]:
    """Above a county, or where no household is opened (`absent` says why): how many in each place below."""
    level, _digits = below(place)
    counted = [(code, figure.count(one)) for code, one in words.places_below(freeze, place, figure).items()]
    names = names_apart(code for code, _n in counted)
    notice = {"tone": "plain", "title": "", "sentence": absent}
    return {
        "places": [
            {"label": names.get(code, code), "code": code, "count": n, "url": to(freeze, code, figure) if code != place.code else None}
            for code, n in sorted(counted, key=lambda one: -one[1])
            if n
        ],
        "places_word": said(level),
        "notices": [notice] if absent else [],
        "export_url": None if rests_on_lists(figure.section, figure.id) else way(
            by, "workbench.frozen_places", place=place.code, freeze=freeze.pk,
            section=figure.section, id=figure.id, lane=figure.lane, **figure.query,
        ),
    }  # fmt: skip
