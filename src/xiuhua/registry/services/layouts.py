"""A county's own way to write its people for the national system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xiuhua.audit.services import Actor, recorded
from xiuhua.registry.books import NOT_KEPT, PERSON_EXPORT
from xiuhua.registry.models import ExportLayout
from xiuhua.registry.services.refusal import Refused

MOST_COLUMNS, MOST_TITLE_ROWS = 80, 5


@dataclass(frozen=True)
class Kept:
    """A layout after an act."""

    layout: ExportLayout

    @property
    def audit_subject(self) -> str:
        return f"layout:{self.layout.county_code}/{self.layout.name}"

    @property
    def audit_place(self) -> str:
        return self.layout.county_code


@recorded("registry.layout_saved")
def save_layout(
    *,
    by: Actor,
    county_code: str,
    name: str,
    columns: Sequence[tuple[str, str]],
    title: Sequence[str] = (),
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> Kept:
    """Keeps a layout under its name, replacing what had that name. Refused when the national system could not read it."""
    name = name.strip()[:60]
    if not name:
        raise Refused("请给这种格式起个名字", "Give the layout a name")
    _check(columns)
    layout, _new = ExportLayout.objects.update_or_create(
        county_code=county_code, name=name,
        defaults={
            "columns": [[key, heading.strip()[:60]] for key, heading in columns],
            "title": [row.strip()[:120] for row in title if row.strip()][:MOST_TITLE_ROWS],
            "words": {codes: {code: word.strip()[:40] for code, word in said.items() if word.strip()} for codes, said in (words or {}).items()},
            "saved_by": by.actor_name,
        },
    )  # fmt: skip
    return Kept(layout)


def _check(columns: Sequence[tuple[str, str]]) -> None:
    known = {field.key for field in PERSON_EXPORT.fields} - NOT_KEPT
    headings = [heading.strip() for _key, heading in columns]
    keys = [key for key, _heading in columns if key]
    if not keys or len(columns) > MOST_COLUMNS:
        raise Refused(
            f"至少要有一列，至多 {MOST_COLUMNS} 列", f"There must be one column, and at most {MOST_COLUMNS}"
        )
    if not set(keys) <= known or len(keys) != len(set(keys)):
        raise Refused("有一列选错或选了两次", "A column is unknown or chosen twice")
    if "" in headings:
        raise Refused("每一列都要有列名", "Every column needs a heading")
    twice = next((heading for heading in headings if headings.count(heading) > 1), None)
    if twice:
        raise Refused(f"列名“{twice}”用了两次", f"The heading “{twice}” is used twice")


@recorded("registry.layout_removed")
def remove_layout(*, by: Actor, county_code: str, name: str) -> Kept:
    """Takes a layout away; what was exported by it stays what it is."""
    layout = ExportLayout.objects.filter(county_code=county_code, name=name).first()
    if layout is None:
        raise Refused("没有这种格式", "There is no such layout")
    layout.delete()
    return Kept(layout)
