"""What somebody of the demonstration saw at a household, or says that they saw: values called checked, with a photo or without."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from xiuhua.cli.demo import acting
from xiuhua.cli.demo.acting import Team

if TYPE_CHECKING:
    from datetime import date

    from xiuhua.accounts.models import Appointment
    from xiuhua.registry.models import Household
    from xiuhua.registry.services.correcting import Evidence


def looked_at(team: Team, home: Household, *, on: date | None = None, photos: bool = True) -> None:
    """Somebody went and saw for themselves what the forms say: each matter on which a standard of exit rests, once, with a photo;
    what a form calls checked too, for nobody is named there.

    on: the day that they say they went; today where they do not.
    """
    from xiuhua.decisions.queries.readiness import stands
    from xiuhua.registry.queries.correctable import behind, seen_of
    from xiuhua.registry.queries.rules import demands
    from xiuhua.registry.services import Refused
    from xiuhua.registry.services.correcting import correct_value

    by, done = team.village[1], set()
    with acting.acting(by):
        day = stands([home.pk])[home.pk].as_of
        for rule in [one.id for one in demands() if one.in_force(day)]:
            for one in behind(rule, home):
                matter = (one.grain, one.row, seen_of(one.grain, one.column))
                if matter in done or one.sealed or one.now is None:
                    continue
                done.add(matter)
                shown = evidence(by, home, f"{home.pk} {matter}", on=on, photos=photos)
                # What was checked on that very day needs no second look.
                with suppress(Refused):
                    correct_value(
                        by=by, household=home, grain=one.grain, row=one.row, column=one.column, value=one.now, evidence=shown,
                    )  # fmt: skip


def evidence(
    by: Appointment, home: Household, of: str, *, on: date | None = None, photos: bool = True
) -> Evidence:
    """That somebody saw it, with a photo or without."""
    from xiuhua.common.clock import beijing_today
    from xiuhua.files.services import store
    from xiuhua.registry.services.correcting import Evidence
    from xiuhua.registry.terms import Seen

    file = None
    if photos:
        file = store(by=by, place_code=home.village_code, name="核实照片.png", pieces=[acting.photo(of)])
    return Evidence(Seen.CHECKED, on or beijing_today(), file)


def earns(by: Appointment, home: Household, fen: int, shown: Evidence) -> None:
    """The household's latest income is put down as so much a year, all of it wages."""
    from xiuhua.registry.models import Membership, PeriodRecord
    from xiuhua.registry.services import Refused
    from xiuhua.registry.services.correcting import correct_value

    with acting.acting(by):
        year = PeriodRecord.objects.filter(household=home).latest("year")
        people = Membership.objects.filter(household=home, until__isnull=True).count()
        parts = ("business_fen", "property_fen", "transfer_fen")
        more = sum(getattr(year, name) or 0 for name in parts) - (year.business_cost_fen or 0)
        values = {"wage_fen": fen - more, "net_income_reported_fen": fen, "net_income_per_head_reported_fen": fen // max(people, 1)}  # fmt: skip
        for column, value in values.items():
            with suppress(Refused):
                correct_value(by=by, household=home, grain="period", row=year.pk, column=column, value=value, evidence=shown)  # fmt: skip
