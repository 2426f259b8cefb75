"""What the page shows on which a family is entered on the roll from its application: what was said already, and who is there already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.decisions.kinds.reading import newest_members
from xiuhua.decisions.models import Case
from xiuhua.decisions.terms import State
from xiuhua.places.queries import names_of
from xiuhua.registry.queries.bearers import AtHome
from xiuhua.relapse.models import Application
from xiuhua.relapse.queries.applications import villages

GROUP_CHARACTERS = 40


def returned(one: Application) -> Case | None:
    """The entry that was given back to be corrected."""
    case = one.registration
    return case if case is not None and case.state == State.RETURNED else None


def carried(contact: str) -> dict[str, str]:
    """What was left about how to reach the family, under the field that it belongs to: a phone, else where they live."""
    phone = re.search(r"\+?\d[\d\s\-]{5,}\d", contact)
    if phone:
        rest = contact.replace(phone.group(), "").strip(" ,，;；、:：")
        return {
            "phone": re.sub(r"[\s\-]", "", phone.group()),
            "group_name": re.sub(r"电话|手机", "", rest).strip(" ,，;；、:：")[:GROUP_CHARACTERS],
        }
    return {"phone": "", "group_name": contact.strip()[:GROUP_CHARACTERS]}


def begins_with(one: Application, head: str, contact: str) -> tuple[dict[str, Any], list[Mapping[str, Any]]]:
    """What the form begins with, of the household and of its people: what was typed before is not typed again."""
    case = returned(one)
    if case is None:
        return {"village": one.village_code, **carried(contact)}, [{"name": head}]
    told = case.payload
    home = {"village": case.place_code, "reason": case.reason, **{key: told.get(key, "") for key in ("group_name", "number", "apart")}}  # fmt: skip
    people: list[Mapping[str, Any]] = [
        {
            "name": each.name, "relation": each.relation, "no_number": each.no_number, "kept": each.id_blind is not None,
            **({"sex": each.sex, "birth_date": each.birth_date} if each.id_blind is None else {}),
        }
        for each in newest_members(case)
    ]  # fmt: skip
    return home, people


def places(one: Application) -> list[tuple[str, str]]:
    """Villages to choose from: those of the area; what was handed in before stays in its village."""
    case, found = returned(one), villages()
    return found if case is None else [each for each in found if each[0] == case.place_code]


def there_already(one: Application, found: Iterable[AtHome]) -> list[dict[str, Any]]:
    """Households in which somebody of the family is, each once, with the way to join what was asked to it."""
    told: dict[int, AtHome] = {}
    for each in found:
        told.setdefault(each.household.pk, each)
    names = names_of({each.household.village_code for each in told.values()})  # fmt: skip
    return [
        {
            "title": each.household.head_name or _("户主不明"), "number": each.household.number,
            "village": names.get(each.household.village_code, each.household.village_code),
            "why": (_("%(name)s：证件号码相同") if each.by_number else _("%(name)s：同名、同日出生")) % {"name": each.name},
            "url": reverse("relapse:tie", args=[one.pk, pk]),
        }
        for pk, each in told.items()
    ]  # fmt: skip
