"""What a household lets others be asked about it: which sources, until when; and what a comparison may therefore not ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Paper, Proceeding
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.proceedings import Step, current_step
from xiuhua.decisions.terms import Asset

Wanted = dict[str, Any]


@dataclass(frozen=True)
class Authorised:
    """What may be asked today. `sources` None: nobody can tell (no authorisation is wanted, or one does not say). `ran_out`: the
    last day of the newest one, where all are over."""

    sources: frozenset[str] | None
    ran_out: date | None = None

    def lacks(self, asked: tuple[str, ...]) -> list[Asset]:
        """Of what is asked, what no authorisation speaks of."""
        return [] if self.sources is None else [Asset(one) for one in asked if one not in self.sources]


def compares(step: Step) -> bool:
    """Whether departments are asked at a step."""
    return any(one["kind"] == "list" for one in step["evidence"])


def wanted_of(one: Proceeding) -> list[Wanted]:
    """The authorisations that a procedure asks for, at whichever step."""
    steps: list[Step] = one.procedure.definition["steps"]
    return [each for step in steps for each in step["evidence"] if each["kind"] == "authorisation"]


def renewable(one: Proceeding) -> list[Wanted]:
    """Authorisations that may be brought anew at the step it is at, which is another than theirs."""
    step = current_step(one)
    here = {each["code"] for each in step["evidence"]}
    return [each for each in wanted_of(one) if each["code"] not in here] if compares(step) else []


def papers_of(one: Proceeding) -> list[Paper]:
    """The authorisations that were brought, of every round, the newest first."""
    codes = {each["code"] for each in wanted_of(one)}
    return list(one.papers.filter(what__in=codes).order_by("-pk")) if codes else []


def authorised(one: Proceeding) -> Authorised:
    """What may be asked about a household today."""
    if not wanted_of(one):
        return Authorised(None)
    found, today = papers_of(one), beijing_today()
    held = [each for each in found if each.expires_on is None or each.expires_on >= today]
    if any(not each.sources for each in held):
        return Authorised(None)
    ran_out = max((each.expires_on for each in found if each.expires_on), default=None)
    return Authorised(
        frozenset(source for each in held for source in each.sources), None if held else ran_out
    )


def named(sources: list[str]) -> str:
    """Sources in the reader's words."""
    return _("、").join(Asset(one).says(language()) for one in sources)


def shown(one: Proceeding) -> list[dict[str, Any]]:
    """Each authorisation as the page of a proceeding shows it: what may be asked, until when, how many days are left."""
    today = beijing_today()
    return [
        {
            "pk": paper.pk,
            "sources": named(paper.sources),
            "until": paper.expires_on,
            "left": (paper.expires_on - today).days if paper.expires_on else None,
            "over": paper.expires_on is not None and paper.expires_on < today,
        }
        for paper in papers_of(one)
    ]
