"""Which households were not told how their proceeding ended, and what the page of one shows of it."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.asking import Single
from xiuhua.decisions.models import Paper, Proceeding, Signature, Telling
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries.apart import is_kin, people_of
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.terms import Course, Sign, Told

TO_TELL = (Course.WITHDRAWN, Course.REFUSED)


def owed() -> QuerySet[Proceeding]:
    """Proceedings of households of the area that ended without what they were begun for, of which nobody said that the household was
    told. What answers to nothing that was asked (`counts_from`), and was taken back before anybody did anything of it, was begun by mistake
    and is told to nobody."""
    of = {"proceeding": OuterRef("pk")}
    done = Exists(Signature.objects.filter(**of).exclude(sign=Sign.WITHDRAWN)) | Exists(Paper.objects.filter(**of).exclude(what="withdrawal"))  # fmt: skip
    told = Telling.objects.filter(**of, round=OuterRef("round"))
    return Proceeding.objects.filter(
        Q(course=Course.REFUSED) | Q(counts_from__isnull=False) | done, ~Exists(told), course__in=TO_TELL, household__isnull=False
    )  # fmt: skip


# On every inbox; whether `owed` lists any.
ANY_OWED = """
select exists (select from decisions_proceeding c where c.course = any(%(ended)s) and c.household_id is not null
  and not exists (select from decisions_telling t where t.proceeding_id = c.id and t.round = c.round)
  and (c.course = %(refused)s or c.counts_from is not null
    or exists (select from decisions_signature s where s.proceeding_id = c.id and s.sign <> %(withdrawn)s)
    or exists (select from decisions_paper p where p.proceeding_id = c.id and p.what <> 'withdrawal')))
"""


def any_owed() -> Single:
    """Whether any household of the area was not told."""
    values: dict[str, Any] = {"ended": [one.value for one in TO_TELL], "refused": Course.REFUSED.value, "withdrawn": Sign.WITHDRAWN.value}  # fmt: skip
    return Single(ANY_OWED, values)


def shown(by: Appointment, one: Proceeding) -> dict[str, Any] | None:
    """Whether the household was told how it ended, how and by whom; else whether this post says so, and why not. None where nothing is
    told to it."""
    found = one.tellings.filter(round=one.round).select_related("person").first()
    if found is None and not owed().filter(pk=one.pk).exists():
        return None
    named = by.role in RIGHTS["decisions.see_named"]
    why_not = "" if found else not_by(by, one)
    return {
        "told": {
            "way": Told(found.way).says(language()), "on": found.told_on, "by": found.post, "note": found.note if named else "",
            "whom": (found.person.name or _("姓名未登记")) if found.person and named else "",
        } if found else None,
        "mine": found is None and not why_not,
        "why_not": why_not,
        "withdrawn": one.course == Course.WITHDRAWN,
    }  # fmt: skip


def not_by(by: Appointment, one: Proceeding) -> str:
    """Why this post does not say that the household was told; empty where it may."""
    if by.role not in RIGHTS["decisions.tell"]:
        return _("由村、乡镇或县级业务岗位告知本户，并在这里登记。")
    if is_kin(by, one.household_id):
        return _("您是这一户的人，或与这一户有亲属关系（已登记），由别人告知。")
    if one.course == Course.WITHDRAWN and _took_it_back(by, one):
        return _("撤回是您办的：告知本户由别人办、由别人登记，村里另一位，或乡镇、县里。")
    return ""


def _took_it_back(by: Appointment, one: Proceeding) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select decisions_decided_it(c, p.definition, %s) from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id where c.id = %s",
            [people_of(by), one.pk],
        )
        return bool(cursor.fetchone()[0])
