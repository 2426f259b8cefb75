"""What the pages of pairs show: the list by kind, and one pair matter by matter, each with a word and a mark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.common.paging import PAGE, pager
from xiuhua.decisions.kinds import both
from xiuhua.decisions.kinds.reading import kind_of
from xiuhua.decisions.kinds.settling import gone, living, stays_nowhere
from xiuhua.decisions.models import Case, Pair, Search
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries import pairs as queries
from xiuhua.decisions.queries.cases import why_not
from xiuhua.decisions.queries.pages import awaiting, pill
from xiuhua.decisions.queries.pair_matters import home, matters
from xiuhua.decisions.queries.transfers import receiving
from xiuhua.decisions.terms import BY_THE_ID, Act, Answer, PairKind, PairState, SearchState, State, words
from xiuhua.engine import load
from xiuhua.places.queries import names_of
from xiuhua.registry.models import Membership
from xiuhua.registry.terms import Leaving

Both = dict[str, str]
TONES = {
    PairState.OPEN: "straw",
    PairState.PROPOSED: "straw",
    PairState.DECIDED: "leaf",
    PairState.GONE: "plain",
}
FOUND_BY = {
    "id": both("证件号码相同", "Same ID number"),
    BY_THE_ID: both(
        "残疾人证或旧号与另一边是同一个身份证号",
        "The disability card or old number of one carries the ID number of the other",
    ),
    "name_birth_village": both("同村、同名、同一天出生", "Same name and birth date in one village"),
    "birth_near_name": both("同一天出生，姓名只差一字", "Same birth date, names one character apart"),
    "splink": both("打分较高（逐级比对没有找到）", "A high score, found by no comparison"),
    "same_person_two_households": both(
        "号码和姓名都相同，在两户里", "Same number and name in two households"
    ),
    "id_used_twice": both("号码相同，姓名不同", "Same number, different names"),
    "id_changed": both("同一个人，号码与登记的不同", "Same person, another number than on record"),
    "person_moved": both("登记在一户，文件里在另一户", "On record in one household, in the file in another"),
    "household_moved": both(
        "登记在一个村，文件里在另一个村", "On record in one village, in the file in another"
    ),
}
# Of what only the place is told (in another county, in another township of one's own): who it is, which question, how it came up.
COUNTY, TOWNSHIP = both("外县", "Another county"), both("本县其他乡镇", "Another township of this county")
OF_ELSEWHERE = {
    (PairKind.ID_ELSEWHERE, False): (both("证件号码外县已有", "ID number in use in another county"),
                                     both("这个号码外县也在用", "Another county has this number too")),
    (PairKind.ID_ELSEWHERE, True): (both("证件号码本县其他乡镇已有", "ID number in use in another township"),
                                    both("这个号码本县其他乡镇也在用", "Another township of this county has this number too")),
    (PairKind.RELEASE_ASKED, False): (both("外县请求核减", "Another county asks to release a person"),
                                      both("外县来问", "Asked by another county")),
    (PairKind.RELEASE_ASKED, True): (both("本县其他乡镇请求核减", "Another township asks to release a person"),
                                     both("本县其他乡镇来问", "Asked by another township of this county")),
}  # fmt: skip


def listed(state: PairState, kind: str, asked: str) -> dict[str, Any]:
    """The list: filters by state and kind with counts, and the page of rows asked for. Five queries, however many pairs."""
    states, kinds = queries.states(), queries.counts(state)
    found = queries.in_state(state)
    found = found.filter(kind=kind) if kind else found
    address = reverse("decisions:pairs")
    total = kinds.get(kind, 0) if kind else sum(kinds.values())
    kept = f"?state={state.value}&kind={kind}&page="
    first, turned = pager(total, asked, lambda number: f"{kept}{number}")
    rows = list(queries.in_order(found)[first : first + PAGE])
    return {
        "states": [
            {"label": one, "count": states.get(one.value, 0), "url": f"{address}?state={one.value}", "current": one is state}
            for one in (PairState.OPEN, PairState.PROPOSED, PairState.DECIDED, PairState.GONE)
        ],
        "kinds": [
            {"label": both("全部", "All"), "count": sum(kinds.values()), "url": f"{address}?state={state.value}", "current": not kind},
            *(
                {"label": one, "count": kinds[one.value], "url": f"{address}?state={state.value}&kind={one.value}", "current": one.value == kind}
                for one in PairKind if kinds.get(one.value)
            ),
        ],
        "total": total,
        "pager": turned,
        "rows": lines(rows),
        "first_url": reverse("decisions:pair", args=[start.pk]) if (start := queries.next_open(None, kind)) else None,
    }  # fmt: skip


def _named(pair: Pair) -> tuple[Both | PairKind, Both | PairKind]:
    """What kind of question it is, and how it came up."""
    kind = PairKind(pair.kind)
    return OF_ELSEWHERE.get((kind, pair.near)) or (kind, FOUND_BY.get(pair.found_by, kind))


def lines(rows: list[Pair]) -> list[dict[str, Any]]:
    """Pairs as the list shows them; one query for all places."""
    names = names_of({_village(one) for one in rows})
    return [_line(one, names) for one in rows]


def _village(pair: Pair) -> str:
    return str(pair.left.get("village") or pair.place_code)


def _line(pair: Pair, names: Mapping[str, str]) -> dict[str, Any]:
    said = words(pair.kind, pair.answer, near=pair.near) if pair.answer else None
    return {
        "url": reverse("decisions:pair", args=[pair.pk]), "kind": _named(pair)[0], "name": pair.left.get("name") or pair.left.get("head") or "—",
        "left": home(pair.left), "right": home(pair.right), "village": names.get(_village(pair), ""), "answer": said, "by": pair.decided_post,
        "at": pair.decided_at, "score": None if pair.score is None else f"{pair.score:.2f}",
    }  # fmt: skip


def page(by: Appointment, pair: Pair) -> dict[str, Any]:
    """One pair, side by side, with what may be answered now."""
    standing = queries.standing(pair)
    codes = {str(side.get("village") or "") for side in (pair.left, pair.right)}
    names = names_of(codes)
    alive = [living(side, pair.county_code) for side in (pair.left, pair.right)]
    following = queries.next_open(pair)
    kind, found_by = _named(pair)
    return {
        "pair": {"pk": pair.pk, "kind": kind, "found_by": found_by,
                 "score": None if pair.score is None else f"{pair.score:.2f}", "reason": _reason(pair, standing), "by": pair.decided_post, "at": pair.decided_at,
                 "set_aside": standing is PairState.OPEN and pair.answer == Answer.NOT_YET},
        "pills": [_pill(pair, standing)],
        "sides": [_column(pair, side, one, names) for side, one in zip((pair.left, pair.right), alive, strict=True)],
        "matters": matters(by, pair, names),
        "answered": words(pair.kind, pair.answer, near=pair.near) if pair.answer and standing is not PairState.OPEN else None,
        "look_at": dict(zip(("zh", "en"), queries.LOOK_AT[PairKind(pair.kind)], strict=True)),
        "next_url": reverse("decisions:pair", args=[following.pk]) if following else None,
        "release": _release(pair),
        **_offers(by, pair, standing, alive),
    }  # fmt: skip


def _pill(pair: Pair, standing: PairState) -> dict[str, Any]:
    """How far a pair is; of one whose case was given back for correction, that."""
    if pair.case is not None and pair.case.state == State.RETURNED:
        return pill(pair.case.state)
    return {"tone": TONES[standing], "label": standing}


def _reason(pair: Pair, standing: PairState) -> str:
    """What the answer rests on: as the case has it, which may have been corrected; of a pair that was closed, why."""
    return pair.case.reason if standing is PairState.PROPOSED and pair.case is not None else pair.reason


def _column(
    pair: Pair, side: Mapping[str, Any], alive: Membership | None, names: Mapping[str, str]
) -> dict[str, Any]:
    """The head of one side: whose record, from where, and whether the register still has it so."""
    source = side["source"]
    if source["where"] == "elsewhere":
        code = str(side.get("village") or "")
        office = f" · {side['office']}" if side.get("office") else ""
        name = names.get(code, code)
        return {
            "title": TOWNSHIP if pair.near else COUNTY,
            "where": both(f"{name}{office}", f"{name}{office}"),
            "url": None,
            "note": None,
        }
    if source["where"] == "file":
        where = both(
            f"《{source['file']}》{source['sheet']} 第 {source['row']} 行",
            f"{source['file']}, {source['sheet']}, row {source['row']}",
        )
        title = both("文件", "file")
    else:
        batch = source.get("batch")
        where = both(
            f"登记（第 {batch} 批导入）" if batch else "登记",
            f"The register (batch {batch})" if batch else "The register",
        )
        title = both("登记", "register")
    return {
        "title": title, "where": where,
        "batch_url": reverse("intake:batch", args=[source["batch"]]) if source.get("batch") else None,
        "url": reverse("workbench:household", args=[side["household_id"]]) if side.get("household_id") else None,
        "note": _left(pair, side) if alive is None and pair.kind != PairKind.HOUSEHOLD_MOVED else None,
    }  # fmt: skip


def _left(pair: Pair, side: Mapping[str, Any]) -> Both | None:
    """That somebody is not there any more, and why; None of whom the register never had there."""
    if not gone(side, pair.county_code):
        return None
    ended = Membership.objects.filter(
        household__number=side.get("household"), household__county_code=pair.county_code, until__isnull=False
    )
    by_number = Q(person__number=side.get("person") or None)
    last = (
        ended.filter(Q(person=side["person_id"]) if side.get("person_id") else by_number)
        .order_by("-until", "-pk")
        .first()
    )
    because = Leaving(last.ended_because) if last and last.ended_because else None
    zh, en = (
        (f"（{last.until} {because.zh}）", f" ({because.en.lower()}, {last.until})")
        if last and because
        else ("", "")
    )
    return both(f"登记里此人已不在这一户{zh}", f"Not in this household of the register any more{en}")


def _release(pair: Pair) -> dict[str, Any] | None:
    """How far the other county is with what it was asked; it tells no more."""
    if pair.answer != Answer.ASK_RELEASE or pair.state != PairState.DECIDED:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select decisions_release_answer(%s)", [pair.pk])
        (said,) = cursor.fetchone()
    return {
        "released": both(
            "对方已核减，重新导入后不再提示", "Released there; the next file is not asked about it"
        ),
        "kept": both(
            "对方答复：人还在那边，不核减。请双方再核实",
            "The other office says the person lives there; find out together",
        ),
    }.get(said, both("已请对方核减，等对方答复", "Asked; waiting for the other office"))


def _offers(
    by: Appointment, pair: Pair, standing: PairState, alive: list[Membership | None]
) -> dict[str, Any]:
    """What this person may do with it now, or why not."""
    if by.role not in RIGHTS["decisions.pair"]:
        return {"why_not": both("由乡镇或县级业务岗位判断", "The township or county office decides")}
    if standing is PairState.OPEN:
        return {
            "answers": [
                _offer(pair, one, alive) for one in queries.answers(pair) if stays_nowhere(pair, one) is None
            ],
            "today": beijing_today(),
        }
    if standing is PairState.GONE:
        return {"closed": _closed(pair)}
    if pair.case is None:
        return {"undo": True}
    case = pair.case
    if case.state == State.RETURNED:
        return _given_back(by, case)
    waiting = {State.PENDING: Act.ACCEPTED, State.UNDO_ASKED: Act.UNDONE}.get(State(case.state))
    if case.state == State.SENT:
        return {
            "case_url": reverse("decisions:case", args=[case.pk]), "case_kind": kind_of(case), "why_not": awaiting(receiving(case)),
            "withdraw": why_not(by, case, Act.WITHDRAWN) is None,
        }  # fmt: skip
    if waiting is None:
        return {"undo": case.state == State.ACCEPTED, "case_url": reverse("decisions:case", args=[case.pk])}
    refused = why_not(by, case, waiting)
    return {
        "case_url": reverse("decisions:case", args=[case.pk]), "case_kind": kind_of(case),
        "confirm": waiting.value if refused is None else None, "why_not": refused,
        "withdraw": case.state == State.PENDING and why_not(by, case, Act.WITHDRAWN) is None,
    }  # fmt: skip


def _closed(pair: Pair) -> Both | None:
    """Why a pair asks nothing any more, where somebody is gone from it; else its reason says it alone."""
    if not (gone(pair.left, pair.county_code) or gone(pair.right, pair.county_code)):
        return None
    return both(
        f"{pair.reason}。",
        "One side is not in its household any more, so nothing is left to decide. If both are one person, propose the same change in the other household too.",
    )


def _given_back(by: Appointment, case: Case) -> dict[str, Any]:
    """What was proposed waits for a correction: what is to be corrected, and who may do that or take it back."""
    back = case.steps.filter(act=Act.RETURNED).order_by("-number").first()
    refused = why_not(by, case, Act.RESUBMITTED)
    return {
        "case_url": reverse("decisions:case", args=[case.pk]), "case_kind": kind_of(case), "returned": back.reason if back else "",
        "correct_url": reverse("decisions:correct", args=[case.pk]) if refused is None else None, "why_not": refused,
        "withdraw": why_not(by, case, Act.WITHDRAWN) is None,
    }  # fmt: skip


def _offer(pair: Pair, answer: Answer, alive: list[Membership | None]) -> dict[str, Any]:
    loser = {Answer.KEEP_LEFT: alive[1], Answer.KEEP_RIGHT: alive[0], Answer.RELEASE: alive[0]}.get(answer)
    moves = answer is Answer.TAKE
    mover = alive[0] if moves and pair.kind == PairKind.PERSON_MOVED else loser
    return {
        "value": answer.value, "label": words(pair.kind, answer, near=pair.near),
        "note": both("须另一人确认后才改登记", "Changes the register once a second person confirms") if loser or moves else None,
        "roster": _roster(mover),
    }  # fmt: skip


def _roster(one: Membership | None) -> list[dict[str, Any]]:
    """Where a head leaves: the others, whose relation to a new head must be said."""
    if one is None or one.relation != "head":
        return []
    rest = (
        Membership.objects.filter(household=one.household, until__isnull=True)
        .exclude(pk=one.pk)
        .select_related("person")
    )
    return [
        {"name": f"relation_{m.person_id}", "label": m.person.name or "?", "options": relations()}
        for m in rest
    ]


def relations() -> list[tuple[str, Both]]:
    """The relations to the head, as options."""
    return [(one.code, both(one.says("zh"), one.says("en"))) for one in load().codes["relation"].codes]


def search_told(search: Search | None) -> dict[str, Any] | None:
    """The newest search of the area: its progress, or what it came to."""
    if search is None:
        return None
    if queries.at_work(search):
        percent = round(100 * search.done / search.total) if search.total else 5
        return {"progress": {"percent": min(percent, 99), "done": search.done, "total": search.total, "label": SearchState(search.state),
                             "sentence": both("可以离开本页，完成后在这里看结果。", "You may leave this page; the result will be here."),
                             "url": reverse("decisions:pairs_progress")}}  # fmt: skip
    told = search.told
    if told.get("trouble"):
        return {
            "at": search.finished_at,
            "by": search.started_post,
            "sentence": both(told["trouble"]["zh"] + "。", told["trouble"]["en"] + "."),
        }
    zh = f"查了 {told.get('people', 0):,} 人，新开 {told.get('opened', 0):,} 对，{told.get('known', 0):,} 对以前已经问过或判断过。"
    en = f"{told.get('people', 0):,} people searched, {told.get('opened', 0):,} pairs opened, {told.get('known', 0):,} were asked or decided before."
    if told.get("alone"):
        zh += f"其中 {told['alone']:,} 对只是打分找出的，供核对。"
        en += f" {told['alone']:,} of them were found by their score alone, for review."
    if told.get("left_out"):
        zh += f"还有 {told['left_out']:,} 对没有列出，判断一批后再查一次。"
        en += f" {told['left_out']:,} more are not listed; decide these and search again."
    if told.get("batch"):
        zh = f"第 {told['batch']} 批并入了没有证件号码的人，并入后自动查找：{zh}"
        en = f"Batch {told['batch']} brought people without an ID number, and the area was searched by itself: {en}"
    if told.get("no_scores"):
        zh, en = zh + told["no_scores"]["zh"] + "。", f"{en} {told['no_scores']['en']}."
    return {"at": search.finished_at, "by": search.started_post, "sentence": both(zh, en)}
