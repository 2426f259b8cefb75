"""Other departments' lists: held against the register, heard of by the household, and taken away when their time is over.

A person is found by the blind index of the ID number alone. Whom nobody of the register is, is counted and not kept. A hit
changes nothing of a household: it is a lead, and the household is heard first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.engine import load
from xiuhua.files.models import StoredFile
from xiuhua.files.services import remove_what_is_left, remove_with_the_act
from xiuhua.findings import services as findings
from xiuhua.findings.services import Why
from xiuhua.findings.terms import Way
from xiuhua.places.scope import scope_of, within
from xiuhua.places.terms import NATION
from xiuhua.registry.models import Listing, ListingAnswer, ListingHit
from xiuhua.registry.queries.rules import OF_A_LIST
from xiuhua.registry.services.looking import look_again
from xiuhua.registry.services.refusal import Refused, in_words
from xiuhua.registry.terms import Heard, ListEnd, ListKind

# No basis holds for ever: what is needed longer is asked for again.
MOST_DAYS = 366


@dataclass(frozen=True)
class Basis:
    """What a list may be used on, for, and until when (its last day)."""

    basis: str
    purpose: str
    expires_on: date


@dataclass(frozen=True)
class Taken:
    """A list that was held against the register."""

    listing: Listing

    @property
    def audit_subject(self) -> str:
        return f"listing:{self.listing.pk}"

    @property
    def audit_place(self) -> str:
        return self.listing.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.listing
        return {
            "kind": one.kind, "basis": one.basis, "purpose": one.purpose, "expires_on": str(one.expires_on), "rows": one.rows,
            "people": one.people, "unmatched": one.unmatched, "unreadable": one.unreadable, "ended": one.ended_because,
        }  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """A hit that the household was heard on. What was said stands with the hit, not here."""

    answer: ListingAnswer
    closed: int

    @property
    def audit_subject(self) -> str:
        return f"hit:{self.answer.hit_id}"

    @property
    def audit_place(self) -> str:
        return self.answer.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"answer": self.answer.answer, "closed": self.closed}


# `source` yields id_blind, name, what, said_on, amount_fen; null where a row has none. Only of people who live here now.
MATCHED = """
create temp table listed_here on commit drop as
select distinct on (p.id, s.what, s.said_on, s.amount_fen) p.id as person_id, m.village_code, m.household_id, p.id_blind,
  coalesce(s.what, '') as what, s.said_on, s.amount_fen, p.name is distinct from s.name and s.name is not null as name_differs
from ({source}) s join registry_person p on p.id_blind = s.id_blind
join registry_membership m on m.person_id = p.id and m.until is null
where m.village_code >= %(lo)s and m.village_code < %(hi)s
order by p.id, s.what, s.said_on, s.amount_fen, name_differs
"""
COUNTED = """
select count(*), count(*) filter (where s.id_blind is null), count(*) filter (where s.id_blind is not null and not exists (
    select 1 from registry_person p join registry_membership m on m.person_id = p.id and m.until is null
    where p.id_blind = s.id_blind and m.village_code >= %(lo)s and m.village_code < %(hi)s)),
  (select count(distinct person_id) from listed_here)
from ({source}) s
"""
# The same said again by a newer list is the same hit: what the household answered stays, and it lives as long as the newer one.
SAID_AGAIN = """
update registry_listinghit h set listing_id = %(listing)s, id_blind = l.id_blind, name_differs = l.name_differs, village_code = l.village_code
from listed_here l where h.person_id = l.person_id and h.kind = %(kind)s and h.what = l.what
  and h.said_on is not distinct from l.said_on and h.amount_fen is not distinct from l.amount_fen
