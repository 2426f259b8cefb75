"""Pairs of an area: how far each is, what may be answered, what was decided before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case as When_
from django.db.models import CharField, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from xiuhua.decisions.models import Pair, Search
from xiuhua.decisions.terms import Answer, PairKind, PairState, SearchState, State

WAITING = (State.DRAFTED, State.PENDING, State.RETURNED, State.SENT)
HOLDING = (State.ACCEPTED, State.UNDO_ASKED)

TURN = When_(When(kind=PairKind.MAY_BE_SAME, then=Value(1)), default=Value(0), output_field=IntegerField())
TWO_OF_ONE = (Answer.KEEP_LEFT, Answer.KEEP_RIGHT)
ANSWERS: dict[PairKind, tuple[Answer, ...]] = {
    PairKind.SAME_PERSON: (*TWO_OF_ONE, Answer.LEFT_WRONG, Answer.RIGHT_WRONG, Answer.NOT_YET),
    PairKind.ID_TWICE: (Answer.LEFT_WRONG, Answer.RIGHT_WRONG, *TWO_OF_ONE, Answer.NOT_YET),
    PairKind.ID_CHANGED: (Answer.TAKE, Answer.KEEP, Answer.NOT_YET),
    PairKind.PERSON_MOVED: (Answer.TAKE, Answer.KEEP, Answer.NOT_YET),
    PairKind.HOUSEHOLD_MOVED: (Answer.TAKE, Answer.KEEP, Answer.NOT_YET),
    PairKind.ID_ELSEWHERE: (Answer.ASK_RELEASE, Answer.RELEASE, Answer.LEFT_WRONG, Answer.NOT_YET),
    PairKind.RELEASE_ASKED: (Answer.RELEASE, Answer.KEEP, Answer.NOT_YET),
    PairKind.MAY_BE_SAME: (*TWO_OF_ONE, Answer.DIFFERENT, Answer.NOT_YET),
}
# What each kind asks to look at where nothing can be said yet.
LOOK_AT: dict[PairKind, tuple[str, str]] = {
    PairKind.SAME_PERSON: ("看户口簿：此人现在与谁一起生活、一起开支", "The booklet: with whom does the person live and spend"),
    PairKind.ID_TWICE: ("看两人的身份证原件", "The ID cards of both"),
    PairKind.ID_CHANGED: ("看身份证原件：换证不换号，号码变了多半是原来写错", "The ID card: a new card keeps its number, so the old entry was probably wrong"),
    PairKind.PERSON_MOVED: ("看两户的户口簿，问村里：从哪天起在哪一户", "Both booklets, and the village: since when in which household"),
    PairKind.HOUSEHOLD_MOVED: ("看户口簿和现住处：是搬迁安置、合并村，还是填错了村", "Booklet and dwelling: resettled, villages merged, or the wrong village written"),
    PairKind.ID_ELSEWHERE: ("打电话给对方经办人，看户口簿在哪边", "Call the other office; whose booklet has the person"),
    PairKind.RELEASE_ASKED: ("看户口簿是否已迁出，问本人现住哪里", "Whether the booklet was moved; where the person lives"),
    PairKind.MAY_BE_SAME: ("看两人的身份证和户口簿", "ID cards and booklets of both"),
}  # fmt: skip


def with_standing(pairs: QuerySet[Pair]) -> QuerySet[Any]:
    """Pairs with `standing`: with a case, the case says how far the decision is."""
    return pairs.annotate(
        standing=When_(
            When(state=PairState.GONE, then=Value(PairState.GONE.value)),
            When(case__state__in=[one.value for one in WAITING], then=Value(PairState.PROPOSED.value)),
            When(case__state__in=[one.value for one in HOLDING], then=Value(PairState.DECIDED.value)),
            # Refused, withdrawn or undone: the question is open again.
            When(case__isnull=False, then=Value(PairState.OPEN.value)),
            default=F("state"),
            output_field=CharField(),
        )
    )


def standing(pair: Pair) -> PairState:
    """How far one pair is."""
    if pair.case is None or pair.state == PairState.GONE:
        return PairState(pair.state)
    if pair.case.state in WAITING:
        return PairState.PROPOSED
    return PairState.DECIDED if pair.case.state in HOLDING else PairState.OPEN


def in_state(state: PairState) -> QuerySet[Any]:
    """Pairs of the acting area that stand so."""
    return with_standing(Pair.objects.all()).filter(standing=state)


def counts(state: PairState) -> dict[str, int]:
    """How many of each kind stand so, in the acting area. One query."""
    found = in_state(state).order_by().values_list("kind").annotate(n=Count("id"))
    return dict(found)


def states() -> dict[str, int]:
    """How many stand how. One query."""
    found = with_standing(Pair.objects.all()).order_by().values_list("standing").annotate(n=Count("id"))
    return dict(found)


def in_order(pairs: QuerySet[Any]) -> QuerySet[Any]:
    """As people look at them: what files and numbers ask first, then who may be one person, the highest score first."""
    return pairs.annotate(turn=TURN, weight=Coalesce("score", Value(-1.0))).order_by("turn", "-weight", "id")


def next_open(after: Pair | None, kind: str = "") -> Pair | None:
    """The next pair to be decided after one, in their order, round and round; those set aside come last."""
    waiting = in_state(PairState.OPEN)
    waiting = waiting.filter(kind=kind) if kind else waiting
    fresh = in_order(waiting.exclude(answer=Answer.NOT_YET))
    if after is None:
        return fresh.first()
    turn, weight = int(after.kind == PairKind.MAY_BE_SAME), -1.0 if after.score is None else after.score
    later = Q(turn__gt=turn) | Q(turn=turn, weight__lt=weight) | Q(turn=turn, weight=weight, pk__gt=after.pk)
    return fresh.filter(later).first() or fresh.exclude(pk=after.pk).first()


def settled(county_code: str, marks: Iterable[str]) -> dict[str, Pair]:
    """Pairs of a county that were decided, by mark: what must not be asked again."""
    found = with_standing(Pair.objects.filter(county_code=county_code, mark__in=list(marks)))
    return {one.mark: one for one in found.filter(standing=PairState.DECIDED)}


def answers(pair: Pair) -> list[Answer]:
    """What may be answered to a pair."""
    return list(ANSWERS[PairKind(pair.kind)])


def asks_of(print_: str) -> bool:
    """Whether the acting area has the pair that asks about a finding, by its fingerprint."""
    here = Pair.objects.filter(findings__left__contains=[print_]) | Pair.objects.filter(
        findings__right__contains=[print_]
    )
    return here.exists()


def opened(pk: int) -> bool:
    """Whether the acting area has a pair."""
    return Pair.objects.filter(pk=pk).exists()


def of_household(county_code: str, number: str) -> QuerySet[Pair]:
    """Pairs that a household is a side of."""
    return Pair.objects.filter(county_code=county_code, left__household=number) | Pair.objects.filter(
        county_code=county_code, right__household=number
    )


def newest_search(place_code: str) -> Search | None:
    """The last search of the register of an area."""
    return Search.objects.filter(place_code=place_code).first()


def at_work(search: Search | None) -> bool:
    """Whether a search still goes on."""
    return search is not None and search.state in (SearchState.WAITING, SearchState.AT_WORK)
