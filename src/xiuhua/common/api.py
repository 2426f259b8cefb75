"""What every operation of the interface for programs shares: the shape of a refusal, the statuses it may have, paging."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import StringConstraints

MOST_AT_ONCE = 200
USUAL_AT_ONCE = 50

# Codes of refusals, each with what happened and what to do.
SENTENCES = {
    "sign_in": (
        "没有带有效的令牌，也没有登录。令牌在“我的账号—程序接口”申领，到期、停用或任职结束后失效。",
        "No valid token and no session. Tokens are made under My account, Programs; one ends with its day, when it is stopped, or with the appointment.",
    ),
    "no_post": (
        "今天没有在任的职务，请先登记任职。",
        "There is no appointment in force today; have one entered first.",
    ),
    "own_password": ("请先登录并修改临时密码。", "Sign in and replace the temporary password first."),
    "not_allowed": (
        "这一职务没有读取这一项的权限。",
        "This post may not read this.",
    ),
    "unlisted": (
        "这个地址没有登记权限，任何人都不能读取。",
        "This address has no right on record, so nobody may read it.",
    ),
    "not_from_our_page": (
        "用登录会话提交时须带页面的 X-CSRFToken；程序请用令牌。",
        "A session has to send the page's X-CSRFToken with this; programs use a token.",
    ),
    "not_found": (
        "没有这一项，或不在您的工作范围内。",
        "There is no such thing, or it lies outside your area.",
    ),
    "not_understood": (
        "参数没有看懂，请对照 where 所列的位置更正。",
        "The parameters were not understood; correct those named in where.",
    ),
    "too_often": (
        "调用过于频繁，请一分钟后再试。",
        "Too many calls; try again in a minute.",
    ),
}


class Fault(Schema):
    """Why a call was refused, in both languages. `where` names parameters, never what stood in them."""

    code: str
    zh: str
    en: str
    where: list[str] = []


class Words(Schema):
    """One thing said in both languages."""

    zh: str
    en: str


def answers(shape: Any) -> dict[int, Any]:
    """The statuses that an operation may answer with."""
    return {200: shape, 401: Fault, 403: Fault, 404: Fault, 422: Fault, 429: Fault}


Text = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")]
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]
# Where a list goes on; 0, or nothing said, is its beginning. No null: an address cannot say one.
From = Annotated[int, Field(ge=0, le=2**63 - 1)]
AtOnce = Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]


def words(zh: str, en: str) -> dict[str, str]:
    """A sentence in both languages."""
    return {"zh": zh, "en": en}


def note_rows(request: Any, count: int) -> None:
    """Leaves for the gate how many rows a list gave out: the audit says it."""
    request.rows_read = count
