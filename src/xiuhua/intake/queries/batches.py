"""What the intake pages show of a batch."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from xiuhua.engine import load
from xiuhua.findings.terms import Kind
from xiuhua.intake import books
from xiuhua.intake.models import Batch, Change, Purpose, Sighting, StagedHousehold, Step
from xiuhua.intake.queries.report import says
from xiuhua.intake.reading import letter
from xiuhua.intake.terms import IntakeRule
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.registry.models import Opening, Person, StatusEntry

Both = dict[str, str]
TONES = {
    Step.READING: "plain", Step.MAPPING: "straw", Step.CHECKING: "plain", Step.PREVIEW: "straw", Step.MERGING: "plain",
    Step.DONE: "leaf", Step.STOPPED: "straw", Step.FAILED: "red", Step.TAKING_BACK: "plain", Step.TAKEN_BACK: "plain",
}  # fmt: skip
KIND_TONES = {Kind.REFUSED: "red", Kind.ASKED: "straw", Kind.WARNED: "straw", Kind.MENDED: "leaf"}
STEPS = (Step.READING, Step.MAPPING, Step.CHECKING, Step.PREVIEW, Step.MERGING)
WORKING = (Step.READING, Step.CHECKING, Step.MERGING, Step.TAKING_BACK)


def both(zh: str, en: str) -> Both:
    """A bilingual value."""
    return {"zh": zh, "en": en}


def term(one: Any) -> Both:
    """A term's two names."""
    return both(one.zh, one.en)


