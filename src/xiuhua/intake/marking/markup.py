"""Small pieces of XML in spreadsheets: tags found and attributes changed without reading the document into a tree.

A tree written back loses what it does not know (prefixes that only `mc:Ignorable` names, most of all), and Excel then calls the
workbook damaged. So what is changed is changed in the text, and the rest is not looked at.
"""

from __future__ import annotations

import posixpath
import re
from html import escape, unescape

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')""")
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def text(value: str) -> str:
    """A value as the text of an element or attribute; what XML cannot hold is left out."""
    return escape(_FORBIDDEN.sub("", value))


def attributes(tag: str) -> dict[str, str]:
    """The attributes of a start tag, unescaped."""
    return {name: unescape(value[1:-1]) for name, value in _ATTRIBUTE.findall(tag)}


def with_attribute(tag: str, name: str, value: str | None) -> str:
    """A start tag with one attribute set, or left out for None."""
    bare = re.sub(rf"""\s{re.escape(name)}\s*=\s*("[^"]*"|'[^']*')""", "", tag)
    if value is None:
        return bare
    end = -2 if bare.endswith("/>") else -1
    return f'{bare[:end].rstrip()} {name}="{text(value)}"{bare[end:]}'


def element(name: str, *, empty: bool = False) -> re.Pattern[str]:
    """Finds an element by its local name, whatever its prefix; an empty one only where asked for."""
    body = (
        rf"(?:[^<>]*?/>|[^<>]*?>.*?</(?:\w+:)?{name}\s*>)" if empty else rf"[^<>]*?>.*?</(?:\w+:)?{name}\s*>"
    )
    return re.compile(rf"<(?:\w+:)?{name}(?=[\s/>]){body}", re.DOTALL)


def start(name: str) -> re.Pattern[str]:
    """Finds a start tag by its local name; group 1 is its prefix with the colon, or nothing."""
    return re.compile(rf"<(\w+:)?{name}(?=[\s/>])[^<>]*>")


def letters(column: int) -> str:
    """The letters of a column counted from 1: 8 is H, 27 is AA."""
    said = ""
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(65 + rest) + said
    return said


def column_of(reference: str) -> int:
    """The column of a cell's reference, from 1."""
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number


def resolve(base: str, target: str) -> str:
    """The part that a relationship of another part points to."""
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))


def rels_of(part: str) -> str:
    """Where the relationships of a part stand."""
    return f"{posixpath.dirname(part)}/_rels/{posixpath.basename(part)}.rels".lstrip("/")
