"""One box understands what was typed: how it was read, and whom it finds, the likeliest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from xiuhua.common.readings import fold, keys_of, typed
from xiuhua.common.sealing import blind
from xiuhua.places.scope import Scope, scope_of
from xiuhua.registry.queries.search import rows
from xiuhua.registry.queries.search.rows import COUNTED, Hit
from xiuhua.registry.queries.search.words import NUMBER, PREFIX_DIGITS, numbers, private, private_part, splits
from xiuhua.registry.terms import HouseholdKind

MOST = 30
# More places of one name than this are no narrowing.
PLACES = 5
KINDS = {kind.value: at for at, kind in enumerate(HouseholdKind)}


class How(StrEnum):
    """How a text was read."""

    SEALED = "sealed"
    NUMBER = "number"
    NUMBER_BEGINS = "number_begins"
    NAME = "name"
    READING = "reading"
    PLACE = "place"
    AT_PLACE = "at_place"


@dataclass(frozen=True)
class Understood:
    """A reading of what was typed that found something, or that was tried where nothing did. place: code."""

    how: How
    text: str = ""
    place: str = ""


@dataclass
class Found:
    """What a search found within the area. Lists hold up to COUNTED + 1, best first; places are codes."""

    people: list[Hit] = field(default_factory=list)
    households: list[Hit] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.people or self.households or self.places)

    @property
    def many(self) -> bool:
        """Whether one more word is needed."""
        return max(len(self.people), len(self.households), len(self.places)) > MOST


def search(text: str, area: Scope) -> Found:
    """People, households and places of an area for a cleaned text. At most some ten index looks, whatever its size."""
    if not text:
        return Found()
    if private(text):
        return _sealed(private_part(text), area)
    if NUMBER.fullmatch(text):
        return _number(text, area)
    return _words(text, area)


def _sealed(text: str, area: Scope) -> Found:
    blinds = {"blind": blind(text)}
    # A disability card begins with the ID number; whoever types one of them means the person.
    if len(text) >= 18:
        blinds["short"] = blind(text[:18])
    people = rows.by_column("person", "x.id_blind = %(blind)s", area, blinds)
    if "short" in blinds:
        people += rows.by_column("person", "x.id_blind = %(short)s", area, blinds)
    people += rows.by_column("person", "x.phone_blind = %(blind)s", area, blinds)
    households = rows.by_column("household", "x.phone_blind = %(blind)s", area, blinds)
    found = _ranked(people, households, lambda _hit: True)
    found.understood = [Understood(How.SEALED)]
    # What looks like an ID may be a number that an office gave.
    return found if found else _number(text, area, prefix=False)


def _number(text: str, area: Scope, *, prefix: bool = True) -> Found:
    exact = {"number": numbers(text)}
    found = _ranked(
        rows.by_column("person", "x.number = any(%(number)s)", area, exact),
        rows.by_column("household", "x.number = any(%(number)s)", area, exact),
        lambda hit: hit.number == text,
    )
    found.understood = [
        Understood(How.SEALED if private(text) else How.NUMBER, "" if private(text) else text)
    ]
    if found or not prefix or sum(char.isdigit() for char in text) < PREFIX_DIGITS:
        return found
    begins = text.replace("-", "")
    found = _ranked(
        rows.by_number("person", begins, area), rows.by_number("household", begins, area), lambda _hit: False
    )
    found.understood = [Understood(How.NUMBER_BEGINS, begins)]
    return found


def _words(text: str, area: Scope) -> Found:
    found, where = _named(text, area), _places(text, area)
    understood = [_reading_of(text)] if found or not where else []
    found.places = where
    understood += [Understood(How.PLACE, text)] if where else []
    narrowed: list[Found] = []
    for who, place_said in splits(text):
        places = _places(place_said, area)
        for code in places if len(places) <= PLACES else ():
            at_place = _named(who, scope_of(code))
            if at_place:
                narrowed.append(at_place)
                understood.append(Understood(How.AT_PLACE, who, code))
    if narrowed:
        if not found:
            understood = [one for one in understood if one.how == How.AT_PLACE]
        merged = _once(
            [*found.people, *(hit for one in narrowed for hit in one.people)],
            [*found.households, *(hit for one in narrowed for hit in one.households)],
        )
        # Found at several places: whoever lives in none of them any more stays last.
        found.people, found.households = sorted(merged[0], key=lambda hit: hit.gone), merged[1]
    found.understood = understood
    return found


def _reading_of(text: str) -> Understood:
    return Understood(How.READING, typed(text)) if typed(text) else Understood(How.NAME, text)


def _places(text: str, area: Scope) -> list[str]:
    key = typed(text)
    return rows.places(text, key, area, MOST + 1) if key or fold(text) else []


def _named(text: str, area: Scope) -> Found:
    """People and households by a name as it is written, or as it is read."""
    if key := typed(text):
        return _ranked(*_both(_by_key, key, area), lambda hit: key in keys_of(hit.name or ""))
    whole = fold(text)
    if not whole:
        return Found()
    return _ranked(*_both(_by_name, text, area), lambda hit: fold(hit.name or "") == whole)


def _both(
    look: Callable[[str, str, Scope], list[Hit]], text: str, area: Scope
) -> tuple[list[Hit], list[Hit]]:
    return look("person", text, area), look("household", text, area)


def _by_key(what: str, key: str, area: Scope) -> list[Hit]:
    hits = rows.by_key(what, key, area, "is")
    return hits if len(hits) > MOST else hits + rows.by_key(what, key, area, "begins")


def _by_name(what: str, text: str, area: Scope) -> list[Hit]:
    whole = fold(text)
    hits = rows.by_name(what, text, area)
    if whole != text and len(hits) <= MOST:
        hits += rows.by_name(what, whole, area)
    # Whoever writes the dot otherwise, or not at all, is found by the name without it.
    if len(whole) > 1 and len(hits) <= COUNTED:
        hits += _by_key(what, whole, area)
    return hits


def _ranked(people: list[Hit], households: list[Hit], exact: Callable[[Hit], bool]) -> Found:
    """Who belongs to a household first, then whose name is just so, then who is registered; each once."""

    def rank(hit: Hit) -> tuple[bool, bool, int, str, str, int]:
        return (
            hit.gone,
            not exact(hit),
            KINDS.get(hit.kind, len(KINDS)),
            hit.village_code,
            hit.name or "",
            hit.household,
        )

    once = _once(people, households)
    return Found(sorted(once[0], key=rank), sorted(once[1], key=rank))


def _once(people: list[Hit], households: list[Hit]) -> tuple[list[Hit], list[Hit]]:
    """Each person once; a household only where its head is not among the people found."""
    persons = {hit.person: hit for hit in reversed(people)}
    kept = [hit for hit in dict.fromkeys(people) if persons[hit.person] is hit]
    heads = {(hit.household, hit.name) for hit in kept}
    # Where not all people are listed, a household's head is most likely among those left out.
    if len(people) > COUNTED:
        return kept, []
    return kept, [hit for hit in dict.fromkeys(households) if (hit.household, hit.name) not in heads]
