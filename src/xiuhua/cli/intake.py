"""`xiuhua intake FILES… --place CODE`: workbooks in, findings out, without a browser."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xiuhua.audit.services import Actor

PIECE_BYTES = 1024 * 1024
CANNOT = 2


def run(arguments: argparse.Namespace) -> int:
    """Takes the files in, to the preview or to the end; 0 when it ran, 2 when it could not (one line says why)."""
    from xiuhua.intake.models import Step
    from xiuhua.intake.services import receive, steps
    from xiuhua.intake.tasks import look_for_doubles
    from xiuhua.places.scope import scope_of, within
    from xiuhua.registry.services import Basis

    try:
        scope = scope_of(arguments.place)
    except ValueError:
        return cannot(f"{arguments.place} 不是行政区划代码", f"{arguments.place} is no place code")
    if len(arguments.place) < 6:
        return cannot("请给出县、乡镇或村的代码", "give the code of a county, township or village")
    missing = [name for name in arguments.files if not Path(name).is_file()]
    if missing:
        return cannot(f"找不到文件 {missing[0]}", f"no such file: {missing[0]}")
    by = actor(arguments.account, arguments.place)
    if by is None:
        return cannot(
            f"账号 {arguments.account} 今天没有可用的职务",
            f"the account {arguments.account} holds no post today",
        )
    said = (arguments.basis, arguments.purpose, arguments.expires)
    if any(said) and not all(said):
        return cannot(
            "部门名单须同时给出 --basis、--purpose 和 --expires",
            "departments' lists need --basis, --purpose and --expires together",
        )
    try:
        batch = arrive(arguments, by, Basis(*said) if all(said) else None)
    except receive.NotNow as why:
        return cannot(why.zh, why.en)
    batch = steps.advance(batch.pk, arguments.place)
    if batch.step == Step.MAPPING:
        with within(scope):
            return cannot(*asked(batch))
    if batch.step == Step.PREVIEW and not arguments.preview:
        with within(scope, who={"account": by.actor_name}):
            receive.want_merge(by=by, batch_id=batch.pk)
        batch = steps.advance(batch.pk, arguments.place)
    look_for_doubles(batch)
    if batch.trouble:
        return cannot(batch.trouble["zh"], batch.trouble["en"])
    with within(scope):
        lines = write_report(batch, arguments.report)
    counts = {key: batch.counts.get(key, 0) for key in ("new", "changed", "unchanged", "held")}
    print(
        f"第 {batch.pk} 批：{Step(batch.step).zh}。新增 {counts['new']} 户，变更 {counts['changed']} 户，无变化 {counts['unchanged']} 户，"
        f"暂缓 {counts['held']} 户；问题 {lines} 条 / batch {batch.pk}: {Step(batch.step).en}; households new {counts['new']}, "
        f"changed {counts['changed']}, unchanged {counts['unchanged']}, held back {counts['held']}; findings {lines}"
    )
    return 0


def arrive(arguments: argparse.Namespace, by: Actor, listing: Any) -> Any:
    """The files are received; the batch. `listing`: what departments' lists among them rest on."""
    from xiuhua.intake.services import receive
    from xiuhua.places.scope import scope_of, within

    with within(scope_of(arguments.place), who={"account": by.actor_name}):
        uploads = [(Path(name).name, pieces(Path(name))) for name in arguments.files]
        return receive.receive(
            by=by, place_code=arguments.place, uploads=uploads, data_date=arguments.data_date, listing=listing
        ).batch


def write_report(batch: Any, path: str | None) -> int:
    """Writes the findings where asked for, or only counts them."""
    from xiuhua.intake.queries import report

    if path is None:
        return sum(1 for _line in report.lines(batch))
    with open(path, "w", encoding="utf-8") as out:
        return report.write(batch, out)


def actor(account: str | None, place: str) -> Actor | None:
    """The acting post of an account, or the operator of this server; None when the account holds no post."""
    from xiuhua.accounts.models import Appointment
    from xiuhua.common.clock import beijing_today
    from xiuhua.intake.services.steps import Operator
    from xiuhua.places.scope import scope_of

    if account is None:
        name = f"cli:{getpass.getuser()}"
        return Operator(name, f"{name} · xiuhua intake", place)
    held = (
        Appointment.objects.on(beijing_today())
        .filter(official__account__username=account)
        .select_related("post", "official")
    )
    return next((one for one in held if scope_of(one.place_code).covers(place)), None)


def asked(batch: object) -> tuple[str, str]:
    """What an officer has to say about columns, in one line."""
    sheets = [sheet for sheet in batch.sheets.all() if sheet.unsure or sheet.missing]  # type: ignore[attr-defined]
    one = sheets[0]
    headings = "、".join(u["heading"] for u in one.unsure) or "—"
    lacking = "、".join(one.missing) or "—"
    return (
        f"《{one.file_name}》{one.name} 有列不能确定：{headings}；缺少：{lacking}。请在页面上对应一次，之后会记住",
        f"{one.file_name} {one.name}: columns not certain: {headings}; missing: {lacking}. Match them once on the page; it is remembered",
    )


def pieces(path: Path) -> Iterator[bytes]:
    """A file's content, piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def cannot(zh: str, en: str) -> int:
    """One line why, in both languages; the exit code."""
    print(f"xiuhua intake: {zh} / {en}", file=sys.stderr)
    return CANNOT
