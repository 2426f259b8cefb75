"""Tables of accounts and posts: who works in the area, and what was asked about accounts. No number of anybody stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.accounts import queries
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.files.services import Asked, Table, columns, rows_in_words
from xiuhua.places.scope import scope_of

CHUNK = 500


def _name(asked: Asked) -> str:
    return asked.query.get("q", "").strip()


def _people(asked: Asked) -> Iterator[dict[str, Any]]:
    """A line a post; somebody without one has a line as well."""
    for one in queries.people(scope_of(asked.place.code), day=beijing_today(), name=_name(asked)):
        if one.account is None:
            state = _("尚未开通")
        else:
            state = _("在用") if one.active else _("已停用")
        person = {
            "name": one.official.name, "unit": one.official.unit, "username": one.account.username if one.account else None, "state": state,
            "request": _("有申请待答复") if one.open_request else None,
        }  # fmt: skip
        posts: list[Appointment | None] = [*one.appointments] or [None]
        for held in posts:
            yield {
                **person,
                "post": held.post if held else _("没有在任职务"),
                "place": held.place_code if held else None,
                "for": held.deputy_for.official.name if held and held.deputy_for else None,
                "since": held.since if held else None,
                "until": (held.until or _("现任")) if held else None,
            }


PEOPLE = Table(
    "用户与职务", "Accounts and posts", "accounts.see",
    lambda asked: columns([
        (gettext_lazy("姓名"), "name", 12), (gettext_lazy("单位"), "unit", 24), (gettext_lazy("用户名"), "username", 16), (gettext_lazy("账号"), "state", 12),
        (gettext_lazy("职务"), "post", 30), (gettext_lazy("区划代码"), "place", 16), (gettext_lazy("代理谁"), "for", 12), (gettext_lazy("自"), "since", 12),
        (gettext_lazy("至"), "until", 12), (gettext_lazy("申请"), "request", 16),
    ]),
    _people,
    lambda asked: [(_("筛选"), _name(asked) or _("全部")), (_("数据"), _("实时登记"))],
)  # fmt: skip


def _requests(asked: Asked) -> Iterator[dict[str, Any]]:
    for one in queries.requests_in(scope_of(asked.place.code)).iterator(chunk_size=CHUNK):
        granted = {True: _("已批准"), False: _("已拒绝"), None: _("待答复")}[one.granted]
        yield {
            "name": one.official.name, "username": one.username, "wish": one.wished, "post": one.post, "reason": one.reason, "by": one.asked_by,
            "at": one.asked_at, "answer": granted, "answered_by": one.answered_by, "answered_at": one.answered_at,
        }  # fmt: skip


REQUESTS = Table(
    "账号申请", "Requests about accounts", "accounts.see",
    lambda asked: columns([
        (gettext_lazy("人员"), "name", 12), (gettext_lazy("用户名"), "username", 16), (gettext_lazy("事项"), "wish", 14), (gettext_lazy("职务"), "post", 30), (gettext_lazy("事由"), "reason", 30),
        (gettext_lazy("申请人"), "by", 12), (gettext_lazy("申请时间"), "at", 18), (gettext_lazy("答复"), "answer", 10), (gettext_lazy("答复人"), "answered_by", 12), (gettext_lazy("答复时间"), "answered_at", 18),
    ]),
    _requests,
    lambda asked: [(_("数据"), _("实时登记"))],
    lambda asked: rows_in_words(queries.requests_in(scope_of(asked.place.code)).count()),
)  # fmt: skip

TABLES = {"workbench.accounts": PEOPLE, "workbench.account_requests": REQUESTS}
