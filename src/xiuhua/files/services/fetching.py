"""Fetching an export: asked again at that moment whether this person may, and recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.files.models import Export, StoredFile
from xiuhua.files.queries import may_have, mine, there
from xiuhua.files.services.wishes import NotNow


@dataclass(frozen=True)
class Fetched:
    """An export that goes out; its file's content is read with `pieces`."""

    export: Export
    file: StoredFile
    audit_detail: dict[str, Any]

    @property
    def audit_subject(self) -> str:
        return f"export:{self.export.pk}"

    @property
    def audit_place(self) -> str:
        return self.export.place_code


@recorded("files.fetched")
def fetch(*, by: Appointment, export_id: int) -> Fetched:
    """Hands an export out to whoever asked for it, or holds the same post now.

    Export.DoesNotExist for another's or another area's, as if it were not there; NotNow when the post may no longer have
    this kind, or the content is not there.
    """
    export = mine(by).get(pk=export_id)
    if not may_have(by, export.kind):
        raise NotNow("您的职务不能再要这种文件", "Your post may no longer have this kind of file")
    if not there(export):
        raise NotNow(
            "这份文件不在了：到期自动撤下，或还没有生成。可以再生成一份",
            "The file is not there: it came down by itself, or is not made yet. It can be made anew",
        )
    assert export.file is not None
    told = {
        "kind": export.kind,
        "file": export.file.pk,
        "name": export.file.name,
        "sha256": export.file.sha256,
    }
    return Fetched(export, export.file, told)
