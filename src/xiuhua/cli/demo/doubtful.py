"""Exits that do not bear looking at. Three of the first county: in figures only, without the household's word, and not true any more; two
of the county of today: without its word, and a step above the line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from xiuhua.cli.demo import seeing, stories
from xiuhua.cli.demo.acting import Team, acting

if TYPE_CHECKING:
    from xiuhua.registry.models import Household

PER_HOME_FEN = 5_200_000
# So much a head is above the line of 2017 (2,952 yuan), and not by a tenth.
JUST_ABOVE_FEN = 303_000


def told(team: Team, homes: list[Household]) -> None:
    """Each through its whole procedure, as people who cut corners would have it done; by three households, in this order."""
    figures, unasked, untrue = homes
    stories.tell(
        [in_figures(team, figures, -48), not_asked(team, unasked, -58), true_no_more(team, untrue, -56)]
    )


def ready(homes: list[Household]) -> list[Household]:
    """Those that only their income keeps from leaving: what else a standard asks is on record."""
    from xiuhua.decisions.queries.readiness import stands

    found = stands([one.pk for one in homes])
    return [one for one in homes if found[one.pk].fails == ["exit.income"] and not found[one.pk].unknown]


def in_figures(team: Team, home: Household, day: int) -> stories.Story:
    """数字脱贫: days before the decision the income is raised and all is called checked, with no photo, dated years ago and yet recent by the day of the data."""
    by, long_ago = team.village[1], date(2017, 8, 1)
    yield day
    one = stories.begun(team.village[0], "targeted_exit", home)
    one = yield from stories.through(team, one, day, "visit", every=1)
    yield day + 1
    seeing.earns(by, home, PER_HOME_FEN, seeing.evidence(by, home, "", on=long_ago, photos=False))
    seeing.looked_at(team, home, on=long_ago, photos=False)
    yield from stories.through(team, one, day + 1, every=1)


def not_asked(team: Team, home: Household, day: int) -> stories.Story:
    """被脱贫: all was seen, but somebody who is none of the household signed for it, on an authority that nobody looked into."""
    from xiuhua.decisions.terms import NOBODY

    yield from _seen(team, home, day)
    one = stories.begun(team.village[0], "targeted_exit", home)
    yield from stories.through(team, one, day + 5, every=3, member=NOBODY)


def just_above(team: Team, home: Household, day: int) -> stories.Story:
    """数字脱贫: every step in order and every paper there, on an income that a single bad month takes away."""
    from xiuhua.registry.models import Membership

    yield day
    by, people = team.village[1], Membership.objects.filter(household=home, until__isnull=True).count()
    seeing.earns(by, home, JUST_ABOVE_FEN * people, seeing.evidence(by, home, f"{home.pk} income"))
    seeing.looked_at(team, home)
    yield day + 5
    one = stories.begun(team.village[0], "targeted_exit", home)
    yield from stories.through(team, one, day + 5, every=3)


def true_no_more(team: Team, home: Household, day: int) -> stories.Story:
    """假脱贫: everything was in order, until the township looked at the house."""
    from xiuhua.registry.models import PeriodRecord
    from xiuhua.registry.services.correcting import correct_value

    yield from _seen(team, home, day)
    one = stories.begun(team.village[0], "targeted_exit", home)
    yield from stories.through(team, one, day + 5, every=3)
    yield -4
    by = team.township[0]
    shown = seeing.evidence(by, home, f"{home.pk} house")
    with acting(by):
        year = PeriodRecord.objects.filter(household=home).latest("year")
        correct_value(by=by, household=home, grain="period", row=year.pk, column="house_grade", value="D", evidence=shown)  # fmt: skip


def _seen(team: Team, home: Household, day: int) -> stories.Story:
    """Somebody goes there and takes photos of what they see; five days later it begins."""
    yield day
    by = team.village[1]
    seeing.earns(by, home, PER_HOME_FEN, seeing.evidence(by, home, f"{home.pk} income"))
    seeing.looked_at(team, home)
    yield day + 5
