"""The people of a household: what the work needs, with the ID masked; of a minor not even a digit."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.common.sealing import CannotOpen, unseal
from xiuhua.registry.models import Membership, Person
from xiuhua.registry.services import is_minor
from xiuhua.workbench.queries.frame import link
from xiuhua.workbench.queries.words import code

SHOWN_AT_EACH_END = 4


def age_on(born: date | None, on: date) -> int | None:
    """Whole years on a day; None where the birth date is not known."""
    return None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def masked(person: Person) -> str:
    """The first and last four of a number, the rest as stars; empty where there is none."""
    if person.id_sealed is None:
        return ""
    try:
        plain = unseal(bytes(person.id_sealed))
    except CannotOpen:
        return ""
    hidden = max(len(plain) - 2 * SHOWN_AT_EACH_END, 4)
    return f"{plain[:SHOWN_AT_EACH_END]}{'*' * hidden}{plain[-SHOWN_AT_EACH_END:]}"


def member(by: Appointment, one: Membership, as_of: date) -> dict[str, Any]:
    """A member as design/member.html wants them."""
    person = one.person
    # Who was a child when the data were taken is shown as one: the reader meets the age of that day on the page.
    minor = is_minor(person, min(as_of, beijing_today()))
    # Born since the data were taken: as old as today.
    later = person.birth_date is not None and person.birth_date > as_of
    age = age_on(person.birth_date, beijing_today() if later else as_of)
    months = person.work_months or 0
    work = ngettext("务工 %(n)s 个月", "务工 %(n)s 个月", months) % {"n": months} if months else ""
    studies = person.student_status not in (None, "none")
    return {
        "name": person.name or _("姓名未登记"),
        "relation": code("relation", one.relation),
        "age": age,
        "education": code("education", person.education),
        "study": code("student_status", person.student_status) if studies else "",
        "health": "" if minor else code("health", person.health),
        "work": work,
        "minor": minor and age is not None,
        **_number(by, one, minor=minor, known=age is not None),
    }


def _number(by: Appointment, one: Membership, *, minor: bool, known: bool) -> dict[str, Any]:
    """What of the ID is shown, and the way to open it."""
    person = one.person
    if person.id_sealed is None:
        return {"id_masked": "", "id_note": _("没有证件号，临时登记"), "open_url": None}
    url = link(by, "workbench:open_id", one.household_id, person.pk)
    if not minor:
        shown = masked(person)
        return {
            "id_masked": shown,
            "id_note": "" if shown else _("号码已封存，本机没有它的密钥，请告诉系统管理员"),
            "open_url": url if shown else None,
        }
    if not known:
        return {"id_masked": "", "id_note": _("出生日期不明，查看需填理由"), "open_url": url}
    return {"id_masked": "", "id_note": "" if url else _("未成年人，不显示号码"), "open_url": url}
