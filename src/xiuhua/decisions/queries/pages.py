"""What the pages of cases show, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.common.paging import PAGE, pager
from xiuhua.decisions.kinds import KINDS, Kind, both
from xiuhua.decisions.kinds.kind import EARLIEST, lines_of, relation_words
from xiuhua.decisions.kinds.reading import change_of, home_of, kind_of, newest_members, there, whole
from xiuhua.decisions.models import Case, CaseStep
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries.cases import closed, of_household, proposed_by, waiting_for, why_not
from xiuhua.decisions.queries.transfers import arrivals, receiving
from xiuhua.decisions.terms import Act, State
from xiuhua.files.queries import way
from xiuhua.places.queries import names_of
from xiuhua.registry.models import Household
from xiuhua.registry.queries.people import age_on, sees_birth_dates

TONES = {
    State.PENDING: "straw", State.RETURNED: "red", State.SENT: "straw", State.UNDO_ASKED: "straw", State.ACCEPTED: "leaf",
}  # fmt: skip
GROUPS = (
    ("家里添人", "Somebody joins", ("birth", "marriage_in", "adoption_in", "return")),
    ("家里少人", "Somebody leaves", ("death", "marriage_out", "adoption_out")),
    (
        "户有变化",
        "The household changes",
        ("new_head", "split", "merge", "move", "move_away", "household_ends"),
    ),
    ("登记写错了", "Written down wrongly", ("exit_year",)),
)


def language() -> str:
    """zh or en."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def pill(state: str) -> dict[str, Any]:
    """A case's state as a mark."""
    return {"tone": TONES.get(State(state), "plain"), "label": State(state)}


def choices(household: Household) -> list[dict[str, Any]]:
    """Kinds in plain words, by what happens to the family: those that can happen to this one."""
    groups = [
        (zh, en, [code for code in codes if KINDS[code].offered_to(household)]) for zh, en, codes in GROUPS
    ]
    return [
        {
            "title": both(zh, en),
            "kinds": [
                {
                    "label": KINDS[code],
                    "when": both(KINDS[code].when_zh, KINDS[code].when_en),
                    "url": reverse("decisions:new", args=[household.pk, code]),
                }
                for code in codes
            ],
        }
        for zh, en, codes in groups
        if codes
    ]


def rows(found: Iterable[Case]) -> list[dict[str, Any]]:
    """Cases as a list shows them: four queries, however many."""
    cases = list(found)
    households = Household.objects.in_bulk({one.households[0] for one in cases if one.households})
    places = names_of({one.place_code for one in cases})
    firsts = {
        one.case_id: one
        for one in CaseStep.objects.filter(case__in=cases, act=Act.PROPOSED).select_related(
            "appointment__official"
        )
    }
    told: list[dict[str, Any]] = []
    for one in cases:
        home = households.get(one.households[0]) if one.households else None
        first = firsts.get(one.pk)
        told.append(
            {
                "url": reverse("decisions:case", args=[one.pk]),
                "kind": kind_of(one),
                "who": "" if kind_of(one).begins else about(one),
                "household": (home.head_name if home else about(one) if kind_of(one).begins else None)
                or _("户主不明"),
                "number": home.number if home else "",
                "village": places.get(one.place_code, one.place_code),
                "on": one.effective_on,
                "by": first.appointment.official.name if first else "",
                "at": first.at if first else one.begun_at,
                **pill(one.state),
            }
        )
    return told


def about(case: Case) -> str:
    """The name of whom a case is about, where it is about one person."""
    return str(case.payload.get("name") or case.payload.get("person_name") or "")


def lists(by: Appointment) -> dict[str, QuerySet[Case]]:
    """The lists of an inbox by their keys."""
    open_here = Case.objects.filter(state__in=(State.PENDING, State.RETURNED, State.SENT, State.UNDO_ASKED))
    decides = by.role in RIGHTS["decisions.decide"]
    sent = {"sent": Case.objects.filter(state=State.SENT)} if decides else {}
    waiting = waiting_for(by) if decides else open_here
    return {"waiting": waiting, **sent, "own": proposed_by(by), "closed": closed()}


