"""What a division or a uniting does to who is watched and who left poverty: told beforehand; the database writes it (`0016_watching_goes_along`,
`who_split_off_left_poverty_too`)."""

from __future__ import annotations

from xiuhua.decisions.kinds.kind import Line, Problem, both
from xiuhua.registry.models import Household, WatchEntry
from xiuhua.registry.terms import HouseholdKind, Status, WatchClass

STRICTER = (WatchClass.MARGINAL, WatchClass.UNSTABLE, WatchClass.SUDDEN)
WATCHING = both("监测", "Watching")


def _class_of(household: Household | None) -> WatchEntry | None:
    """The entry by which a household is watched now; None where it is not."""
    found = WatchEntry.objects.filter(household=household).order_by("-pk").first() if household else None
    return None if found is None or found.watch_class == WatchClass.NONE else found


def _words(one: WatchEntry | None) -> dict[str, str]:
    if one is None:
        return both("不在监测", "not watched")
    said = WatchClass(one.watch_class)
    return both(f"{said.zh}，{one.since} 起", f"{said.en}, since {one.since}")


def divided(household: Household) -> list[Line]:
    """Both parts of a watched household go on being watched until somebody judges them."""
    one = _class_of(household)
    after = both("两户都继续监测，直到重新研判", "Both go on being watched until they are judged anew")
    return [Line(WATCHING, _words(one), after)] if one else []


def status_of_new(household: Household) -> dict[str, str]:
    """Where the part stands that divides off a registered household; the database writes it."""
    newest = household.statuses.order_by("-pk").first()
    if newest is not None and newest.status == Status.EXITED:
        return both(
            f"建档立卡户，已脱贫（{newest.since} 起，随分户承接），照样监测、年度研判",
            f"Registered, left poverty (since {newest.since}, with the household it divides off); looked after and judged yearly like it",
        )
    return both(
        "建档立卡户，尚无认定；须按识别或退出程序办理", "Registered, no status yet: that takes a procedure"
    )


def united(ending: Household, into: Household | None) -> list[Line]:
    """Of two that unite, the stricter class stays; of two alike, the one of the later day."""
    ours, theirs = _class_of(into), _class_of(ending)
    stays = max(
        (one for one in (ours, theirs) if one),
        key=lambda one: (STRICTER.index(WatchClass(one.watch_class)), one.since),
        default=None,
    )
    return [Line(WATCHING, _words(ours), _words(stays))] if stays else []


def undecided(ending: Household, into: Household) -> list[Problem]:
    """A household that only a file has as watched is identified before it goes into another kind: else nobody would watch it."""
    known = WatchEntry.objects.filter(household=ending).exists()
    if ending.kind != HouseholdKind.WATCHED or into.kind == HouseholdKind.WATCHED or known:
        return []
    return [
        Problem(
            "into",
            "这一户列为监测对象、类别还没有认定；请先按监测对象识别程序认定，再合户，否则监测会断",
            "A file has this household as watched and its class was never decided: identify it first, else nobody would watch it",
        )
    ]
