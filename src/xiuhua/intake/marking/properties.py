"""The custom property by which a marked workbook is known when it comes back (see reading/origin.py)."""

from __future__ import annotations

import re

from xiuhua.intake.reading.origin import PROPERTY

from .markup import HEAD, attributes, element, text

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
CONTENT = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_NAMES = (
    'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
    ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"'
)
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


def with_property(said: str, stamp: str) -> str:
    """The part of custom properties with ours in it, in place of an earlier one."""
    if not said:
        said = f"{HEAD}<Properties {_NAMES}></Properties>"
    kept = element("property").sub(
        lambda one: (
            ""
            if attributes(one.group()[: one.group().index(">") + 1]).get("name") == PROPERTY
            else one.group()
        ),
        said,
    )
    kept = re.sub(r"<((?:\w+:)?Properties\b[^>]*?)\s*/>", r"<\1></Properties>", kept)
    number = max((int(pid) for pid in re.findall(r"""\spid=["'](\d+)""", kept)), default=1) + 1
    ours = f'<property {_NAMES} fmtid="{_FORMAT}" pid="{number}" name="{PROPERTY}"><vt:lpwstr>{text(stamp)}</vt:lpwstr></property>'
    at = kept.rindex("</")
    return kept[:at] + ours + kept[at:]
