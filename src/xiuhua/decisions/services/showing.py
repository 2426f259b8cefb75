"""A case or proceeding told whole, as lines of text: who, when, on what evidence, by which rules, figures and versions.

For whoever holds the server; that it was told is recorded. What is sealed stays sealed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xiuhua.audit.services import Actor, recorded
from xiuhua.common.asked import row_key
from xiuhua.decisions.kinds.reading import home_of, kind_of
from xiuhua.decisions.models import Case, Paper, Proceeding, Signature, Snapshot
from xiuhua.decisions.queries.outcomes_shown import fact_said
from xiuhua.decisions.queries.proceedings import papers_of_step
from xiuhua.decisions.services.recheck import Again, again
from xiuhua.decisions.terms import NOBODY, REFUSED, Act, Asset, Course, Help, Sign, State
from xiuhua.engine import Result, load
from xiuhua.engine.evidence import Evidence
from xiuhua.notices.models import Notice
from xiuhua.places.models import Place
from xiuhua.registry.models import Household, Membership, Person, WatchEntry
from xiuhua.registry.terms import RemovalMode, WatchClass

BEIJING = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True)
class Shown:
    """What was told. agrees: whether every snapshot comes out the same; null where nothing can be said of one."""

    number: str
    place: str
    lines: list[str]
    agrees: bool | None = None

    @property
    def audit_subject(self) -> str:
        return f"proceeding:{self.number[1:]}" if self.number.startswith("P") else f"case:{self.number}"

    @property
    def audit_place(self) -> str:
        return self.place

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"number": self.number, "agrees": self.agrees}


@recorded("decisions.shown")
def show(
    *, by: Actor, about: Case | Proceeding, language: str = "zh", also: Sequence[tuple[str, str]] = ()
) -> Shown:
    """Everything of a case or proceeding. The snapshots of a proceeding are computed again on the way; nothing of it is kept.

    also: lines in Chinese and English of what rooms above know of it.
    """
    words = Words(language)
    if isinstance(about, Case):
        return Shown(f"{about.pk}", about.place_code, list(_case(about, words)))
    shots = list(
        Snapshot.objects.filter(proceeding=about).select_related("proceeding__procedure").order_by("pk")
    )
    found = [(shot, again(shot)) for shot in shots]
    said = [one.agrees for _, one in found]
    agrees = False if False in said else None if None in said or not said else True
    lines = [*_proceeding(about, found, words), *(words(zh, en) for zh, en in also)]
    return Shown(f"P{about.pk}", about.place_code, lines, agrees)


class Words:
    """Pairs of Chinese and English, read in one of them."""

    def __init__(self, language: str) -> None:
        self.language = "en" if language.startswith("en") else "zh"

    def __call__(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def of(self, pair: Any) -> str:
        return str(pair[self.language]) if isinstance(pair, dict) else str(pair)

    def at(self, moment: dt.datetime) -> str:
        return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _household(key: int | None, words: Words) -> str:
    home = Household.objects.filter(pk=key or 0).first()
    if home is None:
        return words("（本户已不在此区划）", "(no household of this area any more)")
    people = Membership.objects.filter(household=home, until__isnull=True).count()
    village = Place.objects.filter(pk=home.village_code).values_list("name", flat=True).first()
    head = home.head_name or words("户主不明", "head not known")
    return f"{village or home.village_code} {home.number} {head}" + words(
        f"（{people} 人）", f" ({people} persons)"
    )


def _case(one: Case, words: Words) -> Iterator[str]:
    kind = kind_of(one)
    yield words(f"事项 {one.pk}", f"Case {one.pk}") + f" · {words(kind.zh, kind.en)}"
    yield words("对象：", "About: ") + "；".join(
        _household(key, words) for key in one.households or filter(None, [home_of(one)])
    )
    yield words("现状：", "State: ") + State(one.state).says(words.language)
    yield words("生效日期：", "Takes effect: ") + f"{one.effective_on}"
    if one.reason:
        yield words("理由：", "Reason: ") + one.reason
    if one.id_sealed is not None:
        yield words("证件号码：已填，封存", "Number of the identity card: given, sealed")
    yield words("过程：", "Steps:")
    for step in one.steps.select_related("appointment__official", "appointment__post__place").order_by(
        "number"
    ):
        yield f"  {step.number}. {Act(step.act).says(words.language)} · {step.appointment.says(words.language)} · {words.at(step.at)}" + (f" · {step.reason}" if step.reason else "")  # fmt: skip
        for line in step.detail.get("lines", []):
            yield f"     {words.of(line['what'])}: {words.of(line['before'])} → {words.of(line['after'])}"
    papers = {paper.code: words(paper.zh, paper.en) for paper in kind.papers}
    yield words("材料：", "Evidence:")
    for proof in one.evidence.select_related("file"):
        yield f"  {papers.get(proof.what, proof.what)} · {proof.file.name} · {proof.brought_by} · {words.at(proof.at)} · sha256 {proof.file.sha256[:16]}"


def _proceeding(one: Proceeding, found: list[tuple[Snapshot, Again]], words: Words) -> Iterator[str]:
    definition = one.procedure.definition
    yield (
        words(f"程序 P{one.pk}", f"Proceeding P{one.pk}")
        + f" · {words.of(definition['says'])} · {one.procedure.name}"
    )
    yield words("依据文件：", "Rests on: ") + f"{definition['source']} · {words.of(definition['clause'])}"
    yield words("程序版本：", "Version of the procedure: ") + one.procedure.digest[:16]
    subject = _household(one.household_id, words) if one.household_id else _place(one.place_code)
    yield words("对象：", "About: ") + subject
    effect = f" · {one.effect_on} → {_effect(one, words)}" if one.effect_on else ""
    yield words("现状：", "State: ") + Course(one.course).says(words.language) + effect
    if one.counts_from:
        yield words("线索日期：", "Answers to what came on: ") + f"{one.counts_from}"
    if one.completes_on:
        yield words("补齐记录：", "Completes a record of: ") + f"{one.completes_on} · {one.completes_why}"
    yield words("标准按：", "By the rules of: ") + f"{one.as_of}"
    yield words("过程：", "Steps:")
    yield from _chain(one, definition, words)
    yield from _notices(one, words)
    yield from _appeals(one, words)
    for shot, came in found:
        yield from _snapshot(shot, came, definition, words)


def _place(code: str) -> str:
    return f"{Place.objects.filter(pk=code).values_list('name', flat=True).first() or ''} {code}"


def _chain(one: Proceeding, definition: dict[str, Any], words: Words) -> Iterator[str]:
    steps = {step["id"]: step for step in definition["steps"]}
    papers = list(one.papers.select_related("file"))
    told: set[tuple[int, str]] = set()
    signed = one.signatures.select_related("appointment__official", "appointment__post__place", "deputises")
    for sign in signed:
        if (sign.round, sign.step) not in told:
            told.add((sign.round, sign.step))
            again_words = words(f"（第 {sign.round} 次）", f" (round {sign.round})") if sign.round > 1 else ""
            yield f"  {words.of(steps[sign.step]['says'])}{again_words}"
            for paper in papers:
                if (paper.round, paper.step) == (sign.round, sign.step):
                    label = _label(steps.values(), paper.what, words)
                    yield f"     {label} · {paper.file.name} · {paper.brought_by} · {words.at(paper.at)} · sha256 {paper.sha256[:16]}{_said(paper, words)}"
        yield f"     {_signature(sign, words)}"
    if one.course == Course.OPEN:
        yield words("  现在在：", "  Now at: ") + words.of(steps[one.at_step]["says"])


def _label(steps: Iterable[dict[str, Any]], what: str, words: Words) -> str:
    return next(
        (words.of(each["says"]) for step in steps for each in papers_of_step(step) if each["code"] == what),
        what,
    )


def _said(paper: Paper, words: Words) -> str:
    """What an authorisation lets be asked and until when, or what a comparison asked; that a signature was made on the screen."""
    sources = words("、", ", ").join(Asset(one).says(words.language) for one in paper.sources)
    until = words(f"到 {paper.expires_on} 为止", f"until {paper.expires_on}") if paper.expires_on else ""
    drawn = words("屏上手写签名", "signed on the screen") if paper.drawn else ""
    return "".join(f" · {one}" for one in (sources, until, drawn) if one)


def _signature(sign: Signature, words: Words) -> str:
    said = f"{sign.number}. {Sign(sign.sign).says(words.language)} · {sign.appointment.says(words.language)} · {words.at(sign.at)}"
    vote = sign.detail.get("vote")
    if isinstance(vote, dict):
        said += words(
            f" · 应到 {vote.get('entitled')}，实到 {vote.get('present')}，同意 {vote.get('yes')}，不同意 {vote.get('no')}，弃权 {vote.get('abstained')}",
            f" · {vote.get('entitled')} entitled, {vote.get('present')} present: {vote.get('yes')} yes, {vote.get('no')} no, {vote.get('abstained')} abstained",
        )
    if sign.deputises:
        said += words(f" · 代 {sign.deputises.name}", f" · for {sign.deputises.name}")
    decided = _decided(sign.detail, words) or _for_the_household(sign.detail, words)
    return said + (f" · {decided}" if decided else "") + (f" · {sign.reason}" if sign.reason else "")


def _decided(detail: dict[str, Any], words: Words) -> str:
    """The class of watching, the help and the mode of removal that a signature decided."""
    told = [
        WatchClass(detail["watch_class"]).says(words.language) if detail.get("watch_class") else "",
        RemovalMode(detail["mode"]).says(words.language) if detail.get("mode") else "",
        words("、", ", ").join(Help(one).says(words.language) for one in detail.get("measures", [])),
    ]
    return " · ".join(each for each in told if each)


def _for_the_household(detail: dict[str, Any], words: Words) -> str:
    """Who signed for the household, where a signature says so."""
    key = str(detail.get("member") or "")
    if key == NOBODY:
        return words(
            "替本户签字的不是登记的家庭成员（代理人）",
            "whoever signed for the household is no member of it, but a representative",
        )
    if key == REFUSED:
        return words("本户拒签", "the household would not sign")
    name = Person.objects.filter(pk=row_key(key)).values_list("name", flat=True).first()
    return words(f"本户签字：{name}", f"signed for the household: {name}") if name else ""


def _effect(one: Proceeding, words: Words) -> str:
    """What it changed: a status, or the class of watching and how it ended."""
    if one.effect_status:
        return one.effect_status
    entry = WatchEntry.objects.filter(household=one.household_id, case_number=f"P{one.pk}").first()
    if entry is None:
        return words("没有改变状态", "no status changed")
    mode = f"（{RemovalMode(entry.mode).says(words.language)}）" if entry.mode else ""
    return WatchClass(entry.watch_class).says(words.language) + mode


def _appeals(one: Proceeding, words: Words) -> Iterator[str]:
    for each in one.appeals.order_by("pk"):
        came = {None: words("待答复", "not decided yet"), True: words("成立", "upheld"), False: words("维持原决定", "not upheld")}[each.upheld]  # fmt: skip
        if each.joins_id:
            came = words("并入前一件", "joins the one before")
        yield words("申诉：", "Appeal: ") + f"{each.came_on} · {each.taken_by} · {each.said} · {came}" + (
            f" · {each.answered_by} · {words.at(each.answered_at)} · {each.answer}" if each.answered_at else ""
        )  # fmt: skip


def _notices(one: Proceeding, words: Words) -> Iterator[str]:
    for notice in Notice.objects.filter(of_proceeding=one.pk).order_by("pk"):
        down = f"{notice.taken_down_on}" if notice.taken_down_on else words("还在张贴", "still hangs")
        objections = list(notice.objections.all())
        yield words("公示：", "Notice: ") + f"{notice.board} · {notice.hung_on} — {down} · " + words(
            f"异议 {len(objections)} 件，已答复 {sum(each.answered_at is not None for each in objections)}，成立 {sum(bool(each.upheld) for each in objections)}",
            f"{len(objections)} objections, {sum(each.answered_at is not None for each in objections)} answered, {sum(bool(each.upheld) for each in objections)} upheld",
        )  # fmt: skip


def _snapshot(shot: Snapshot, came: Again, definition: dict[str, Any], words: Words) -> Iterator[str]:
    step = next((one for one in definition["steps"] if one["id"] == shot.step), None)
    yield ""
    yield (
        words("依据的记录：", "Decided on: ")
        + f"{words.of(step['says']) if step else shot.step} · {words.at(shot.at)}"
    )
    counts = ", ".join(f"{name} {len(lines)}" for name, lines in shot.records.items())
    yield f"  {words('记录', 'Records')}: {counts}"
    for name, digest in shot.versions.items():
        now = came.versions.get(name)
        yield f"  {words('版本', 'Version')} {name}: {digest[:16]}" + (
            words(f"（现在是 {now[1][:16]}）", f" (now {now[1][:16]})") if now else ""
        )
    yield (
        words("  校验码 ", "  Digest ")
        + f"{shot.digest[:16]} "
        + (
            words("与内容相符", "fits what was kept")
            if came.whole
            else words("与内容不符！", "DOES NOT FIT what was kept!")
        )
    )
    for rule, outcome in shot.outcomes.items():
        yield from _outcome(rule, outcome, words)
    yield from _compared(came, words)


def _outcome(rule: str, outcome: dict[str, Any], words: Words) -> Iterator[str]:
    library, known = load(), load().rules.get(rule)
    says = known.says.says(words.language) if known else rule
    result, evidence = Result[outcome["result"].upper()], Evidence[outcome["evidence"].upper()]
    shown = {Evidence.CHECKED: words("已核", "checked"), Evidence.REPORTED: words("据表", "reported")}
    yield f"  {result.says(words.language)} · {says} · {shown.get(evidence, words('没有记录', 'not on record'))} · {known.clause.says(words.language) if known else ''}"
    for name, value in outcome["facts"].items():
        yield f"     {fact_said(rule, name, value, words.language)}"
    for name, (value, place, source) in outcome["figures"].items():
        figure = library.figures.get(name)
        label = figure.says.says(words.language) if figure else name
        yield f"     {label} {value} · {place} · {source}"


def _compared(came: Again, words: Words) -> Iterator[str]:
    if came.agrees:
        yield words("  复算：与当时一致", "  Computed again: the same comes out")
        return
    why = f"（{words(*came.why)}）" if came.why else ""
    yield (words("  复算：不能断定", "  Computed again: nothing can be said") if came.agrees is None else words("  复算：与当时不一致！", "  Computed again: IT COMES OUT OTHERWISE!")) + why  # fmt: skip
    for one in came.differs:
        then, now = one["then"], one["now"]
        yield (
            f"     {one['rule']}: "
            + words("当时 ", "then ")
            + _brief(then, words)
            + words("，现在 ", ", now ")
            + _brief(now, words)
        )


def _brief(outcome: dict[str, Any] | None, words: Words) -> str:
    if outcome is None:
        return words("没有", "nothing")
    return f"{Result[str(outcome['result']).upper()].says(words.language)}/{outcome['evidence']}"
