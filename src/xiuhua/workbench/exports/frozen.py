"""Two freezes compared, as a table to be taken away: with both freezes' names, digests and rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.accounts.models import Appointment
from xiuhua.engine import load
from xiuhua.files.services import Asked, Column, NotThere, Table, columns
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import since
from xiuhua.places.terms import Level
from xiuhua.workbench.queries.frame import may, said
from xiuhua.workbench.queries.frozen import changed, comparing, opening
from xiuhua.workbench.queries.frozen import figure as words
from xiuhua.workbench.queries.frozen.pairing import Pair, change, pair
from xiuhua.workbench.queries.leads import open_to, rests_on_lists
from xiuhua.workbench.terms import Lane


def _pair(asked: Asked) -> Pair:
    try:
        found = pair(asked.place, asked.query)
    except Http404 as absent:
        raise NotThere from absent
    if found is None:
        raise NotThere
    return found


def _may_leave(by: Appointment, section: str, id: str) -> bool:
    """To whom its page is open, its table is; but what departments' lists say of somebody leaves in no file: it is looked at here, by
    handlers."""
    return open_to(by, section, id) and not rests_on_lists(section, id)


def _rule(asked: Asked) -> str:
    id = asked.query.get("rule", "")
    if id not in load().rules or not _may_leave(asked.by, "rules", id):
        raise NotThere
    return id


def _freeze(one: Freeze) -> str:
    tally = one.tally or {}
    return _("%(since)s · 编号 %(id)s · 校验值 %(digest)s · 规则按 %(day)s · 规则库 %(rulebook)s") % {
        "since": said(since(one)), "id": one.freeze_id, "digest": one.sha256, "day": one.as_of, "rulebook": tally.get("rulebook", ""),
    }  # fmt: skip


def _about(asked: Asked) -> list[tuple[str, Any]]:
    found = _pair(asked)
    told: list[tuple[str, Any]] = [(_("前一份"), _freeze(found.before)), (_("后一份"), _freeze(found.after))]
    if differs := words.between(found.before, found.after):
        told.append((_("注意"), _("两份所用的%(what)s不同") % {"what": words.source_words(differs)}))
    return told


def _rule_about(asked: Asked) -> list[tuple[str, Any]]:
    rule = load().rules[_rule(asked)]
    told = _about(asked)
    return [
        (_("规则"), f"{said(rule.says)} · {said(rule.clause)}"),
        *told,
        (_("结果"), _("两份都按现行规则重算")),
    ]


def _compared(asked: Asked) -> Iterator[dict[str, Any]]:
    yield from map(_dashed, comparing.table_rows(asked.by, _pair(asked)))


def _dashed(row: dict[str, Any]) -> dict[str, Any]:
    """A side that did not count it, as the page shows it: an empty cell would pass for a zero."""
    return {**row, **{side: "—" for side in ("before", "after", "by") if row[side] is None}}


def _households(asked: Asked) -> Iterator[dict[str, Any]]:
    yield from changed.every(asked.by, _pair(asked), _rule(asked))


COMPARED = Table(
    "数据快照比较", "Snapshots compared", "freezes.see",
    lambda asked: columns([
        (gettext_lazy("类别"), "what", 10), (gettext_lazy("名称"), "label", 36), (gettext_lazy("部分"), "part", 16), (gettext_lazy("条款"), "clause", 20),
        (gettext_lazy("前"), "before", 10), (gettext_lazy("后"), "after", 10), (gettext_lazy("差"), "by", 10),
        (gettext_lazy("说明"), "alone", 22),
    ]),
    _compared, _about, personal=False,
)  # fmt: skip

CHANGED = Table(
    "结果变化的户", "Households whose outcome changed", "registry.see",
    lambda asked: [
        Column(gettext_lazy("户主"), lambda row: row["label"], 12),
        *columns([
            (gettext_lazy("户编号"), "number", 22), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("成员或年度"), "unit", 12), (gettext_lazy("前"), "before", 10), (gettext_lazy("后"), "after", 10),
            (gettext_lazy("前一份看到的"), "before_because", 50), (gettext_lazy("后一份看到的"), "after_because", 50),
        ]),
    ],
    _households, _rule_about,
)  # fmt: skip


def _rule_places(asked: Asked) -> Iterator[dict[str, Any]]:
    """The rule's outcomes at the place itself, then how many fail in each place below."""
    found, id = _pair(asked), _rule(asked)
    one = comparing.ruled(found, id)
    for lane in words.OUTCOMES:
        yield _dashed(
            {
                "label": asked.place.name,
                "code": asked.place.code,
                "part": said(Lane(lane)),
                **change(*one.of(lane)),
            }
        )
    for row in comparing.rule_places(found, id) if asked.place.level != Level.VILLAGE else []:
        yield _dashed({**row, "part": said(Lane.FAILS)})


