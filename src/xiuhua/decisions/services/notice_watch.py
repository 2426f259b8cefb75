"""The nightly look at what hangs: notices missing, left hanging or short, objections and appeals without an answer, and holidays that days are
counted without, as findings with an owner.

Safe to run again: the same matter is the same finding, and what is in order again is closed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Appeal, Procedure, Proceeding
from xiuhua.decisions.queries.proceeding_ends import due
from xiuhua.decisions.services.hanging import reference
from xiuhua.decisions.terms import Course
from xiuhua.engine import load
from xiuhua.findings import services as findings
from xiuhua.findings.models import Finding
from xiuhua.findings.services import Why
from xiuhua.findings.terms import STANDING, Kind, Way, due_on, fingerprint
from xiuhua.notices.models import Notice, Objection
from xiuhua.notices.queries import holidays
from xiuhua.notices.terms import NoticeRule
from xiuhua.places.scope import scope_of, within
from xiuhua.places.terms import Level, level_of
from xiuhua.registry.models import Household

HUNG = ("notice", "announcement")
# How far back a notice is still looked at: by then its proceeding is over, and what was short stays on record with it.
BACK_DAYS = 180
IN_ORDER = ("已按规定办好", "In order again")
FOUND = f"""
select x.place_code, 'warned' as kind, x.rule, '' as field, x.household_number, '' as person_number, x.params, false as held, false as exited,
  '' as file_name, '' as sheet, null::int as "row", null::int as "column", x.fingerprint, {findings.OWNER.replace("{place}", "x.place_code")} as owner_id