def listed(by: Appointment, show: str) -> tuple[str, QuerySet[Case]]:
    """The list that is meant, by its key, and its cases; what is no list of this post is the first."""
    found = lists(by)
    show = show if show in found and (show != "own" or by.role in RIGHTS["decisions.propose"]) else "waiting"
    return show, found[show]


def named(by: Appointment, show: str) -> str:
    """What the list that is meant is called."""
    return _names(by)[listed(by, show)[0]]


def _names(by: Appointment) -> dict[str, str]:
    waiting = _("待我审核") if by.role in RIGHTS["decisions.decide"] else _("正在办理")
    names = {"waiting": waiting, "sent": _("等对方接收"), "own": _("我提交的"), "closed": _("已办结")}
    return {key: names[key] for key in lists(by)}


def newest(keys: list[int]) -> list[Case]:
    """Cases by key, in the order of the keys."""
    found = Case.objects.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def in_turn(found: QuerySet[Case], show: str) -> QuerySet[Case]:
    """As they are taken up: of what waits, whoever waited longest; of what was handed in or is closed, the newest."""
    return found.order_by("pk" if show == "waiting" else "-pk")


def inbox(by: Appointment, show: str, asked: str = "") -> dict[str, Any]:
    """The context of decisions/list.html; `asked`: the page, as the address has it."""
    found = lists(by)
    proposes = by.role in RIGHTS["decisions.propose"]
    show, names = listed(by, show)[0], _names(by)
    address = reverse("decisions:list")
    counts = {key: found[key].count() for key in names if key != "own" or proposes}
    first, turned = pager(counts[show], asked, lambda number: f"{address}?show={show}&page={number}")
    return {
        "filters": [
            {"label": names[key], "count": n, "url": f"{address}?show={key}", "current": key == show}
            for key, n in counts.items()
        ],
        "rows": rows(in_turn(found[show], show)[first : first + PAGE]),
        "pager": turned,
        **arrivals(by),
        "empty": _empty(by, show, proposes),
        "kin_url": reverse("decisions:kin") if by.role in RIGHTS["decisions.see_kin"] else None,
        "take_url": way(by, "decisions.cases", show=show) if counts[show] else None,
    }  # fmt: skip


def _empty(by: Appointment, show: str, proposes: bool) -> dict[str, Any]:
    sentence = {
        "waiting": _("村里提交出生、死亡、婚嫁、分户等变更后，会列在这里等人审核。"),
        "own": _("打开一户，点“人口变更”，选一种情况填报。"),
        "sent": _("要由外县或外乡镇接收的，在对方答复以前列在这里。"),
        "closed": _("审核通过、未通过、撤回的事项会列在这里。"),
    }[show]
    find = {
        "label": _("去找一户"), "url": reverse("workbench:households", args=[by.place_code]), "icon": "household", "primary": True,
    }  # fmt: skip
    look = {
        "label": _("看本地情况"), "url": reverse("workbench:place", args=[by.place_code]), "icon": "place",
    }  # fmt: skip
    return {"title": _("没有事项"), "sentence": sentence, "actions": [find if proposes else look]}


