"""One frozen figure: what it counts, in words, how many at a place, and from which freeze and by which rules."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xiuhua.common.asked import key, row_key
from xiuhua.engine import Library, freezing, load
from xiuhua.engine.freezing.manifest import MANIFEST
from xiuhua.engine.nodes import Kind, Ref
from xiuhua.engine.outcomes import written
from xiuhua.engine.tally import counted_at, counted_by, is_part
from xiuhua.engine.tally.making import of_fact, of_measure
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Counts, Figures, figures, since
from xiuhua.freezes.queries import below as below_of
from xiuhua.freezes.services import records_of
from xiuhua.freezes.terms import ALL, Step
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.registry.terms import HouseholdKind, Status
from xiuhua.rulebook.marked import RulebookError
from xiuhua.rulebook.models import Measure
from xiuhua.workbench.queries.frame import below, language, said
from xiuhua.workbench.queries.rulebook.words import term
from xiuhua.workbench.terms import Lane

logger = logging.getLogger(__name__)
# Parts that are sums, by the form of a measure.
SUMS = {"share": ("of", "per"), "gap": ("persons", "gap", "gap2")}
OUTCOMES = ("holds", "fails", "not_known", "not_applicable")
TONES = {"fails": "red", "not_known": "straw", "unknown": "straw", "holds": "leaf", "checked": "leaf"}
# What a tally is computed by and a page can be computed by otherwise.
VERSIONS = ("rulebook", "facts", "contract")


@dataclass(frozen=True)
class Figure:
    """A count of a tally: of a rule an outcome, of a fact or measure one of its parts; of some kinds and statuses."""

    section: str
    id: str
    lane: str
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def count(self, figures: Figures, lane: str | None = None) -> int:
        """How many were counted at a place."""
        if self.section == "rules":
            return int(getattr(figures.rule(self.id, **self._wanted), lane or self.lane))
        held = self.held(figures)
        parts = held.get("parts", {})
        return int(parts.get(lane or self.lane, held.get(lane or self.lane, 0)) or 0)

    def held(self, figures: Figures) -> Mapping[str, Any]:
        """All counts of a fact or measure at a place."""
        read = figures.fact if self.section == "facts" else figures.measure
        return read(self.id, **self._wanted)

    @property
    def _wanted(self) -> dict[str, tuple[str, ...] | None]:
        return {"kind": self.kinds or None, "status": self.statuses or None}

    @property
    def query(self) -> dict[str, str]:
        """What an address keeps of it."""
        told = {"kind": ",".join(self.kinds), "status": ",".join(self.statuses)}
        return {name: value for name, value in told.items() if value}


def asked(section: str, id: str, lane: str, query: Mapping[str, str], place: Place) -> Figure:
    """The figure that an address names. Http404 for one that is not counted: no such id or outcome, by no such kind or status (`all`:
    any), or not at places as small as this."""
    library = load()
    known: Mapping[str, Any] = {
        "rules": library.rules,
        "facts": library.facts,
        "measures": library.measures,
    }[section]
    if id not in known or (section == "rules" and lane not in (*OUTCOMES, "checked")):
        raise Http404
    its = str(known[id].grain)
    if not counted_at(its, place.code):
        raise Http404
    chosen = [
        _narrowed(query.get(name, ""), words)
        for name, words in zip(("kind", "status"), counted_by(its), strict=True)
    ]
    return Figure(section, id, lane, *chosen)


def _narrowed(told: str, known: Collection[str]) -> tuple[str, ...]:
    """Words of an address, none where all are meant. A word that is none would be told as everybody or as nobody: Http404."""
    found = [one for one in told.split(",") if one]
    if any(one not in known for one in found):
        raise Http404
    return () if ALL in found else tuple(found)


def must_count(freeze: Freeze, place: Place, figure: Figure) -> None:
    """Http404 for a figure that the freeze does not count there."""
    if not is_counted(figures(freeze, place.code), figure):
        raise Http404


def is_counted(own: Figures, figure: Figure) -> bool:
    """Whether a figure is counted at a place, if only as zero. Not so a part that is none, unless the freeze's own rules had it, and a
    rule or fact that came after the freeze."""
    if figure.section != "rules" and not is_part(figure.held(own), figure.lane):
        return False
    return bool(figure.count(own)) or (figure.lane in _lanes(figure) and not _came_after(own, figure))


def _came_after(own: Figures, figure: Figure) -> bool:
    """Of each household a rule or fact is counted somehow, if it is no more than not known: nothing says that nobody counted it."""
    if figure.section == "measures" or grain(figure) != "household" or not own.households():
        return False
    return own.rule(figure.id) == Counts() if figure.section == "rules" else not own.fact(figure.id)


def _lanes(figure: Figure) -> tuple[str, ...]:
    """Every part by which a figure is counted today, also those that are zero."""
    library = load()
    if figure.section == "rules":
        return (*OUTCOMES, "checked")
    cell = (
        of_fact(library, library.facts[figure.id])
        if figure.section == "facts"
        else of_measure(library, figure.id)
    )
    return (*cell.lanes, *cell.sums)


def freeze_or_404(pk: int | str, place: Place) -> Freeze:
    """A finished freeze that holds the place."""
    found = Freeze.objects.filter(pk=row_key(str(pk)), step=Step.DONE).first()
    if found is None or not scope_of(found.place_code).covers(place.code):
        raise Http404
    return found


def places_below(freeze: Freeze, place: Place, figure: Figure) -> Mapping[str, Figures]:
    """Figures of the places below by code, with what a figure needs read for all of them."""
    found = below_of(freeze, place.code, below(place)[0].value)
    for one in found.values():
        one.held.fetch(**{figure.section: [figure.id]})
        break
    return found


def records(freeze: Freeze, place_code: str) -> freezing.Freeze | None:
    """The freeze's files; None where they were moved away, or those of the place's province are not as they were sealed."""
    found = _files(freeze, place_code)
    return found if isinstance(found, freezing.Freeze) else None


def without_files(freeze: Freeze, place_code: str) -> str:
    """Why a freeze cannot be opened to its households; empty where it can."""
    found = _files(freeze, place_code)
    if isinstance(found, freezing.Freeze):
        return ""
    if not records_of(freeze).is_dir():
        return _("快照的文件已移到别处保存，不能打开到户。把文件夹放回原处后再看。")
    return _("快照的文件与封存时不同（%(file)s），不能打开到户。请系统管理员从备份取回。") % {"file": found}


def _files(freeze: Freeze, place_code: str) -> freezing.Freeze | str:
    """The files, or the name of the first that is not as it was sealed. Digests are kept for some minutes."""
    try:
        found = freezing.open_freeze(records_of(freeze))
        found.check(place_code[:2], kept=True)
    except freezing.FreezeDamaged as damaged:
        return damaged.file
    except OSError as absent:
        return Path(absent.filename or "").name
    return found if found.sha256 == freeze.sha256 else MANIFEST


def rulebook_of(freeze: Freeze, records: freezing.Freeze) -> tuple[Library, bool]:
    """The rules that a freeze's figures were counted by, and that they are these; else today's, which may count otherwise."""
    tally = freeze.tally or {}
    if all(tally.get(name) == getattr(records.manifest, name) for name in VERSIONS):
        try:
            return freezing.rulebook_of(records), bool(records.manifest.sources)
        except (freezing.FreezeDamaged, RulebookError) as why:
            logger.warning("rules of the freeze %s cannot be read: %s", freeze.freeze_id, why)
    return load(), False


def otherwise(freeze: Freeze) -> list[str]:
    """Of the sources of its figures, those that are others today: rulebook, facts, contract."""
    tally, now = freeze.tally or {}, freezing.versions()
    return [name for name in VERSIONS if tally.get(name) not in (None, getattr(now, name))]


def between(before: Freeze, after: Freeze) -> list[str]:
    """Of the sources of figures, those in which two freezes differ."""
    one, other = before.tally or {}, after.tally or {}
    return [name for name in (*VERSIONS, "engine") if one.get(name) != other.get(name)]


def source_words(names: list[str]) -> str:
    """rulebook, facts, contract, engine as people say them."""
    words = {
        "rulebook": _("规则库"),
        "facts": _("事实定义"),
        "contract": _("记录约定"),
        "engine": _("计算程序"),
    }
    return _("、").join(str(words[name]) for name in names)


def label(figure: Figure) -> str:
    """What a figure is of."""
    library = load()
    if figure.section == "rules":
        return said(library.rules[figure.id].says)
    if figure.section == "facts":
        return said(library.facts[figure.id].says)
    return said(library.measures[figure.id].says)


def lane_words(figure: Figure) -> str:
    """Which outcome or part it is."""
    if figure.section == "measures" and figure.lane == "poor" and load().measures[figure.id].form == "gap":
        return _("低于标准的人")
    if is_sum(figure):
        measure = load().measures[figure.id]
        fact = load().facts.get(str(measure.of_ if figure.lane == "of" else measure.per))
        if fact is not None:
            return said(fact.says)
    if figure.lane in Lane._value2member_map_:
        return term(Lane, figure.lane)
    library = load()
    if figure.section == "facts":
        fact = library.facts[figure.id]
        ref = Ref(fact.grain, fact.id, Kind(fact.type), True)
        list_id = library.vocabularies.id_of(ref)
        words = library.vocabularies.words(list_id) if list_id else {}
        lane = year if fact.unit == "year" and (year := key(figure.lane)) is not None else figure.lane
        return written(lane, fact.unit if fact.unit == "year" else None, words, language())
    return _measure_part(figure)


def _measure_part(figure: Figure) -> str:
    """A part of a measure in words: as it is called, a band of numbers, or a code."""
    measure = load().measures[figure.id]
    if measure.parts and figure.lane in measure.parts:
        return said(measure.parts[figure.lane].says)
    if measure.bands is not None and figure.lane == "-":
        low = written(measure.bands.from_, measure.band_unit, {}, language())
        return _("不足 %(low)s") % {"low": low}
    if measure.bands is not None and (edge := key(figure.lane)) is not None:
        return _band(measure, edge)
    if "of" in load().measure_nodes[figure.id].nodes:
        list_id = load().vocabularies.id_of(load().measure_nodes[figure.id].nodes["of"])
        words = load().vocabularies.words(list_id) if list_id else {}
        return written(figure.lane, None, words, language())
    return figure.lane


def _band(measure: Measure, edge: int) -> str:
    assert measure.bands is not None
    low = written(edge, measure.band_unit, {}, language())
    if edge >= measure.bands.to:
        return _("%(low)s 及以上") % {"low": low}
    if measure.bands.step == 1:
        return low
    return f"{edge:,}–{written(edge + measure.bands.step, measure.band_unit, {}, language())}"


def grain(figure: Figure) -> str:
    """Of what it counts: household, person, period, village, county."""
    library = load()
    known: Mapping[str, Any] = {
        "rules": library.rules,
        "facts": library.facts,
        "measures": library.measures,
    }[figure.section]
    return str(known[figure.id].grain)


def unit(figure: Figure) -> str:
    """The word behind its number."""
    words = {
        "household": pgettext("unit", "户"),
        "person": pgettext("unit", "人"),
        "period": pgettext("unit", "户年"),
        "village": pgettext("unit", "个村"),
        "county": pgettext("unit", "个县"),
    }
    if figure.section == "measures" and is_sum(figure) and figure.lane in ("of", "per"):
        summed = load().facts.get(
            str(getattr(load().measures[figure.id], "of_" if figure.lane == "of" else "per"))
        )
        return str(words["person"] if summed is not None and summed.unit == "person" else "")
    of_persons = figure.section == "measures" and load().measures[figure.id].form == "gap"
    return str(words["person"] if of_persons and figure.lane == "poor" else words.get(grain(figure), ""))


def is_sum(figure: Figure) -> bool:
    """Whether a part adds up values instead of counting rows: it opens to places, and to no list of who was counted."""
    return figure.section == "measures" and figure.lane in SUMS.get(load().measures[figure.id].form, ())


def entry_url(figure: Figure) -> str:
    """Where it is said what the figure means."""
    pages = {"rules": "workbench:rule", "facts": "workbench:fact", "measures": "workbench:measure"}
    return reverse(pages[figure.section], args=[figure.id])


def narrowed(figure: Figure) -> str:
    """Which kinds and statuses of households are meant."""
    kinds = [said(HouseholdKind(one)) for one in figure.kinds]
    statuses = [said(Status(one)) if one != "none" else _("没有状态") for one in figure.statuses]
    return _("、").join([*kinds, *statuses])


def head(freeze: Freeze, figure: Figure, place: Place) -> dict[str, Any]:
    """What stands above a frozen figure's lists: what it is, where, from when, by which rules."""
    rule = load().rules[figure.id] if figure.section == "rules" else None
    return {
        "label": label(figure),
        "lane": lane_words(figure),
        "unit": unit(figure),
        "tone": TONES.get(figure.lane, "plain"),
        "since": since(freeze),
        "freeze_url": reverse("freezes:freeze", args=[freeze.pk]),
        "freeze_id": str(freeze.freeze_id),
        "as_of": freeze.as_of,
        "place": place.name,
        "narrowed": narrowed(figure),
        "clause": said(rule.clause) if rule else "",
        "url": entry_url(figure),
        "version": str((freeze.tally or {}).get("rulebook", ""))[:12],
        "digest": freeze.sha256[:12],
        "changed": source_words(otherwise(freeze)),
    }


def frozen_status(kind: str, status: str) -> str:
    """A household's kind and status as they were frozen."""
    shown = said(HouseholdKind(kind)) if kind in HouseholdKind._value2member_map_ else kind
    if status in Status._value2member_map_:
        shown = f"{shown} · {said(Status(status))}"
    return shown
