"""Proof of what hung: the photos of both days, opened to those who may and recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.files.services import content
from xiuhua.notices.models import Notice
from xiuhua.notices.services.refusing import CannotHang, needs
from xiuhua.notices.terms import Proof as Which


@dataclass(frozen=True)
class Proof:
    """A photo of a notice, made readable."""

    content: bytes = field(repr=False)
    audit_subject: str = ""
    audit_place: str = ""
    audit_detail: dict[str, Any] = field(default_factory=dict)


@recorded("notices.proof_opened")
def open_proof(*, by: Appointment, notice: Notice, which: str) -> Proof:
    """The photo of the day it was hung or taken down; CannotHang where there is none."""
    needs(by, "notices.prove")
    file = notice.hung_proof if which == Which.HUNG else notice.taken_down_proof
    if which not in Which._value2member_map_ or file is None:
        raise CannotHang("没有这张照片", "There is no such photo")
    return Proof(content(file), f"notice:{notice.pk}", notice.place_code, {"which": which})
