"""`xiuhua case show` and `xiuhua case check`: what something was decided on, and whether it comes out again."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xiuhua.decisions.models import Case, Proceeding

CANNOT = 2
OTHERWISE = 1


def register(commands: Any) -> None:
    """Adds the command; nothing heavy is imported before it runs."""
    parser = commands.add_parser(
        "case", help="事项与程序：依据和复算 / cases and proceedings: what they rest on"
    )
    acts = parser.add_subparsers(dest="act", required=True, metavar="show|check")
    show = acts.add_parser(
        "show", help="全部依据：人、步骤、材料、事实、标准、数值、版本 / everything it was decided on"
    )
    show.add_argument(
        "number", metavar="NUMBER", help="P12 是程序，12 是人口变更事项 / P12 a proceeding, 12 a case"
    )
    show.add_argument("--language", choices=["zh", "en"], default="zh", help="zh, en")
    show.set_defaults(run=_with_tables(run_show))
    check = acts.add_parser("check", help="按留存的记录复算 / computed again from the kept records")
    which = check.add_mutually_exclusive_group(required=True)
    which.add_argument("number", nargs="?", metavar="NUMBER", help="P12")
    which.add_argument("--all", action="store_true", help="全部程序 / all proceedings")
    check.set_defaults(run=_with_tables(run_check))


def _with_tables(command: Any) -> Any:
    def run(parsed: Namespace) -> int:
        from xiuhua.cli.service import with_tables

        return with_tables("case", command, parsed)

    return run


@dataclass(frozen=True)
class Operator:
    """Whoever holds the server, as the audit knows them."""

    actor_name: str
    post_name: str
    place_code: str


def operator(place: str) -> Operator:
    name = f"cli:{getpass.getuser()}"
    return Operator(name, f"{name} · xiuhua case", place)


def found(number: str) -> Case | Proceeding | None:
    """A proceeding by `P12`, a case by `12`; None for none."""
    from xiuhua.decisions.models import Case, Proceeding

    digits = number.upper().removeprefix("P")
    if not digits.isdecimal() or len(digits) > 18:
        return None
    if number[:1] in ("P", "p"):
        return Proceeding.objects.select_related("procedure").filter(pk=int(digits)).first()
    return Case.objects.filter(pk=int(digits)).first()


def run_show(parsed: Namespace) -> int:
    """Prints it, and records who did."""
    from xiuhua.decisions.services.showing import show
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION

    with within(scope_of(NATION)):
        one = found(parsed.number)
    if one is None:
        return cannot(f"没有这一事项：{parsed.number}", f"no such case: {parsed.number}")
    by = operator(one.place_code)
    with within(scope_of(one.place_code), who={"account": by.actor_name}):
        shown = show(by=by, about=one, language=parsed.language, also=came_before(one))
    print("\n".join(shown.lines))
    return OTHERWISE if shown.agrees is False else 0


def came_before(one: Case | Proceeding) -> list[tuple[str, str]]:
    """The clues that led to a proceeding, the judgement sheets and the urgent help of it, in Chinese and English."""
    from django.db.models import Q

    from xiuhua.common.money import yuan
    from xiuhua.decisions.models import Proceeding
    from xiuhua.relapse.models import Clue, Relief, Sheet
    from xiuhua.relapse.terms import Judgement, Origin, Risk

    if not isinstance(one, Proceeding):
        return []
    lines = []
    for clue in Clue.objects.filter(proceeding=one).order_by("pk"):
        lines.append((f"线索：{clue.came_on}，应于 {clue.due_on} 前办完 {clue.end_reason}", f"Clue: {clue.came_on}, due by {clue.due_on} {clue.end_reason}"))  # fmt: skip
        for each in clue.sources.order_by("pk"):
            origin, risk = Origin(each.origin), Risk(each.risk)
            lines.append((f"  {origin.zh} · {risk.zh} · {each.came_on}", f"  {origin.en} · {risk.en} · {each.came_on}"))  # fmt: skip
    for sheet in Sheet.objects.filter(Q(proceeding=one) | Q(clue__proceeding=one)).order_by("pk"):
        came = Judgement(sheet.judgement)
        told = f"{sheet.visited_on} · {sheet.post}"
        lines.append((f"研判表：{told} · {came.zh} · {sheet.reason}", f"Judgement sheet: {told} · {came.en} · {sheet.reason}"))  # fmt: skip
    for relief in Relief.objects.filter(Q(proceeding=one) | Q(clue__proceeding=one)).order_by("pk"):
        amount = "" if relief.amount_fen is None else f" · ¥{yuan(relief.amount_fen)}"
        told = f"{relief.given_on} · {relief.what} · {relief.giver}{amount}"
        lines.append((f"急难帮扶：{told}", f"Urgent help: {told}"))
    return lines


def run_check(parsed: Namespace) -> int:
    """Computes one or all again; exit code 1 where something comes out otherwise."""
    from xiuhua.decisions.models import Proceeding
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION

    with within(scope_of(NATION)):
        if parsed.all:
            keys = list(Proceeding.objects.order_by("pk").values_list("pk", "place_code"))
        else:
            one = found(parsed.number)
            if not isinstance(one, Proceeding):
                return cannot(f"没有这一程序：{parsed.number}", f"no such proceeding: {parsed.number}")
            keys = [(one.pk, one.place_code)]
    came = [checked(pk, place) for pk, place in keys]
    if parsed.all:
        print(f"程序 {len(came)} 件，不一致 {came.count(False)} 件，不能断定 {came.count(None)} 件 / {len(came)} proceedings: {came.count(False)} come out otherwise, {came.count(None)} cannot be told")  # fmt: skip
    return OTHERWISE if False in came else 0


def checked(pk: int, place: str) -> bool | None:
    """One proceeding's snapshots computed again, kept and told in a line each that is not the same."""
    from xiuhua.audit.services import record
    from xiuhua.decisions.models import Snapshot
    from xiuhua.decisions.services.recheck import keep
    from xiuhua.places.scope import scope_of, within

    by = operator(place)
    with within(scope_of(place), who={"account": by.actor_name}):
        said = []
        for shot in Snapshot.objects.filter(proceeding=pk).select_related("proceeding__procedure"):
            came = keep(shot)
            said.append(came.agrees)
            versions = "".join(
                f" {name} {then[:12]} → {now[:12]}" for name, (then, now) in came.versions.items()
            )
            mark = {True: "一致 / the same", False: "不一致 / OTHERWISE", None: "不能断定 / cannot be told"}[
                came.agrees
            ]
            rules = " ".join(one["rule"] for one in came.differs)
            print(
                f"P{pk} {shot.step} {shot.round}: {mark}{' · ' + rules if rules else ''}{' ·' + versions if versions else ''}"
            )
        agrees = False if False in said else None if None in said else True
        record(
            by=by,
            action="decisions.checked_again",
            subject=f"proceeding:{pk}",
            detail={"agrees": agrees, "snapshots": len(said)},
        )
    return agrees


def cannot(zh: str, en: str) -> int:
    """One line why, in both languages; the exit code."""
    print(f"xiuhua case: {zh} / {en}", file=sys.stderr)
    return CANNOT