"""
HITS = """
insert into registry_listinghit (listing_id, village_code, person_id, kind, what, said_on, amount_fen, id_blind, name_differs, state, found_at)
select %(listing)s, l.village_code, l.person_id, %(kind)s, l.what, l.said_on, l.amount_fen, l.id_blind, l.name_differs, 'open', %(now)s
from listed_here l on conflict do nothing
"""
COVERS = """
insert into registry_listingcover (listing_id, village_code, kind, people_until, at)
select %(listing)s, v.code, %(kind)s, coalesce((select max(id) from registry_person), 0), %(now)s
from places_place v where v.level = 'village' and v.until is null and v.code >= %(lo)s and v.code < %(hi)s
"""


@recorded("registry.list_taken")
def take_list(
    *,
    by: Actor,
    place_code: str,
    kind: ListKind,
    name: str,
    basis: Basis,
    listed_on: date,
    source: str,
    values: Mapping[str, Any],
    batch: int | None = None,
) -> Taken:
    """Holds the rows of a list against the people of an area, keeps what it says of them, and lets the rules look at them.

    source: a query that yields id_blind, name, what, said_on, amount_fen, with its `values`. Refused without basis, purpose
    and a day in reach on which it ends.
    """
    check_basis(basis)
    area, now = scope_of(place_code), beijing_now()
    listing = Listing.objects.create(
        place_code=place_code, county_code=place_code[:6], kind=kind, name=name[:255], basis=basis.basis.strip(),
        purpose=basis.purpose.strip(), listed_on=listed_on, expires_on=basis.expires_on, batch=batch,
        brought_by=by.actor_name, brought_post=by.post_name, brought_at=now,
    )  # fmt: skip
    given = {**values, "lo": area.lo, "hi": area.hi, "listing": listing.pk, "kind": kind.value, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(MATCHED.replace("{source}", source), given)
        cursor.execute(COUNTED.replace("{source}", source), given)
        listing.rows, listing.unreadable, listing.unmatched, listing.people = cursor.fetchone()
        for statement in (SAID_AGAIN, HITS, COVERS):
            cursor.execute(statement, given)
        cursor.execute("select distinct household_id from listed_here")
        households = [row[0] for row in cursor.fetchall()]
        cursor.execute("drop table listed_here")
    listing.save(update_fields=["rows", "unreadable", "unmatched", "people"])
    _look(households, by)
    return Taken(listing)


def check_basis(basis: Basis) -> None:
    """Refused where a list comes without basis or purpose, or is to be kept past what is allowed."""
    if not basis.basis.strip() or not basis.purpose.strip():
        raise Refused(
            "部门名单须写明法律依据或授权，以及用途",
            "A department's list needs its legal basis or authorisation, and its purpose",
        )
    today = beijing_today()
    if basis.expires_on < today:
        raise Refused("到期日不能早于今天", "It cannot expire before today")
    if basis.expires_on > today + timedelta(days=MOST_DAYS):
        raise Refused("最多保留一年，需要更久的到期再申请", "At most a year; ask again when it is over")


@recorded("registry.household_heard")
def hear(
    *,
    by: Appointment,
    hit: ListingHit,
    answer: Heard,
    heard_on: date,
    reason: str,
    evidence: StoredFile | None,
) -> Answered:
    """Records what the household said of a hit and what was found. The rules look at it again at once.

    Refused: no reason, a day still to come or before the list was brought, `not so` without evidence, and to whoever is
    of the household or kin of it.
    """
    if answer == Heard.OPEN or not reason.strip():
        raise Refused("请写明本户怎么说、怎么核实的", "Say what the household said and how it was found out")
    if heard_on > beijing_today():
        raise Refused("听取日期不能晚于今天", "It cannot have been heard later than today")
    if answer == Heard.NOT_SO and evidence is None:
        raise Refused("不属实的要附证据", "What is not so needs evidence")
    # The row of the list is nobody's to be held: it lies in no area.
    held = ListingHit.objects.select_for_update(of=("self",)).select_related("listing").get(pk=hit.pk)
    with in_words():
        made = ListingAnswer.objects.create(
            hit=held, village_code=held.village_code, answer=answer, heard_on=heard_on, reason=reason.strip()[:400],
            evidence=evidence, appointment=by, by=by.actor_name, post=by.post_name, at=beijing_now(),
        )  # fmt: skip
    held.state = answer
    held.save(update_fields=["state"])
    return Answered(made, _look(_households([held.pk]), by))


@recorded("registry.list_withdrawn")
def withdraw_list(*, by: Actor, listing_id: int) -> Taken:
    """Takes the hits of a list away before its time. Its row stays."""
    return Taken(_end(_standing(listing_id), ListEnd.WITHDRAWN, by))


def take_back_lists(*, by: Actor, batch: int, county_code: str) -> int:
    """Ends the lists of a batch that is taken back. Within the caller's act."""
    standing = list(Listing.objects.filter(county_code=county_code, batch=batch, ended_at__isnull=True))
    for one in standing:
        _end(one, ListEnd.TAKEN_BACK, by)
    return len(standing)