from jsonb_to_recordset(%(found)s::jsonb) as x (place_code text, rule text, household_number text, params jsonb, fingerprint text)
"""


@dataclass(frozen=True)
class Seen:
    """One thing that is not as it should be."""

    rule: NoticeRule
    place_code: str
    about: str
    household: int | None
    zh: str
    en: str


@dataclass(frozen=True)
class Looked:
    """What a look came to: how many stand, how many were closed."""

    standing: int
    closed: int


def look_at_notices(place_code: str) -> Looked:
    """Looks at the notices and objections of an area and brings the pool of findings in line. Opens the area itself."""
    area = scope_of(place_code)
    today = beijing_today()
    with within(area, who={"account": ""}):
        seen = [
            *not_hung(today),
            *too_long(today),
            *too_short(today),
            *answers_late(today),
            *appeals_late(today),
            *holidays_missing(place_code, today),
        ]
        numbers = dict(
            Household.objects.filter(pk__in={one.household for one in seen if one.household}).values_list("pk", "number")
        )  # fmt: skip
        told = [
            {
                "place_code": one.place_code, "rule": one.rule.value, "household_number": numbers.get(one.household or 0, ""),
                "params": {"zh": one.zh, "en": one.en}, "fingerprint": fingerprint(one.rule.value, one.about),
            }
            for one in seen
        ]  # fmt: skip
        if told:
            findings.take(
                source=FOUND, values={"found": json.dumps(told)}, batch=None, due_on=due_on(today, place_code), place_code=place_code
            )  # fmt: skip
        still = {one["fingerprint"] for one in told}
        over = [
            key
            for key, mark in Finding.objects.filter(
                rule__in=[one.value for one in NoticeRule], state__in=STANDING, kind=Kind.WARNED
            ).values_list("pk", "fingerprint")
            if mark not in still
        ]
        closed = findings.close_some(
            ids=over, lo=area.lo, hi=area.hi, way=Way.HOLDS, why=Why("", "", *IN_ORDER)
        )
        return Looked(len(told), closed)


def not_hung(today: date) -> Iterator[Seen]:
    """Proceedings at a step that hangs, for longer than the rulebook gives, with nothing on the board."""
    steps = {
        (one.pk, step["id"]): (one, step)
        for one in Procedure.objects.all()
        for step in one.definition["steps"]
        if step["does"] in HUNG
    }
    waiting = [
        one
        for one in Proceeding.objects.filter(course=Course.OPEN, at_step__in={key[1] for key in steps})
        if (one.procedure_id, one.at_step) in steps
        and one.step_since + timedelta(days=_days("notice_hung_within_days", today, one.place_code)) < today
    ]
    hung = set(
        Notice.objects.filter(reference__in=[reference(one) for one in waiting]).values_list("reference", flat=True)
    )  # fmt: skip
    for one in waiting:
        if reference(one) in hung:
            continue
        procedure, step = steps[one.procedure_id, one.at_step]
        says = {key: f"{procedure.definition['says'][key]} · {step['says'][key]}" for key in ("zh", "en")}
        yield Seen(
            NoticeRule.NOT_HUNG, one.place_code, reference(one), one.household_id,
            f"{says['zh']}：{one.step_since:%Y-%m-%d} 起应当公示，至今没有张贴登记",
            f"{says['en']}: due on the board since {one.step_since:%Y-%m-%d}, and nothing hangs",
        )  # fmt: skip


def too_long(today: date) -> Iterator[Seen]:
    """Notices whose days have run and that nobody took down; where an objection is open it has to hang."""
    hanging = Notice.objects.filter(taken_down_on__isnull=True, due_on__lt=today)
    contested = set(
        Objection.objects.filter(notice__in=hanging, answered_at__isnull=True).values_list("notice_id", flat=True)
    )  # fmt: skip
    of = _households(hanging)
    for one in hanging:
        days = _days("notice_down_within_days", today, one.place_code)
        if one.pk in contested or one.due_on + timedelta(days=days) >= today:
            continue
        yield Seen(
            NoticeRule.HANGS_TOO_LONG, one.place_code, one.reference, of.get(one.reference),
            f"{one.matter['zh']}：{one.due_on:%Y-%m-%d} 公示期满，没有撤下登记（{one.board}）",
            f"{one.matter['en']}: its days ran out on {one.due_on:%Y-%m-%d} and nobody took it down ({one.board})",
        )  # fmt: skip


def too_short(today: date) -> Iterator[Seen]:
    """Notices that hang for fewer days than their place asks for, or counted in another way; the newest of each step counts."""
    since = today - timedelta(days=BACK_DAYS)
    newest: dict[str, Notice] = {}
    for one in Notice.objects.filter(hung_on__gte=since, of_proceeding__isnull=False).order_by("pk"):
        newest[one.reference.rsplit(":", 1)[0]] = one
    proceedings = Proceeding.objects.select_related("procedure").in_bulk(
        {int(key.split(":")[1]) for key in newest}
    )
    for key, one in newest.items():
        _word, pk, at = key.split(":")
        found = proceedings.get(int(pk))
        step = next(
            (step for step in found.procedure.definition["steps"] if step["id"] == at) if found else iter(()),
            None,
        )
        if found is None or step is None or not step["days"] or not step["days"].get("at_least"):
            continue
        least = max(
            _days(step["days"]["at_least"], one.hung_on, one.place_code), step["days"].get("least") or 1
        )
        if one.days >= least and one.count == step["days"]["count"]:
            continue
        yield Seen(
            NoticeRule.TOO_SHORT, one.place_code, one.reference, found.household_id,
            f"{one.matter['zh']}：{one.hung_on:%Y-%m-%d} 张贴，公示 {one.days} 天，规定不少于 {least} 天",
            f"{one.matter['en']}: hung on {one.hung_on:%Y-%m-%d} for {one.days} days, where at least {least} are asked for",
        )  # fmt: skip


def answers_late(today: date) -> Iterator[Seen]:
    """Objections that nobody answered in time. Neither who objected nor what was said is told."""
    late = Objection.objects.filter(answered_at__isnull=True, due_on__lt=today).select_related("notice")
    of = _households(one.notice for one in late)
    for one in late:
        yield Seen(
            NoticeRule.OBJECTION_LATE, one.place_code, f"objection:{one.pk}", of.get(one.notice.reference),
            f"{one.notice.matter['zh']}：{one.came_on:%Y-%m-%d} 的异议应在 {one.due_on:%Y-%m-%d} 前答复，还没有答复",
            f"{one.notice.matter['en']}: the objection of {one.came_on:%Y-%m-%d} was to be answered by {one.due_on:%Y-%m-%d}",
        )  # fmt: skip


def appeals_late(today: date) -> Iterator[Seen]:
    """Appeals that nobody answered in time. What was said is not told."""
    late = Appeal.objects.filter(answered_at__isnull=True, joins__isnull=True, due_on__lt=today)
    for one in late.select_related("proceeding__procedure"):
        says = one.proceeding.procedure.definition["says"]
        yield Seen(
            NoticeRule.APPEAL_LATE, one.place_code, f"appeal:{one.pk}", one.proceeding.household_id,
            f"{says['zh']}：{one.came_on:%Y-%m-%d} 的申诉应在 {one.due_on:%Y-%m-%d} 前答复，还没有答复",
            f"{says['en']}: the appeal of {one.came_on:%Y-%m-%d} was to be answered by {one.due_on:%Y-%m-%d}",
        )  # fmt: skip


def holidays_missing(place_code: str, today: date) -> Iterator[Seen]:
    """Years into which days reach that are counted from today, and whose circular of holidays nobody entered: working days count every weekday
    there, or what the law alone gives. It is the county's to bring."""
    if level_of(place_code) is not Level.COUNTY:
        return
    last = due(today, _days("identification_working_days", today, place_code), "working")
    for year in range(today.year, last.year + 1):
        known = holidays().get(str(year))
        if known is not None and known.announced:
            continue
        zh = "只按周末计，遇节假日算早了" if known is None else "按法定假日推算，不含调休"
        en = (
            "weekends alone are left out, and days come out too early"
            if known is None
            else "they are worked out from the law, without exchanged days"
        )
        yield Seen(
            NoticeRule.HOLIDAYS_MISSING, place_code, f"holidays:{place_code}:{year}", None,
            f"{year} 年的放假通知没有登记，跨到这一年的工作日{zh}", f"The holidays of {year} are not recorded: of working days that reach into it {en}",
        )  # fmt: skip


def _days(figure: str, on: date, place_code: str) -> int:
    found = load().figure(figure, on, place_code)
    assert found is not None and isinstance(found.value, int)
    return found.value


def _households(notices: Any) -> dict[str, int]:
    """Which household a notice's proceeding is of, by reference."""
    keys = {one.reference: int(one.reference.split(":")[1]) for one in notices if one.reference.startswith("proceeding:")}  # fmt: skip
    of = dict(Proceeding.objects.filter(pk__in=keys.values()).values_list("pk", "household_id"))
    return {reference: home for reference, key in keys.items() if (home := of.get(key))}
