"""One finding with all that happened to it, and to whom it can be given."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from xiuhua.accounts.models import Appointment, Post
from xiuhua.accounts.terms import Role
from xiuhua.findings.models import Explanation, Finding, Move
from xiuhua.findings.permissions import HANDED_TO
from xiuhua.places.scope import Scope, scope_of

MOST_POSTS = 300


def read(pk: int) -> Finding | None:
    """A finding of the acting area, closed ones too; None when there is none."""
    return Finding.objects.filter(pk=pk).select_related("owner__place").first()


def moves(one: Finding) -> list[Move]:
    """What happened to it, the first first."""
    return list(Move.objects.filter(finding=one.pk).select_related("owner__place"))


def explanations(one: Finding) -> list[Explanation]:
    """What was given as an explanation, the newest first."""
    return list(Explanation.objects.filter(finding=one.pk).select_related("evidence").order_by("-pk"))


def waiting_for_answer(one: Finding) -> Explanation | None:
    """The explanation that nobody has answered yet."""
    return (
        Explanation.objects.filter(finding=one.pk, accepted__isnull=True).select_related("evidence").first()
    )


def posts_to_give(area: Scope, *, day: date) -> QuerySet[Post]:
    """Posts of an area, from the top down, that put findings right and are held by somebody today."""
    held = Appointment.objects.on(day).filter(post=OuterRef("pk"), deputy_for__isnull=True)
    return (
        Post.objects.filter(Exists(held), role__in=HANDED_TO, place_id__gte=area.lo, place_id__lt=area.hi)
        .select_related("place")
        .order_by("place_id", "id")[:MOST_POSTS]
    )


def reaches(post: Post, place_code: str) -> bool:
    """Whether a post can see what lies at a place."""
    return scope_of(post.place_id).covers(place_code)


def may_answer(one: Explanation, by: Appointment) -> bool:
    """Somebody else: an office above the explainer's place, or an auditor."""
    if by.official_id == one.official_id:
        return False
    if by.role == Role.AUDITOR:
        return True
    return len(by.place_code) < len(one.from_place) and scope_of(by.place_code).covers(one.from_place)
