"""An office gives findings to a post of its own area, with a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment, Post
from xiuhua.accounts.services import Refused
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.findings.models import Finding, Move
from xiuhua.findings.permissions import HANDED_TO, RIGHTS
from xiuhua.findings.queries.pool import Chosen, choose
from xiuhua.findings.terms import Act, State
from xiuhua.places.scope import scope_of

# One act gives a group; more at once nobody would look through.
MOST = 5000
LONGEST_DAYS = 180


@dataclass(frozen=True)
class Handed:
    """How many were given, and how many were left because the post cannot see where they lie."""

    post: Post
    count: int
    out_of_reach: int
    due_on: date

    @property
    def audit_subject(self) -> str:
        return f"post:{self.post.pk}"

    @property
    def audit_place(self) -> str:
        return self.post.place_id

    @property
    def audit_detail(self) -> dict[str, object]:
        return {"findings": self.count, "out_of_reach": self.out_of_reach, "due_on": self.due_on.isoformat()}


@recorded("findings.handed_out")
def hand_out(*, by: Appointment, chosen: Chosen, post: Post, due_on: date) -> Handed:
    """Gives findings that are open to a post of the acting area. Refused: a post elsewhere, a past day, nothing to give."""
    if by.role not in RIGHTS["findings.hand_out"]:
        raise Refused(_("您现在的职务不能办理这一事项。"))
    mine = scope_of(by.place_code)
    if not mine.covers(post.place_id) or post.role not in HANDED_TO:
        raise Refused(_("只能交给本地或下级办理问题的职务。"))
    today = beijing_today()
    if due_on < today or (due_on - today).days > LONGEST_DAYS:
        raise Refused(_("办结日期应在今天之后、%(days)s 天以内。") % {"days": LONGEST_DAYS})
    found = choose(chosen).filter(place_code__gte=mine.lo, place_code__lt=mine.hi, state=State.OPEN)
    asked = found.count()
    reach = scope_of(post.place_id)
    seen = found.filter(place_code__gte=reach.lo, place_code__lt=reach.hi).order_by("id")
    taken = list(seen.select_for_update(of=("self",))[: MOST + 1])
    if len(taken) > MOST:
        raise Refused(_("一次最多交办 %(most)s 条，请按村分开。") % {"most": MOST})
    if not taken:
        raise Refused(_("没有可以交给这一职务的问题：它们已经办结，或不在这一职务的范围内。"))
    changed = [one for one in taken if (one.owner_id, one.due_on) != (post.pk, due_on)]
    _tell(changed, by, post, due_on)
    Finding.objects.filter(pk__in=[one.pk for one in changed]).update(owner=post, due_on=due_on)
    return Handed(post, len(taken), asked - len(taken), due_on)


def _tell(changed: list[Finding], by: Appointment, post: Post, due_on: date) -> None:
    now = beijing_now()
    Move.objects.bulk_create(
        Move(
            finding_id=one.pk,
            place_code=one.place_code,
            at=now,
            act=Act.HANDED_OUT if one.owner_id != post.pk else Act.DUE_CHANGED,
            by=by.actor_name,
            post=by.post_name,
            owner=post,
            due_on=due_on,
        )
        for one in changed
    )
