"""The rulebook's calendar as rows, so that the database counts days by itself. Written by the owner of the tables, after a migration."""

from __future__ import annotations

from xiuhua.notices.models import Holiday
from xiuhua.rulebook.reader import read_rulebook


def learn_calendar(using: str = "owner") -> None:
    """Brings the days off and the worked weekends to what the rulebook says. Safe to run again."""
    said = {
        day: works
        for year in read_rulebook().calendar.values()
        for days, works in ((year.off, False), (year.works, True))
        for day in days
    }
    known = dict(Holiday.objects.using(using).values_list("day", "works"))
    Holiday.objects.using(using).filter(day__in=known.keys() - said.keys()).delete()
    Holiday.objects.using(using).bulk_create(
        [Holiday(day=day, works=works) for day, works in said.items()],
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["works"],
    )
