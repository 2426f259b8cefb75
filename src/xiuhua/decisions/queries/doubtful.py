"""Households of an area that left, however they did: let out here, removed here, watched no more, or taken over as exited; page by page, what stands out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.asked import number as typed
from xiuhua.decisions.queries.marks import Looked, kind_of, looked_through, tone_of
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.plan_pages import taken
from xiuhua.decisions.terms import Way
from xiuhua.places.queries import names_of
from xiuhua.registry.models import Household

# Households that one page looks through.
PAGE = 100
# Where each household that left stands by its newest entry, and by which proceeding; the row of an area whoever reads may see. Whose watching
# was ended here stands by that, the last that was done. Of one taken over, whose records fail no standard and yet do not say that all are
# met, nobody has seen the papers: no doubt, and told apart.
LEFT = """with newest as (select distinct on (e.household_id) e.household_id, e.status, e.since, e.id from registry_statusentry e
    order by e.household_id, e.id desc),
  ended as (select x.household_id, x.since, x.id, substr(x.case_number, 2)::bigint as proceeding from registry_watchentry x
    where x.watch_class = 'none' and x.case_number ~ '^P[0-9]+$'
      and not exists (select 1 from registry_watchentry y where y.household_id = x.household_id and y.id > x.id)),
  left_ones as (select household_id, coalesce(w.since, n.since) as since, coalesce(n.id, w.id) as id, coalesce(w.proceeding, p.id) as proceeding,
      case when w.proceeding is not null then 'let_go' when n.status = 'removed' then 'removed' when p.id is not null then 'here'
        when s.household_id is null or s.doubts = '{}' and s.exit_fails = '{}' and s.exit_unknown <> '{}' then 'not_seen'
        else 'taken_over' end as way,
      coalesce(cardinality(s.doubts), 0) as doubts
    from (select * from newest where status in ('exited', 'removed')) n full join ended w using (household_id)
    join registry_household h on h.id = household_id and h.ended_on is null
    left join registry_standing s using (household_id)
    left join lateral (select max(x.id) as id from decisions_proceeding x where x.household_id = n.household_id and x.effect_status = n.status) p on true)
"""
COUNTED = f"{LEFT} select way, count(*) from left_ones group by way"
# Who was let out here comes first, the newest first; of those taken over, whose records speak most against it; last whose papers were not seen.
ONE_PAGE = f"""{LEFT} select household_id, since, proceeding, way from left_ones where way = any(%s)
  order by way = 'not_seen', way = 'taken_over', case when way = 'taken_over' then doubts else 0 end desc, since desc, id desc limit %s offset %s"""
# What a household whose papers were not seen is asked about: the six standards, by the rules that look at them after an exit.
SIX = tuple(
    f"doubt.exited_{one}" for one in ("income", "food_clothing", "education", "medical", "housing", "water")
)


@dataclass(frozen=True)
class Gone:
    """A household that left: since when, by which proceeding (none where its status was taken over), and how."""

    household: int
    since: date
    proceeding: int | None
    way: str


def asked(query: dict[str, str]) -> tuple[str, int]:
    """How households left that a page is about (empty: all), and its number."""
    way, number = query.get("way", ""), query.get("page", "")
    return (
        way if way in {one.value for one in Way} else "",
        max(1, typed(number) or 1),
    )


def area_page(by: Appointment, query: dict[str, str]) -> dict[str, Any]:
    """The context of decisions/hollow.html: a page of households that left, the most doubtful of them first."""
    way, number = asked(query)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        counts: dict[str, int] = dict(cursor.fetchall())
        ways = [way] if way else [one.value for one in Way]
        total = sum(counts.get(one, 0) for one in ways)
        number = min(number, max(1, -(-total // PAGE)))
    gone, found = _looked(ways, number)
    rows = list(_rows([each for each in found if each.doubts], gone))
    gaps = list(_rows([each for each in found if each.not_seen and not each.doubts], gone))
    return {
        "place_name": by.post.place.name,
        "filters": [
            {"label": one.says(language()) if one else _("全部"), "count": counts.get(one.value, 0) if one else sum(counts.values()),
             "url": url(one.value if one else ""), "current": way == (one.value if one else "")}
            for one in (None, *Way)
        ],
        "rows": rows,
        "gaps": gaps,
        "actions": taken(by, "decisions.hollow", way=way) if rows or gaps else None,
        "looked": len(found),
        "calm": len(found) - len(rows) - len(gaps),
        "pager": None if total <= PAGE else {
            "first": (number - 1) * PAGE + 1, "last": (number - 1) * PAGE + len(gone), "total": total,
            "previous_url": url(way, number - 1) if number > 1 else None,
            "next_url": url(way, number + 1) if number * PAGE < total else None,
        },
    }  # fmt: skip


def every(query: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Rows of all pages of the list, a page after the other, for whoever takes it away."""
    way = asked(query)[0]
    ways = [way] if way else [one.value for one in Way]
    for number in count(1):
        gone, found = _looked(ways, number)
        if not gone:
            return
        yield from _rows([each for each in found if each.failing], gone)


def _looked(ways: list[str], number: int) -> tuple[dict[int, Gone], list[Looked]]:
    """Who left, of one page, and what speaks against each, the weightiest first."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_PAGE, [ways, PAGE, (number - 1) * PAGE])
        gone = {row[0]: Gone(*row) for row in cursor.fetchall()}
    return gone, sorted(looked_through(gone), key=lambda each: each.weight, reverse=True)


def named(query: dict[str, str]) -> str:
    """What the list is narrowed to, in words."""
    way = asked(query)[0]
    return str(Way(way).says(language())) if way else _("全部")


def url(way: str, number: int = 1) -> str:
    """The address of a page of the list."""
    told = "&".join([*([f"way={way}"] if way else []), *([f"page={number}"] if number > 1 else [])])
    return reverse("decisions:hollow") + (f"?{told}" if told else "")


def _rows(found: list[Looked], gone: dict[int, Gone]) -> Iterable[dict[str, Any]]:
    homes = Household.objects.in_bulk([each.household for each in found])
    codes = {home.village_code for home in homes.values()}
    villages = names_of(codes)
    for each in found:
        if (home := homes.get(each.household)) is None:
            continue
        left = gone[each.household]
        yield {
            "name": home.head_name or _("户主不明"),
            "number": home.number,
            "village": villages.get(home.village_code, ""),
            "way": Way(left.way).says(language()),
            "on": left.since,
            "url": reverse("decisions:proceeding", args=[left.proceeding]) + "#marks" if left.proceeding else reverse("workbench:household", args=[home.pk]),
            "marks": [
                {
                    "tone": tone_of(one),
                    "clause": kind_of(one),
                    "label": one.says(language()),
                    "next": one.rule.next.says(language()) if one.rule.next else "",
                }
                for one in each.failing
            ],
            "open": [one.rule.says.says(language()) for one in each.outcomes if one.not_known and one.rule.id in SIX],
        }  # fmt: skip