def case_page(by: Appointment, case: Case) -> dict[str, Any]:
    """The context of decisions/case.html."""
    kind = kind_of(case)
    steps = list(
        case.steps.select_related("appointment__official", "appointment__post__place").order_by("number")
    )
    evidence = list(case.evidence.select_related("file"))
    home = Household.objects.filter(pk=home_of(case) or 0).first()
    missing = kind.missing({one.what for one in evidence})
    papers = {one.code: one for one in kind.papers}
    may_open = by.role in RIGHTS["decisions.open_evidence"]
    return {
        "case": {"pk": case.pk, "kind": kind, "on": case.effective_on, "on_label": both(kind.on_zh, kind.on_en), "reason": case.reason, "sealed": case.id_blind is not None},
        "pills": [pill(case.state)],
        "household": {"name": (home.head_name if home else about(case) if kind.begins else None) or _("户主不明"), "number": home.number if home else "", "url": reverse("workbench:household", args=[home.pk]) if home else None},
        "lines": _lines(case, kind, steps),
        "pair_url": _pair_url(case),
        "facts": _facts(by, case),
        "steps": [
            {"act": one.done, "who": one.appointment.says(language()), "at": one.at, "reason": one.reason} for one in steps
        ],
        "evidence": [
            {
                "label": both(papers[one.what].zh, papers[one.what].en) if one.what in papers else one.what,
                "name": one.file.name,
                "url": reverse("decisions:evidence", args=[case.pk, one.pk]) if may_open else None,
            }
            for one in evidence
        ],
        "missing": [both(one.zh, one.en) for one in missing],
        "bare": kind.wants_a_paper and not evidence and case.state == State.PENDING,
        "may_add": by.role in RIGHTS["decisions.propose"] and case.state in (State.PENDING, State.RETURNED, State.SENT),
        **_offers(by, case, kind),
    }  # fmt: skip


def _pair_url(case: Case) -> str | None:
    """The pair that the case was decided from, both sides in full, for those in whose area both lie."""
    pair = case.pairs.first()
    return reverse("decisions:pair", args=[pair.pk]) if pair else None


def _lines(case: Case, kind: Kind, steps: list[CaseStep]) -> list[dict[str, Any]]:
    """Before and after: of now while the case is open, of when it was decided afterwards."""
    here = whole(case)
    if case.state in (State.PENDING, State.RETURNED, State.SENT) and here:
        return lines_of(kind, change_of(case))
    # Of a household elsewhere a proposal told all once: such a one tells nothing where only one of the two lies.
    told = (one.detail for one in reversed(steps) if one.detail.get("lines"))
    newest: dict[str, Any] = next(told, {"lines": []})
    in_effect = case.state in (State.ACCEPTED, State.UNDO_ASKED, State.UNDONE)
    lines: list[dict[str, Any]] = newest["lines"] if here or in_effect or newest.get("apart") else []
    return lines


def _facts(by: Appointment, case: Case) -> list[dict[str, Any]]:
    """What else was filled in and no before and after tells. The day of birth completes the ends of a number that a household's
    page shows: whoever may open none learns the age."""
    told: list[dict[str, Any]] = []
    if born := case.payload.get("birth_date"):
        if sees_birth_dates(by.role):
            told.append({"label": _("出生日期"), "value": born})
        else:
            told.append({"label": _("年龄"), "value": age_on(date.fromisoformat(born), beijing_today())})
    if kind_of(case).begins:
        told += _of_family(by, case)
    if case.payload.get("to_where"):
        told.append({"label": _("去往何处"), "value": case.payload["to_where"]})
    if case.id_blind is not None:
        told.append({"label": _("证件号码"), "value": _("已填，校验码正确，加密封存")})
    return told


def _of_family(by: Appointment, case: Case) -> list[dict[str, Any]]:
    """Of a household that is to be entered: why some have no number yet, and how it is known that they are not their namesakes; for
    those who handle it."""
    if by.role not in RIGHTS["decisions.see_named"]:
        return []
    members = newest_members(case)
    told = [
        {"label": _("%(name)s 还没有证件号码") % {"name": one.name}, "value": one.no_number}
        for one in members
        if one.no_number
    ]
    if any(one.phone_blind is not None for one in members):
        told.append({"label": _("联系电话"), "value": _("已填，加密封存")})
    if case.payload.get("apart"):
        told.append({"label": _("凭什么知道不是同一家"), "value": case.payload["apart"]})
    return told