def _rule_places_about(asked: Asked) -> list[tuple[str, Any]]:
    rule = load().rules[_rule(asked)]
    return [(_("规则"), f"{said(rule.says)} · {said(rule.clause)}"), *_about(asked)]


RULE_PLACES = Table(
    "一条规则按地方比较", "A rule compared by place", "registry.see",
    lambda asked: columns([
        (gettext_lazy("地方"), "label", 18), (gettext_lazy("区划代码"), "code", 16), (gettext_lazy("部分"), "part", 12),
        (gettext_lazy("前"), "before", 10), (gettext_lazy("后"), "after", 10), (gettext_lazy("差"), "by", 10),
    ]),
    _rule_places, _rule_places_about, personal=False,
)  # fmt: skip


def _figure(asked: Asked) -> tuple[Freeze, words.Figure]:
    query = asked.query
    if query.get("section") not in opening.ADDRESS:
        raise NotThere
    try:
        freeze = words.freeze_or_404(query.get("freeze", ""), asked.place)
        figure = words.asked(query["section"], query.get("id", ""), query.get("lane", ""), query, asked.place)
        words.must_count(freeze, asked.place, figure)
    except Http404 as absent:
        raise NotThere from absent
    if not _may_leave(asked.by, figure.section, figure.id):
        raise NotThere
    return freeze, figure


def _behind(asked: Asked) -> Iterator[dict[str, Any]]:
    freeze, figure = _figure(asked)
    yield from opening.every(asked.by, freeze, asked.place, figure)


def _figure_about(asked: Asked) -> list[tuple[str, Any]]:
    freeze, figure = _figure(asked)
    head = words.head(freeze, figure, asked.place)
    told = [
        (_("数字"), f"{head['label']} · {head['lane']}"),
        (_("范围"), head["narrowed"] or _("全部")),
        (_("条款"), head["clause"]),
        (_("数据快照"), _freeze(freeze)),
    ]
    if head["changed"]:
        told.append((_("注意"), _("快照之后%(what)s有改动，按现行的重算") % {"what": head["changed"]}))
    return [one for one in told if one[1]]


BEHIND = Table(
    "数字背后的户", "Households behind a figure", "registry.see",
    lambda asked: [
        Column(gettext_lazy("户主"), lambda row: row["label"], 12),
        *columns([
            (gettext_lazy("户编号"), "number", 22), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("成员或年度"), "unit", 12),
            (gettext_lazy("快照时的状态"), "status", 18),
        ]),
        Column(gettext_lazy("快照里看到的"), lambda row: row["seen"]["because"], 60),
    ],
    _behind, _figure_about,
)  # fmt: skip


def _places(asked: Asked) -> list[dict[str, Any]]:
    freeze, figure = _figure(asked)
    if not may(asked.by, "workbench:household"):
        raise NotThere
    return opening.by_place(asked.by, freeze, asked.place, figure)["places"]


BY_PLACE = Table(
    "数字按地方", "A figure by place", "registry.see",
    lambda asked: columns([(gettext_lazy("地方"), "label", 18), (gettext_lazy("区划代码"), "code", 16), (gettext_lazy("数"), "count", 12)]),
    _places, _figure_about, personal=False,
)  # fmt: skip

TABLES = {
    "workbench.frozen_places": BY_PLACE,
    "workbench.frozen_households": BEHIND,
    "workbench.freezes_compared": COMPARED,
    "workbench.freezes_compared_households": CHANGED,
    "workbench.freezes_compared_places": RULE_PLACES,
}