@recorded("registry.list_expired")
def end_list(*, by: Actor, listing_id: int) -> Taken:
    """Takes the hits of a list away whose last day is over. Refused before."""
    listing = _standing(listing_id)
    if listing.expires_on >= beijing_today():
        raise Refused("这份名单还没有到期", "This list has not expired yet")
    return Taken(_end(listing, ListEnd.EXPIRED, by))


def _standing(listing_id: int) -> Listing:
    listing = Listing.objects.select_for_update().get(pk=listing_id)
    if listing.ended_at is not None:
        raise Refused("这份名单的命中已经删除", "The hits of this list are gone already")
    return listing


def _end(listing: Listing, because: ListEnd, by: Actor) -> Listing:
    """Hits, answers, their evidence and the cover go; findings that rested on them are closed; counts stay."""
    hits = ListingHit.objects.filter(listing=listing)
    households = _households(hits.values_list("pk", flat=True))
    counted = dict(hits.values_list("state").annotate(n=Count("id")))
    for file in StoredFile.objects.filter(
        pk__in=ListingAnswer.objects.filter(hit__listing=listing).values("evidence")
    ):
        remove_with_the_act(file)
    ListingAnswer.objects.filter(hit__listing=listing).delete()
    hits.delete()
    listing.covers.all().delete()
    listing.came_to = {one.value: counted.get(one.value, 0) for one in Heard}
    listing.ended_at, listing.ended_because, listing.ended_by = beijing_now(), because, by.actor_name
    listing.save(update_fields=["came_to", "ended_at", "ended_because", "ended_by"])
    _close(households, listing, by)
    _look(households, by)
    return listing


# A finding of a lead follows the hit: what is not borne out any more is nobody's to carry.
UNBORNE = """
f.rule = any(%(rules)s) and f.household_number in (select h.number from registry_household h where h.id = any(%(households)s))
  and not exists (select 1 from registry_household h join registry_membership m on m.household_id = h.id and m.until is null
    join registry_listinghit x on x.person_id = m.person_id and x.kind = %(kind)s
    where h.number = f.household_number and h.id = any(%(households)s))
"""


def _close(households: list[int], listing: Listing, by: Actor) -> None:
    kind = ListKind(listing.kind)
    rules = [rule for rule in load().rules if rule.startswith(OF_A_LIST) and rule.endswith(f".{kind.value}")]
    area = scope_of(listing.county_code)
    why = Why(
        by.actor_name,
        by.post_name,
        f"{kind.zh}已{ListEnd(listing.ended_because).zh}，命中已删除",
        f"The list ({kind.en}) ended: {ListEnd(listing.ended_because).en.lower()}; its hits are gone",
    )
    values = {"rules": rules, "households": households, "kind": kind.value}
    findings.close_matching(UNBORNE, values, lo=area.lo, hi=area.hi, way=Way.GONE, why=why)


def _households(hits: Iterable[int]) -> list[int]:
    """The households in which the people of some hits live now."""
    found = ListingHit.objects.filter(pk__in=list(hits), person__memberships__until__isnull=True)
    return sorted(set(found.values_list(F("person__memberships__household"), flat=True)))


DAYS = """
select h.id, coalesce((select max(s.as_of) from registry_standing s where s.village_code = h.village_code), %(today)s)
from registry_household h where h.id = any(%(households)s)
"""


def _look(households: list[int], by: Actor) -> int:
    """Lets the rules look at households again, each on the newest day of its village's data. Returns how many findings closed."""
    by_day: dict[date, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"households": households, "today": beijing_today()})
        for key, day in cursor.fetchall():
            by_day.setdefault(day, []).append(key)
    return sum(
        look_again(households=keys, as_of=day, by=by.actor_name, post=by.post_name, standings=False).closed
        for day, keys in by_day.items()
    )


@dataclass(frozen=True)
class Keeper:
    """The system itself, for an act that a day brings."""

    place_code: str
    actor_name: str = ""
    post_name: str = "到期自动删除"


def end_what_expired() -> int:
    """Ends every list whose last day is over, each in a transaction of its own area; safe to do again. Returns how many."""
    # Lists lie in no area; which there are tells nothing of a person.
    over = Listing.objects.filter(ended_at__isnull=True, expires_on__lt=beijing_today())
    found = list(over.values_list("pk", "place_code"))
    for pk, place_code in found:
        with within(scope_of(place_code), who={"account": ""}):
            end_list(by=Keeper(place_code), listing_id=pk)
    with within(scope_of(NATION), who={"account": ""}):
        remove_what_is_left()
    return len(found)
