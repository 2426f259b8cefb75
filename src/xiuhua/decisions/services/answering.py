"""What a file asked about a household, looked at again when a case or a proceeding took effect: what the register says by now as
the file does is closed, with what put it right and who decided it; the rest stays. Undone, it is asked again.

The rulebook's own findings are `registry.services.look_again`'s.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from xiuhua.audit.services import Actor
from xiuhua.decisions.kinds.kind import relation_words
from xiuhua.decisions.kinds.reading import kind_of
from xiuhua.decisions.kinds.settling import person_with
from xiuhua.decisions.models import Case, Pair, Proceeding
from xiuhua.engine import load
from xiuhua.findings import services as findings
from xiuhua.findings.models import Finding
from xiuhua.findings.services import Why
from xiuhua.findings.terms import NUMBER_WRONG_HERE, STANDING, Way
from xiuhua.places.scope import current_scope
from xiuhua.registry.models import Household, Membership, StatusEntry


class Asks(StrEnum):
    """The rules of files that speak of what a change of people or a proceeding changes (their words: intake/terms.py)."""

    NOT_IN_FILE = "not_in_later_file"
    COUNT = "member_count_disagrees"
    LEFT = "person_left"
    LEFT_FOR = "person_left_for"
    ENDED = "household_ended"
    RELATION = "relation_differs"
    HEAD = "head_not_on_record"
    STATUS = "status_differs"
    NUMBER = NUMBER_WRONG_HERE


@dataclass(frozen=True)
class Home:
    """A household as the register has it now; `joined`: by how many people what took effect changed it."""

    row: Household
    people: int
    relations: Mapping[str, str | None]
    joined: int
    heads: frozenset[str] = frozenset()

    def answers(self, one: Finding) -> bool:
        """Whether the register says by now what the file said that asked."""
        about = one.person_number
        match one.rule:
            case Asks.NOT_IN_FILE if about:
                return about not in self.relations
            case Asks.NOT_IN_FILE:
                # The file left it out of the village that it lived in then.
                return one.place_code != self.row.village_code
            case Asks.COUNT:
                return not one.held and self.joined != 0 and one.params.get("value") == self.people
            case Asks.LEFT | Asks.LEFT_FOR:
                return about in self.relations
            case Asks.ENDED:
                return self.row.ended_on is None
            case Asks.RELATION:
                now = relation_words(self.relations.get(about))
                return about in self.relations and now["zh"] == one.params.get("value_zh")
            case Asks.HEAD:
                return one.params.get("name") in self.heads
            case Asks.STATUS:
                # Before the exit is decided a household is still poor.
                said = one.params.get("value")
                return self._status() == ("poor" if said == "pre_exit" else said)
            case Asks.NUMBER:
                # The number that was judged wrong is not this person's any more.
                pair = Pair.objects.filter(pk=one.params["pair"]).first()
                wrong = one.params["person_id"]
                return pair is not None and wrong not in (
                    person_with(pair, side) for side in ("left", "right")
                )
        return False

    def ends(self, one: Finding) -> bool:
        """Whether it is nobody's work any more because the household ended. What waits outside is judged by its file."""
        return self.row.ended_on is not None and not one.held

    def _status(self) -> str | None:
        newest = StatusEntry.objects.filter(household=self.row).order_by("-pk").first()
        return newest.status if newest else None


def answer_files(
    *, by: Actor, told: tuple[str, str], households: Iterable[int], rows: Iterable[Mapping[str, Any]] = ()
) -> int:
    """Closes what files asked about these households and the register answers now. Returns how many.

    told: the closing's words, zh and en (`words_of`). rows: what a case did to the register (`Trace.rows`). Runs before the rules
    look again: that takes the findings of a household that moved along with it.
    """
    homes = _homes(set(households), _joined(rows))
    asked = [
        one
        for one in Finding.objects.filter(household_number__in=list(homes), state__in=STANDING)
        if one.rule not in load().rules and one.place_code[:6] == homes[one.household_number].row.county_code
    ]
    scope, why = current_scope(), Why(by.actor_name, by.post_name, *told)
    closed = 0
    for way, holds in ((Way.HOLDS, Home.answers), (Way.GONE, Home.ends)):
        ids = [one.pk for one in asked if holds(homes[one.household_number], one)]
        closed += findings.close_some(ids=ids, lo=scope.lo, hi=scope.hi, way=way, why=why) if ids else 0
    return closed


def ask_again(*, by: Actor, told: tuple[str, str]) -> int:
    """Opens again what was closed with these words: what put it right holds no more. Returns how many."""
    scope = current_scope()
    return findings.unsettle(closed_with=told[0], lo=scope.lo, hi=scope.hi, by=by.actor_name)


def words_of(what: Case | Proceeding, *, undone: bool = False) -> tuple[str, str]:
    """The words with which what a case or a proceeding answered is closed, zh and en."""
    if isinstance(what, Case):
        kind = kind_of(what)
        zh, en = f"事项 {what.pk}（{kind.zh}）", f"case {what.pk} ({kind.en})"
    else:
        says = what.procedure.definition["says"]
        zh, en = f"程序事项 P{what.pk}（{says['zh']}）", f"proceeding P{what.pk} ({says['en']})"
    if undone:
        return (
            f"{zh}已撤销，登记已改回，这里不用再办",
            f"The register is as before {en}, which was undone; nothing is left to be done here",
        )
    return (
        f"{zh}已生效，登记已改正，这里不用再办",
        f"The register was put right by {en}; nothing is left to be done here",
    )


def _homes(keys: set[int], joined: Mapping[int, int]) -> dict[str, Home]:
    """By number: those of a case lie in one county."""
    members: dict[int, list[tuple[str, str | None]]] = defaultdict(list)
    heads: dict[int, set[str]] = defaultdict(set)
    found = Membership.objects.filter(household__in=keys, until__isnull=True)
    for key, number, relation, name in found.values_list(
        "household_id", "person__number", "relation", "person__name"
    ):
        members[key].append((number or "", relation))
        if relation == "head" and name:
            heads[key].add(name)
    return {
        one.number: Home(
            one, len(members[one.pk]), dict(members[one.pk]), joined.get(one.pk, 0), frozenset(heads[one.pk])
        )
        for one in Household.objects.filter(pk__in=keys)
    }


def _joined(rows: Iterable[Mapping[str, Any]]) -> Counter[int]:
    """By how many people each household is larger now: who joined, less who left."""
    by_membership = Counter[int]()
    for row in rows:
        if row["table"] == "membership" and row.get("made"):
            by_membership[row["id"]] += 1
        elif row["table"] == "membership" and "until" in row["after"]:
            by_membership[row["id"]] += (row["after"]["until"] is None) - (row["before"]["until"] is None)
    found = Counter[int]()
    for pk, key in Membership.objects.filter(pk__in=list(by_membership)).values_list("pk", "household_id"):
        found[key] += by_membership[pk]
    return found
