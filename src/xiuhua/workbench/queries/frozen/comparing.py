"""Two freezes of a place held against each other: first whether they were made by the same rules, then what changed, worst first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.engine import load
from xiuhua.files.queries import way
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Counts, Figures, since
from xiuhua.freezes.queries import below as below_of
from xiuhua.places.models import Place
from xiuhua.places.terms import Level
from xiuhua.registry.terms import HouseholdKind, Status
from xiuhua.workbench.queries.frame import below, crumbs, link, names_apart, said
from xiuhua.workbench.queries.frozen import changed
from xiuhua.workbench.queries.frozen import figure as words
from xiuhua.workbench.queries.frozen.figure import Figure
from xiuhua.workbench.queries.frozen.heads import WATCHED, Heads, opens
from xiuhua.workbench.queries.frozen.measured import measures
from xiuhua.workbench.queries.frozen.opening import to
from xiuhua.workbench.queries.frozen.pairing import Pair, change, held, pair
from xiuhua.workbench.queries.frozen_days import not_asked
from xiuhua.workbench.queries.frozen_place import watched
from xiuhua.workbench.queries.leads import open_to, rests_on_lists
from xiuhua.workbench.terms import Lane

KINDS = (
    ("registered", "poor"),
    ("registered", "exited"),
    ("registered", "returned"),
    ("watched", None),
    ("other", None),
)


def page(by: Appointment, place: Place, query: Mapping[str, str]) -> dict[str, Any]:
    """The context of workbench/compare.html."""
    found = pair(place, query)
    context = {**_frame(by, place, found), "pair": None}
    if found is None:
        return context
    every = rules(by, found)
    return context | {
        "pair": _pair(found),
        "stats": _stats(found),
        "rules": [_ruled(found, one) for one in every if one.changed],
        "same": sum(not one.changed for one in every),
        "measures": measures(by, found),
        "places": places(found),
        "places_word": said(below(place)[0]) if place.level != Level.VILLAGE else "",
        "export_url": way(by, "workbench.freezes_compared", **found.query),
    }


def _frame(by: Appointment, place: Place, found: Pair | None) -> dict[str, Any]:
    return {
        "crumbs": crumbs(by, place.code, whole=True),
        "place": place.name,
        "place_code": place.code,
        "offered": [
            {
                "id": one.pk,
                "label": f"{said(since(one))} · {one.area_name}",
                "before": found is not None and one.pk == found.before.pk,
                "after": found is not None and one.pk == found.after.pk,
            }
            for one in held(place)
        ],
        "compare_url": reverse("workbench:compare"),
        "freezes_url": link(by, "freezes:list", place=place.code),
    }


def _pair(found: Pair) -> dict[str, Any]:
    """Both freezes, and what makes them differ but the villages' work."""
    notices = []
    if differs := words.between(found.before, found.after):
        sentence = _(
            "两份快照所用的%(what)s不同：因此变的数不是村里工作的变化。点开一条规则，可看两份都按现行规则重算的数。"
        )
        notices.append(
            {
                "tone": "straw",
                "title": _("先看这里"),
                "sentence": sentence % {"what": words.source_words(differs)},
            }
        )
    if found.before.as_of != found.after.as_of:
        sentence = _("规则分别按 %(a)s 和 %(b)s 判断：这期间起止的规则、变动的数值也会改变结果。")
        notices.append(
            {
                "tone": "plain",
                "title": "",
                "sentence": sentence % {"a": found.before.as_of, "b": found.after.as_of},
            }
        )
    return {
        "sides": [_one(found.before), _one(found.after)],
        "notices": notices,
    }  # fmt: skip


def _one(freeze: Freeze) -> dict[str, Any]:
    return {
        "label": since(freeze),
        "url": reverse("freezes:freeze", args=[freeze.pk]),
        "as_of": freeze.as_of,
        "digest": freeze.sha256[:12],
        "version": str((freeze.tally or {}).get("rulebook", ""))[:12],
    }


