"""Places for programs: one's own place and what lies below it."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from xiuhua.common.api import USUAL_AT_ONCE, AtOnce, Text, Words, answers, note_rows, words
from xiuhua.places.models import Place
from xiuhua.places.queries import holding_now
from xiuhua.places.scope import current_scope
from xiuhua.places.terms import Level

router = Router(tags=["places"])


class PlaceOut(Schema):
    """A place; `parent` is its code, also where that lies above one's own area. `now`: the code that holds today, where it ended."""

    code: str
    name: str
    level: str
    level_words: Words
    parent: str | None
    since: date | None
    until: date | None
    now: str


class Places(Schema):
    """Places in the order of their codes; ask again with `after=next` while it is there."""

    items: list[PlaceOut]
    next: str | None


def own_place(code: str) -> Place:
    """A place of one's own area; 404 for any other. A code that ended means the place that took its people over.

    Their rows bear the code of today, so an answer under the former one would be empty, which would be a lie.
    """
    found = Place.objects.filter(code=holding_now(code)).first() if current_scope().covers(code) else None
    if found is None or not current_scope().covers(found.code):
        raise Http404
    return found


@router.get(
    "/",
    response=answers(Places),
    url_name="places",
    summary="区划：本区划及以下 / One's own place and those below",
)
def places(
    request: HttpRequest,
    parent: Text = "",  # only the places right below this one
    ended: bool = False,  # those that ended too, with the code that holds now
    after: Text = "",
    limit: AtOnce = USUAL_AT_ONCE,
) -> dict[str, object]:
    area = current_scope()
    found = Place.objects.filter(code__gte=area.lo, code__lt=area.hi).order_by("code")
    if not ended:
        found = found.filter(until__isnull=True)
    if parent:
        found = found.filter(parent=own_place(parent))
    if after:
        found = found.filter(code__gt=after)
    rows = list(found[: limit + 1])
    note_rows(request, len(rows[:limit]))
    return {
        "items": [_place(one) for one in rows[:limit]],
        "next": rows[limit - 1].code if len(rows) > limit else None,
    }


def _place(one: Place) -> dict[str, object]:
    level = Level(one.level)
    return {
        "code": one.code,
        "name": one.name,
        "level": one.level,
        "level_words": words(level.zh, level.en),
        "parent": one.parent_id,
        "since": one.since,
        "until": one.until,
        "now": holding_now(one.successor_id) if one.successor_id else one.code,
    }