# What may be done in a state, in the order of the buttons: act, label, tone of the button, whether words are needed.
OFFERED: dict[State, tuple[Act, ...]] = {
    State.PENDING: (Act.ACCEPTED, Act.RETURNED, Act.REFUSED, Act.WITHDRAWN),
    State.RETURNED: (Act.WITHDRAWN,),
    State.SENT: (Act.RETURNED, Act.REFUSED, Act.WITHDRAWN),
    State.ACCEPTED: (Act.UNDO_ASKED,),
    State.UNDO_ASKED: (Act.UNDONE, Act.UNDO_REFUSED),
}
BUTTONS = {
    Act.ACCEPTED: both("审核通过，登记生效", "Accept and carry out"),
    Act.AGREED: both("同意迁出，送对方接收", "Agree and offer it"),
    Act.RETURNED: both("退回补正", "Give back for correction"),
    Act.REFUSED: both("不予通过", "Refuse"),
    Act.WITHDRAWN: both("撤回", "Take back"),
    Act.UNDO_ASKED: both("申请撤销", "Ask to undo"),
    Act.UNDONE: both("同意撤销", "Undo"),
    Act.UNDO_REFUSED: both("不予撤销", "Leave as it is"),
}


def _offers(by: Appointment, case: Case, kind: Kind) -> dict[str, Any]:
    """Buttons for what this person may do, and the sentence where they may not."""
    acts = [
        Act.AGREED if one is Act.ACCEPTED and kind.leaves_county else one
        for one in OFFERED.get(State(case.state), ())
    ]
    if kind.leaves_county and case.state == State.ACCEPTED:
        acts = []
    township = receiving(case) if case.state == State.SENT else ""
    refusals = {act: why_not(by, case, act) for act in acts}
    offers = [
        {
            "value": act.value,
            "label": BUTTONS[act],
            "primary": at == 0 and act not in (Act.WITHDRAWN, Act.UNDO_ASKED, Act.RETURNED),
        }
        for at, act in enumerate(acts)
        if refusals[act] is None
    ]
    correct = case.state == State.RETURNED and why_not(by, case, Act.RESUBMITTED) is None
    asked = case.payload.get("application") if kind.begins and by.role in RIGHTS["decisions.propose"] else None  # fmt: skip
    first = refusals.get(acts[0]) if acts and case.state in (State.PENDING, State.UNDO_ASKED) else None
    return {
        "offers": offers,
        "why_not": awaiting(township) if case.state == State.SENT else first,
        "correct_url": reverse("decisions:correct", args=[case.pk]) if correct else None,
        "asked_url": reverse("relapse:application", args=[asked]) if asked else None,
        "hint": both("退回、不予通过、申请撤销须写明理由", "To give back, refuse or undo, say why")
        if any(one["value"] not in ("withdrawn",) for one in offers)
        else None,
    }


def awaiting(township: str) -> dict[str, str]:
    """Who is to answer first; a township of this county by its name."""
    if not township:
        return both("已送对方，等对方答复是否接收", "Offered; the other office says whether it receives")
    return both(
        f"先由{township}答复是否接收，再由县级审核",
        f"{township} says first whether it receives; then the county decides",
    )


def household_cases(by: Appointment, household: int) -> list[dict[str, Any]]:
    """A household's cases for its page, the newest first; nothing for whoever may not see cases."""
    if by.role not in RIGHTS["decisions.see"]:
        return []
    return rows(of_household(household).order_by("-pk")[:20])


def relation(code: str | None) -> dict[str, str]:
    """A relation to the head in both languages."""
    return relation_words(code)


def filled_in(case: Case) -> dict[str, Any]:
    """What a form of a returned case begins with. The sealed number stays sealed: left empty, it is kept."""
    relations = case.payload.get("relations") or {}
    into = Household.objects.filter(pk=case.payload["into"]).first() if "into" in case.payload else None
    return {
        **{name: value for name, value in case.payload.items() if name not in ("relations", "into")},
        **{f"relation_{person}": value for person, value in relations.items()},
        "into": into.number if into else "",
        "effective_on": case.effective_on.isoformat(),
        "reason": case.reason,
    }


__all__ = [
    "EARLIEST",
    "case_page",
    "choices",
    "filled_in",
    "household_cases",
    "inbox",
    "relation",
    "rows",
    "there",
]
