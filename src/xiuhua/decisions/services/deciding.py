"""Another person reads the case and decides: carried out, refused, given back for correction, undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import Actor, recorded
from xiuhua.decisions.kinds.kind import lines_of
from xiuhua.decisions.kinds.reading import change_of, kind_of
from xiuhua.decisions.models import Case, CaseStep
from xiuhua.decisions.queries.cases import standing_on
from xiuhua.decisions.services import answering, moot
from xiuhua.decisions.services.acts import NO_PAPER, Done, Unfit, held, immediate, in_words, may, needs, step
from xiuhua.decisions.terms import Act
from xiuhua.registry.models import Household, Standing
from xiuhua.registry.queries.rules import data_day
from xiuhua.registry.services import Refused, change_undone, look_again


@recorded("decisions.accepted")
def accept(*, by: Appointment, case: Case, reason: str = "") -> Done:
    """Accepts a case and carries it out, or agrees that a household may go to another county, which must accept too.

    Unfit where it does not make sense any more; Refused where a household would lose somebody, no paper was brought and `reason`
    does not say why there is none. Register, step and state change together or not at all.
    """
    needs(by, "decisions.decide")
    case = held(case)
    kind = kind_of(case)
    act = Act.AGREED if kind.leaves_county else Act.ACCEPTED
    may(by, case, act)
    if kind.wants_a_paper and not reason.strip() and not case.evidence.exists():
        raise Refused(*NO_PAPER)
    change = change_of(case, by)
    problems = kind.check(change)
    if problems:
        raise Unfit(problems)
    if act is Act.AGREED:
        return Done(case, step(by, case, act, reason=reason))
    with in_words():
        immediate()
        lines = lines_of(kind, change)
        trace = kind.carry_out(change)
    done = step(by, case, act, reason=reason, detail={**trace.detail(), "lines": lines})
    told = answering.words_of(case)
    answering.answer_files(by=by, told=told, households=trace.households, rows=trace.rows)
    moot.close_after(by=by, case=case, households=trace.households)
    looked_at_again(trace.households, by)
    return Done(case, done)


@recorded("decisions.returned")
def give_back(*, by: Appointment, case: Case, reason: str) -> Done:
    """Gives a case back for correction; says what is to be corrected."""
    needs(by, "decisions.decide")
    if not reason.strip():
        raise Refused("请写明要补正什么", "Say what is to be corrected")
    case = held(case)
    may(by, case, Act.RETURNED)
    return Done(case, step(by, case, Act.RETURNED, reason=reason))


@recorded("decisions.refused")
def refuse(*, by: Appointment, case: Case, reason: str) -> Done:
    """Refuses a case; says why. The same can be proposed again."""
    needs(by, "decisions.decide")
    if not reason.strip():
        raise Refused("不予通过须写明理由", "A refusal needs its reason")
    case = held(case)
    may(by, case, Act.REFUSED)
    done = Done(case, step(by, case, Act.REFUSED, reason=reason))
    moot.close_after(by=by, case=case, households=case.households)
    return done


@recorded("decisions.undo_asked")
def ask_undo(*, by: Appointment, case: Case, reason: str) -> Done:
    """Asks that a case carried out be undone; another person decides. Refused while something newer stands on it."""
    needs(by, "decisions.propose")
    if not reason.strip():
        raise Refused("请写明为什么要撤销", "Say why it is to be undone")
    case = held(case)
    may(by, case, Act.UNDO_ASKED)
    _nothing_stands_on(case)
    return Done(case, step(by, case, Act.UNDO_ASKED, reason=reason))


@recorded("decisions.undone")
def undo(*, by: Appointment, case: Case, reason: str = "") -> Done:
    """Undoes a case that another person asked to have undone: the register is as it was before, its history whole."""
    needs(by, "decisions.decide")
    case = held(case)
    may(by, case, Act.UNDONE)
    _nothing_stands_on(case)
    carried = CaseStep.objects.filter(case=case, act=Act.ACCEPTED).order_by("-number").first()
    assert carried is not None
    with in_words():
        immediate()
        trace = change_undone(by=by, case=case.pk, rows=carried.detail["rows"])
        kind_of(case).undone(change_of(case, by))
    done = step(by, case, Act.UNDONE, reason=reason, detail=trace.detail())
    answering.ask_again(by=by, told=answering.words_of(case))
    told = answering.words_of(case, undone=True)
    answering.answer_files(by=by, told=told, households=trace.households, rows=trace.rows)
    moot.open_after(by=by, case=case, households=trace.households)
    looked_at_again(trace.households, by)
    return Done(case, done)


@recorded("decisions.undo_refused")
def refuse_undo(*, by: Appointment, case: Case, reason: str) -> Done:
    """Leaves a case as it was carried out; says why."""
    needs(by, "decisions.decide")
    if not reason.strip():
        raise Refused("不予撤销须写明理由", "Say why it is not undone")
    case = held(case)
    may(by, case, Act.UNDO_REFUSED)
    return Done(case, step(by, case, Act.UNDO_REFUSED, reason=reason))


def _nothing_stands_on(case: Case) -> None:
    kind = kind_of(case)
    if kind.leaves_county:
        raise Refused(
            "这一户已由外县接收，不能撤销；要回来，请对方按迁出办理",
            "Another county received the household; for it to come back, that county proposes a move",
        )
    later = standing_on(case)
    if later:
        zh = "、".join(f"“{kind_of(one).zh}”（事项 {one.pk}，{one.effective_on}）" for one in later)
        en = ", ".join(f"{kind_of(one).en} (case {one.pk}, {one.effective_on})" for one in later)
        raise Refused(
            f"这一事项之后又办了{zh}，请先撤销后办的", f"Later cases stand on it: {en}; undo those first"
        )


def looked_at_again(households: Iterable[int], by: Actor) -> None:
    """What the rules say of the touched households, and what of it goes into the pool of findings or is closed there.

    A household that ended has no standing, and nothing is left to be put right in it.
    """
    by_village: dict[str, list[int]] = defaultdict(list)
    for one in Household.objects.filter(pk__in=list(households)):
        by_village[one.village_code].append(one.pk)
        if one.ended_on is not None:
            Standing.objects.filter(household=one).delete()
    for village, keys in by_village.items():
        look_again(households=keys, as_of=data_day(village), by=by.actor_name, post=by.post_name)