def many(n: int, word: str) -> str:
    """A number with its English word, which is regular."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def step_of(batch: Batch) -> Step:
    """Where a batch stands for a reader: once merging is wanted it merges, though the worker may not have begun."""
    step = Step(batch.step)
    return Step.MERGING if step == Step.PREVIEW and batch.merge_wanted_by else step


def state(batch: Batch) -> dict[str, Any]:
    """Where a batch stands, as a mark."""
    step = step_of(batch)
    if step == Step.PREVIEW:
        return {"tone": "straw", "label": both("预览，等您确认", "Preview, waits for you")}
    return {"tone": TONES[step], "label": term(step)}


def title(batch: Batch) -> Both:
    """What a batch is called."""
    if batch.purpose == Purpose.COMPARISON:
        return both(f"第 {batch.pk} 批比对", f"Comparison {batch.pk}")
    return both(f"第 {batch.pk} 批导入", f"Batch {batch.pk}")


def listed(batches: list[Batch]) -> list[dict[str, Any]]:
    """Rows of the list of batches; one query for all places."""
    names = names_of({one.place_code for one in batches})
    return [
        {
            "title": both(
                f"第 {one.pk} 批 · {names.get(one.place_code, one.place_code)}",
                f"Batch {one.pk} · {names.get(one.place_code, one.place_code)}",
            ),
            "url": reverse("intake:batch", args=[one.pk]),
            "state": state(one),
            "files": both(
                f"{len(one.counts.get('files', []))} 个文件", many(len(one.counts.get("files", [])), "file")
            ),
            "by": one.started_post.split(" · ")[0] or one.started_by,
            "at": one.started_at,
            "counts": {key: one.counts.get(key) for key in ("new", "changed", "held")},
        }
        for one in batches
    ]


def steps(batch: Batch) -> list[dict[str, Any]]:
    """The five steps with what is done."""
    step = step_of(batch)
    stopped = step in (Step.STOPPED, Step.FAILED)
    stages = STEPS if batch.purpose == Purpose.INTAKE else STEPS[:3]
    at = Step(batch.stopped_in or Step.READING) if stopped else step
    # Taking back comes after all of them.
    number = stages.index(at) if at in stages else len(stages)
    now = "failed" if step == Step.FAILED else "current"
    return [
        {"label": term(one), "state": "done" if n < number else now if n == number else "waiting"}
        for n, one in enumerate(stages)
    ]


def progress(batch: Batch) -> dict[str, Any] | None:
    """How far the step at work is; None when nobody works on it."""
    step = step_of(batch)
    if step not in WORKING:
        return None
    percent = round(100 * batch.done / batch.total) if batch.total else (95 if step == Step.CHECKING else 2)
    unit = {
        Step.READING: both("行", "rows"),
        Step.MERGING: both("户", "households"),
        Step.TAKING_BACK: both("户", "households"),
    }.get(step)
    return {
        "percent": min(percent, 99),
        "done": batch.done,
        "total": batch.total if step != Step.CHECKING else 0,
        "label": both(f"正在{step.zh}{'（' + unit['zh'] + '）' if unit else ''}", step.en),
        "sentence": both(
            "可以离开本页，进展会保留；中途断电也会从停下的地方继续。",
            "You may leave this page; after a break it goes on where it stood.",
        ),
        "url": reverse("intake:progress", args=[batch.pk]),
    }


def sheets(batch: Batch, *, can_map: bool) -> list[dict[str, Any]]:
    """Each sheet: what it was taken for, and what it waits for."""
    rows = []
    for one in batch.sheets.all():
        book = books.BOOKS.get(one.book)
        asks = bool(one.book and (one.unsure or one.missing)) and not one.lacks_basis
        if one.book == books.CORRECTION:
            mark, note = {"tone": "leaf", "label": both("来自比对", "From a comparison")}, None
        elif book is None:
            mark, note = (
                {"tone": "plain", "label": both("不导入", "Left out")},
                both("没有认得的列", "No known column"),
            )
        elif one.lacks_basis:
            mark, note = (
                {"tone": "straw", "label": both("没有导入", "Not taken in")},
                both("部门名单缺依据、用途、到期日", "A list without basis, purpose, expiry"),
            )
        elif asks:
            n = len(one.unsure) + len(one.missing)
            mark, note = (
                {"tone": "straw", "label": both(f"{n} 列拿不准", f"{many(n, 'column')} unsure")},
                None,
            )
        else:
            mark = {"tone": "leaf", "label": both("列已对应", "Columns matched")}
            header = (one.header_row or 0) + 1
            note = both(f"第 {header} 行是表头", f"Header in row {header}")
        rows.append(
            {
                "file": one.file_name,
                "sheet": one.name,
                "book": both(*books.called(one.book)),
                "rows": one.rows if one.staged else None,
                "state": mark,
                "note": note,
                "url": reverse("intake:mapping", args=[batch.pk, one.pk]) if asks and can_map else None,
                "action_label": both("对应列", "Match columns"),
            }
        )
    return rows


def rule_name(rule: str, kind: str = "") -> Both:
    """A rule's name, intake's or the rulebook's, as the heading of what it found. `kind`: of the findings."""
    ours = IntakeRule.of(rule)
    if ours is not None:
        return both(ours.zh, ours.en)
    known = load().rules.get(rule)
    if known is None:
        return both(rule, rule)
    # A rule says what must be; what was found is that it is not so, or that nobody knows.
    if kind == Kind.UNKNOWN:
        return both(f"待核实：{known.says.says('zh')}", f"To be looked into: {known.says.says('en')}")
    return both(f"不符：{known.says.says('zh')}", f"Not met: {known.says.says('en')}")


def kinds(batch: Batch, *, opens: bool) -> list[dict[str, Any]]:
    """Findings of a batch by kind and rule; `opens`: with the ways to them one by one."""
    counted: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for kind, rule, n in (
        Sighting.objects.filter(batch=batch)
        .values_list("kind", "rule")
        .annotate(n=Count("id"))
        .order_by("-n", "rule")
    ):
        counted[kind].append((rule, n))
    address = reverse("intake:findings", args=[batch.pk])
    return [
        {
            "label": term(kind),
            "tone": KIND_TONES[kind],
            "count": sum(n for _, n in counted[kind]),
            "url": f"{address}?kind={kind}" if opens else None,
            "rules": [
                {
                    "label": rule_name(rule, kind),
                    "count": n,
                    "url": f"{address}?kind={kind}&rule={rule}" if opens else None,
                }
                for rule, n in counted[kind]
            ],
        }
        for kind in Kind
        if counted[kind]
    ]