def _stats(found: Pair) -> list[dict[str, Any]]:
    """Households and people, and households by kind and status."""
    one, other = found.figures()
    told: list[tuple[str, Heads | Figure, int]] = [
        (_("户数"), Heads(), 0),
        (_("人数"), Heads(people=True), 0),
    ]
    for kind, status in KINDS:
        label = said(Status(status)) if status else said(HouseholdKind(kind))
        what = WATCHED if kind == "watched" else Heads(kind, status or "")
        told.append((label, what, {"poor": 1, "returned": 1}.get(status or "", 0)))
    rows = []
    for label, what, worse in told:
        counts = watched(one, other) if what is WATCHED else [what.count(of) for of in (one, other)]
        if any(counts) or (isinstance(what, Heads) and not what.kind):
            urls = {
                "before_url": opens(found.before, one, what, counts[0]),
                "after_url": opens(found.after, other, what, counts[1]),
            }
            rows.append({"label": label, **change(*counts, worse=worse), **urls})
    return rows


@dataclass(frozen=True)
class Ruled:
    """Outcomes of one rule in both freezes; None where the freeze did not ask it."""

    id: str
    before: Mapping[str, int] | None
    after: Mapping[str, int] | None

    def of(self, lane: str) -> tuple[int | None, int | None]:
        """How many before and after."""
        return (
            self.before[lane] if self.before is not None else None,
            self.after[lane] if self.after is not None else None,
        )

    def by(self, lane: str) -> int:
        before, after = self.of(lane)
        return (after or 0) - (before or 0)

    @property
    def changed(self) -> bool:
        return self.before != self.after


def rules(by: Appointment, found: Pair) -> list[Ruled]:
    """Every rule that one of the two asked, worst first: more that fail, then more that nobody knows. What departments' lists say of
    somebody, and what speaks against an exit, is for those who handle it."""
    one, other = (held_of.all("rules") for held_of in found.figures())
    known = load().rules
    listed = [
        Ruled(id, _lanes(one.get(id)), _lanes(other.get(id)))
        for id in sorted({*one, *other})
        if id in known and open_to(by, "rules", id)
    ]
    return sorted(listed, key=lambda rule: (-rule.by("fails"), -rule.by("not_known"), rule.id))


def _lanes(counts: Mapping[str, Any] | None) -> dict[str, int] | None:
    if counts is None:
        return None
    return {lane: int(counts.get(lane, 0)) for lane in words.OUTCOMES}


def _alone(found: Pair, one: Ruled) -> str:
    """That one of the two did not ask the rule; empty where both did."""
    if one.before is None or one.after is None:
        return _("前一份没有这条规则") if one.before is None else _("后一份没有这条规则")
    # A rule that was not in force on the day counts everybody as not concerned.
    sides = ((found.before, one.before), (found.after, one.after))
    told = (not_asked(freeze, load().rules[one.id], Counts(**lanes)) for freeze, lanes in sides)
    return next(filter(None, told), "")


def _ruled(found: Pair, one: Ruled) -> dict[str, Any]:
    rule = load().rules[one.id]
    return {
        "label": said(rule.says),
        "url": found.url(one.id),
        "clause": said(rule.clause),
        "clause_url": reverse("workbench:rule", args=[one.id]),
        "alone": _alone(found, one),
        "fails": change(*one.of("fails"), worse=1),
        "unknown": change(*one.of("not_known"), worse=1),
        "holds": change(*one.of("holds")),
    }


def places(found: Pair) -> list[dict[str, Any]]:
    """Places below with their poor and returned people in both, worst first."""
    if found.place.level == Level.VILLAGE:
        return []
    return _placed(found, lambda one: one.persons("registered", ("poor", "returned")), lambda code: found_url(found, code))  # fmt: skip


def found_url(found: Pair, code: str, rule: str = "") -> str:
    """The same comparison of another place."""
    address = reverse("workbench:compare_rule", args=[rule]) if rule else reverse("workbench:compare")
    return f"{address}?{urlencode({**found.query, 'place': code})}"


