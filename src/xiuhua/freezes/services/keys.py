"""Keys of households and people in freezes: given as a set to whoever has none, and parted from them for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now
from xiuhua.freezes.models import Forgetting, HouseholdKey, PersonKey
from xiuhua.freezes.services.wishes import NotNow
from xiuhua.registry.models import Household, Person

# 63 random bits of the server's strong source: the first 48 bits of a version 4 UUID and its last 16 are random.
RANDOM = (
    "(('x' || left(u.id, 12) || right(u.id, 4))::bit(64)::bigint & 9223372036854775807),"
    " {row} from (select {columns}, replace(gen_random_uuid()::text, '-', '') as id from {source}) u"
)
GIVE = {
    "household": "insert into freezes_householdkey (key, household_id, village_code) select "
    + RANDOM.format(
        row="u.row, u.village_code",
        columns="h.id as row, h.village_code",
        source="registry_household h where h.ended_on is null"
        " and not exists (select from freezes_householdkey k where k.household_id = h.id)",
    ),
    "person": "insert into freezes_personkey (key, person_id, village_code) select "
    + RANDOM.format(
        row="u.row, u.village_code",
        columns="p.id as row, p.village_code",
        source="registry_person p where not exists (select from freezes_personkey k where k.person_id = p.id)"
        " and exists (select from registry_membership m where m.person_id = p.id and m.until is null)",
    ),
}


@dataclass(frozen=True)
class Forgot:
    """A wish to forget, asked or confirmed. The record says where, never who."""

    forgetting: Forgetting
    audit_detail: dict[str, Any]

    @property
    def audit_subject(self) -> str:
        return f"forgetting:{self.forgetting.pk}"

    @property
    def audit_place(self) -> str:
        return self.forgetting.village_code


@recorded("freezes.forget_asked")
def forget(
    *, by: Appointment, household: int | None = None, person: int | None = None, reason: str
) -> Forgot:
    """Asks that the link between a household, or a person, and their rows in all freezes be destroyed; another confirms.

    NotNow without a reason, or where there is no link; Household.DoesNotExist, Person.DoesNotExist outside of the area.
    """
    if (household is None) == (person is None):
        raise ValueError("forget one household or one person")
    if not reason.strip():
        raise NotNow("请写明依据和原因", "Say why, and by which right")
    found: Household | Person
    if household is not None:
        found = Household.objects.get(pk=household)
    else:
        found = Person.objects.get(pk=person or 0)
    if not _keys(household, person).exists():
        raise NotNow("数据快照里没有与其对应的键", "No freeze holds a key of theirs")
    if Forgetting.objects.filter(household=household, person=person, confirmed_at=None).exists():
        raise NotNow("已经申请过，等待另一人确认", "It is asked for already and waits for another to confirm")
    made = Forgetting.objects.create(
        village_code=found.village_code, household=household, person=person, reason=reason.strip()[:200],
        asked_by=by.actor_name, asked_post=by.post_name[:200], asked_at=beijing_now(),
    )  # fmt: skip
    return Forgot(made, {"of": "household" if household is not None else "person", "reason": made.reason})


@recorded("freezes.forgotten")
def confirm_forgetting(*, by: Appointment, forgetting_id: int) -> Forgot:
    """Destroys the link, and with it what the wish itself said of whom. The key stays without anybody and is never given again.

    The database does it as the wish is confirmed, and in no other way.

    A household's link takes its people's along. Whoever is still in the register gets a new key in the next freeze. NotNow for
    the one who asked, and for what is done already. Forgetting.DoesNotExist outside of the area.
    """
    held = Forgetting.objects.select_for_update().get(pk=forgetting_id)
    if held.confirmed_at is not None:
        raise NotNow("这一链接已经销毁", "This link is destroyed already")
    if held.asked_by == by.actor_name:
        raise NotNow("须由另一人确认", "Another person has to confirm it")
    people = _people(held.household) if held.household is not None else [held.person or 0]
    count = PersonKey.objects.filter(person_id__in=people).count()
    if held.household is not None:
        count += HouseholdKey.objects.filter(household_id=held.household).count()
    held.household = held.person = None
    held.confirmed_by, held.confirmed_post, held.confirmed_at = (
        by.actor_name,
        by.post_name[:200],
        beijing_now(),
    )
    held.save()
    return Forgot(held, {"links": count})


def _keys(household: int | None, person: int | None) -> Any:
    if household is not None:
        return HouseholdKey.objects.filter(household_id=household)
    return PersonKey.objects.filter(person_id=person or 0)


def _people(household: int) -> list[int]:
    """Everybody who belongs or belonged to a household: a freeze of the past has them in it."""
    return list(
        Person.objects.filter(memberships__household_id=household).values_list("pk", flat=True).distinct()
    )