def counts(batch: Batch) -> dict[str, Any] | None:
    """Households by what merging does to them."""
    if "new" not in batch.counts:
        return None
    address = reverse("intake:preview", args=[batch.pk])
    return {
        one.value: {"number": batch.counts.get(one.value, 0), "url": f"{address}?change={one.value}"}
        for one in Change
    }


def lists(batch: Batch, *, link_to: str | None) -> dict[str, Any] | None:
    """Departments' lists of a batch in counts: at most whom they may point at, nobody by name."""
    told = batch.counts.get("lists")
    if not told:
        return None
    return {
        "rows": [{**one, "book": both(*books.called(one["book"]))} for one in told],
        "url": link_to,
        "merged": batch.step == Step.DONE,
    }


def without_basis(batch: Batch) -> dict[str, Any] | None:
    """What is said of departments' lists that were left out for want of a basis."""
    left = [sheet for sheet in batch.sheets.all() if sheet.lacks_basis]
    if not left:
        return None
    zh, en = "、".join(f"《{one.file_name}》" for one in left), ", ".join(one.file_name for one in left)
    return {
        "title": both("部门比对名单没有导入", "Departments' lists were not taken in"),
        "sentence": both(
            f"{zh}：须写明法律依据或授权、用途和保留到哪天，由县级业务部门导入。文件内容在并入后删除。",
            f"{en}: a list needs its legal basis or authorisation, its purpose and the day until which it is kept, and is brought by the county's office. The file's content is taken away with the merge.",
        ),
    }


def opening_missing(batch: Batch) -> bool:
    """Whether the files name statuses that nobody has signed for yet."""
    return (
        batch.sheets.filter(book="person_export").exists()
        and not Opening.objects.filter(county_code=batch.place_code[:6]).exists()
    )


def statuses_to_take(batch: Batch) -> int:
    """Households whose status merging would take over under the county's open opening."""
    if not Opening.objects.filter(county_code=batch.place_code[:6], closed_at=None).exists():
        return 0
    known = StatusEntry.objects.values("household_id")
    found = batch.households.filter(household__kind="registered", household__status_reported__isnull=False)
    return found.exclude(change=Change.HELD).exclude(known__in=known).count()


def finding_rows(seen: list[Sighting], place_code: str) -> list[dict[str, Any]]:
    """Rows of a page of findings."""
    names = dict(Place.objects.filter(code__startswith=place_code[:6]).values_list("code", "name"))
    known = dict(
        StagedHousehold.objects.filter(
            batch_id__in={s.batch_id for s in seen}, number__in={s.household_number for s in seen}
        ).values_list("number", "known")
    )
    return [
        {
            "tone": KIND_TONES[Kind(s.kind)],
            "kind_label": term(Kind(s.kind)),
            "says": says(s.rule, s.field, s.params, names),
            "household": {
                "label": s.household_number or "—",
                "url": reverse("workbench:household", args=[known[s.household_number]])
                if known.get(s.household_number)
                else None,
            },
            "village": names.get(s.village_code, ""),
            "file": s.sheet.file_name if s.sheet else "",
            "sheet": s.sheet.name if s.sheet else "",
            "row": s.row,
            "column": letter(s.column) if s.column else "",
        }
        for s in seen
    ]


def brought_without_number(batch: Batch) -> bool:
    """Whether people whom the batch brought or changed lack an ID number but have the birth date by which they can be looked for."""
    touched = Person.objects.filter(Q(brought_by=batch.pk) | Q(changed_by=batch.pk))
    return touched.filter(id_blind=None, birth_date__isnull=False, memberships__until=None).exists()