def _placed(
    found: Pair,
    count: Callable[[Figures], int],
    url: Callable[[str], str],
    fetch: str = "",
    asked: tuple[bool, bool] = (True, True),
) -> list[dict[str, Any]]:
    """fetch: the rule that is counted; asked: whether each of the two did."""
    level = below(found.place)[0].value
    sides = [below_of(one, found.place.code, level) for one in (found.before, found.after)]
    for side in sides:
        first = next(iter(side.values()), None)
        if fetch and first is not None:
            first.held.fetch(rules=[fetch])
    codes = sorted({*sides[0], *sides[1]})
    names = names_apart(codes)
    rows = [
        {
            "label": names.get(code, code),
            "code": code,
            "url": url(code),
            **change(
                *(
                    count(side[code]) if there and code in side else None
                    for side, there in zip(sides, asked, strict=True)
                ),
                worse=1,
            ),
        }
        for code in codes
    ]
    return sorted(rows, key=lambda row: (-(row["by"] if row["by"] is not None else 0), row["code"]))


# --- one rule -------------------------------------------------------------------------------------------------------


def rule_page(by: Appointment, place: Place, id: str, query: Mapping[str, str]) -> dict[str, Any] | None:
    """The context of workbench/compare_rule.html; None where there are not two freezes."""
    found = pair(place, query)
    if found is None:
        return None
    one = ruled(found, id)
    rule = load().rules[id]
    return {
        **_frame(by, place, found),
        "pair": _pair(found),
        "rule": {
            "says": said(rule.says),
            "clause": said(rule.clause),
            "url": reverse("workbench:rule", args=[id]),
        },
        "back_url": found.url(),
        "outcomes": [
            {
                "label": said(Lane(lane)),
                "lane": lane,
                **change(*one.of(lane), worse={"fails": 1, "not_known": 1, "holds": -1}.get(lane, 0)),
                **_ways(found, one, lane),
            }
            for lane in words.OUTCOMES
        ],
        "places": rule_places(found, id) if place.level != Level.VILLAGE else [],
        "places_word": said(below(place)[0]),
        "export_url": None
        if rests_on_lists("rules", id)
        else way(by, "workbench.freezes_compared_households", **found.query, rule=id),
        "places_url": None
        if rests_on_lists("rules", id)
        else way(by, "workbench.freezes_compared_places", **found.query, rule=id),
        **changed.context(by, found, id, query),
    }


def _ways(found: Pair, one: Ruled, lane: str) -> dict[str, str | None]:
    """Where an outcome opens in both; None where the freeze did not ask the rule: there is no page of it."""
    figure = Figure("rules", one.id, lane)
    urls = [
        to(freeze, found.place.code, figure) if asked is not None else None
        for freeze, asked in ((found.before, one.before), (found.after, one.after))
    ]
    return {"before_url": urls[0], "after_url": urls[1]}


def ruled(found: Pair, id: str) -> Ruled:
    """One rule in both."""
    one, other = (held_of.all("rules") for held_of in found.figures())
    return Ruled(id, _lanes(one.get(id)), _lanes(other.get(id)))


def rule_places(found: Pair, id: str) -> list[dict[str, Any]]:
    """How many fail in each place below, worst first."""
    one = ruled(found, id)
    asked = one.before is not None, one.after is not None
    return _placed(
        found, lambda at: at.rule(id).fails, lambda code: found_url(found, code, id), fetch=id, asked=asked
    )


def table_rows(by: Appointment, found: Pair) -> Iterator[dict[str, Any]]:
    """The page as one table, for whoever takes it away; but for what rests on departments' lists, which is looked at there."""

    def line(what: str, label: str, part: str, counts: Mapping[str, Any], clause: str = "") -> dict[str, Any]:
        return {"what": what, "label": label, "part": part, "clause": clause, **counts}

    for row in _stats(found):
        yield line(_("户和人"), row["label"], "", row)
    for one in rules(by, found):
        if one.changed and not rests_on_lists("rules", one.id):
            rule, alone = load().rules[one.id], _alone(found, one)
            for lane in words.OUTCOMES:
                counts = {**change(*one.of(lane)), "alone": alone}
                if counts["by"] != 0:
                    yield line(_("规则"), said(rule.says), said(Lane(lane)), counts, said(rule.clause))
    for row in measures(by, found, with_lists=False):
        yield line(_("指标"), row["label"], row["part"], row)
    for row in places(found):
        yield line(_("区划"), row["label"], _("未脱贫和返贫人口"), row)
