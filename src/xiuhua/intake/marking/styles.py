"""The styles of a workbook, with a marked twin for each style of a cell that is marked."""

from __future__ import annotations

import re

from .markup import HEAD, MAIN, attributes, element, start, with_attribute

# The product's three meanings of colour, light enough to read on: red thread, straw, leaf.
FILLS = {"red": "FFF9D5D1", "straw": "FFFDF0CF", "leaf": "FFDDF0E2"}
_EMPTY = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/></font></fonts><fills count="2"><fill><patternFill'
    ' patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0"'
    ' fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
# A text that begins like a formula stays one also when somebody edits its cell.
_LISTED = {
    "title": ("bold", "", 'quotePrefix="1"', ""),
    "note": ("", "", 'quotePrefix="1"', ""),
    "head": ("bold", "", "", '<alignment vertical="top" wrapText="1"/>'),
    "text": ("", "", 'quotePrefix="1"', '<alignment vertical="top" wrapText="1"/>'),
    "link": ("link", "", 'quotePrefix="1"', '<alignment vertical="top"/>'),
    **{tone: ("", tone, 'quotePrefix="1"', '<alignment vertical="top" wrapText="1"/>') for tone in FILLS},
}
TEXT_FORMAT = "49"


class Styles:
    """styles.xml of a workbook: `marked` and `plain` give the number of a cell's new style, `said` the changed part."""

    def __init__(self, said: str = "") -> None:
        self._said = said or _EMPTY
        found = start("styleSheet").search(self._said)
        self.prefix = (found[1] or "") if found else ""
        self._xfs = self._inside("cellXfs", "xf") or [
            f'<{self.prefix}xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        ]
        self._fills = self._inside("fills", "fill")
        self._fonts = self._inside("fonts", "font")
        self.stale = self._ours()
        self._twins: dict[tuple[int, str, bool], int] = {}
        self._fill_of = {tone: self._add_fill(colour) for tone, colour in FILLS.items()}
        self._font_of = {
            "": 0,
            "bold": self._add_font('<b/><sz val="11"/>'),
            "link": self._add_font('<u/><sz val="11"/>'),
        }
        self.listed = {name: self._add(self._list_style(*how)) for name, how in _LISTED.items()}

    def _inside(self, group: str, one: str) -> list[str]:
        found = element(group).search(self._said)
        return [hit.group() for hit in element(one, empty=True).finditer(found.group()[1:])] if found else []

    def _ours(self) -> set[int]:
        """Styles with a fill of ours, from an earlier marking: where nothing is wrong any more it goes."""
        colours = re.compile("|".join(FILLS.values()), re.IGNORECASE)
        fills = {str(at) for at, fill in enumerate(self._fills) if colours.search(fill)}
        return {at for at, xf in enumerate(self._xfs) if attributes(_tag(xf)).get("fillId") in fills}

    def _add_fill(self, colour: str) -> int:
        p = self.prefix
        self._fills.append(
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/><{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
        )
        return len(self._fills) - 1

    def _add_font(self, inside: str) -> int:
        p = self.prefix
        self._fonts.append(f"<{p}font>{inside.replace('<', f'<{p}')}</{p}font>")
        return len(self._fonts) - 1

    def _add(self, xf: str) -> int:
        self._xfs.append(xf)
        return len(self._xfs) - 1

    def _list_style(self, font: str, fill: str, more: str, inside: str) -> str:
        p, fill_id = self.prefix, self._fill_of.get(fill, 0)
        return (
            f'<{p}xf numFmtId="{TEXT_FORMAT if font != "head" else 0}" fontId="{self._font_of[font]}" fillId="{fill_id}" borderId="0" xfId="0"'
            f' applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1" {more}>{inside.replace("<", f"<{p}")}</{p}xf>'
        )

    def marked(self, style: int, tone: str, *, as_text: bool) -> int:
        """The twin of a style in a tone; unlocked, so that it can be put right in a protected sheet too.

        as_text: what is typed there anew stays text, so that a long number keeps its digits.
        """
        key = (style, tone, as_text)
        if key not in self._twins:
            self._twins[key] = self._add(
                self._twin(style, str(self._fill_of[tone]), as_text=as_text, unlocked=True)
            )
        return self._twins[key]

    def plain(self, style: int) -> int:
        """The twin of a style of ours without its fill."""
        key = (style, "", False)
        if key not in self._twins:
            self._twins[key] = self._add(self._twin(style, "0", as_text=False, unlocked=False))
        return self._twins[key]

    def _twin(self, style: int, fill: str, *, as_text: bool, unlocked: bool) -> str:
        xf = self._xfs[style] if style < len(self._xfs) else self._xfs[0]
        tag = with_attribute(with_attribute(_tag(xf), "fillId", fill), "applyFill", "1")
        if as_text:
            tag = with_attribute(with_attribute(tag, "numFmtId", TEXT_FORMAT), "applyNumberFormat", "1")
        alignment = element("alignment", empty=True).search(xf)
        protection = element("protection", empty=True).search(xf)
        inside = alignment.group() if alignment else ""
        p = self.prefix
        if unlocked:
            tag = with_attribute(tag, "applyProtection", "1")
            inside += f'<{p}protection locked="0"/>'
        elif protection:
            inside += protection.group()
        return f"{tag.removesuffix('>').removesuffix('/')}>{inside}</{p}xf>"

    @property
    def said(self) -> str:
        """The part as it is to be written."""
        said = self._said
        for group, items in (("fonts", self._fonts), ("fills", self._fills), ("cellXfs", self._xfs)):
            p = self.prefix
            whole = f'<{p}{group} count="{len(items)}">{"".join(items)}</{p}{group}>'
            found = element(group, empty=True).search(said)
            if found:
                said = said[: found.start()] + whole + said[found.end() :]
            else:
                said = _before(said, group, whole)
        return said


_ORDER = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)


def _before(said: str, group: str, whole: str) -> str:
    """A group that was missing, at its place: the schema fixes the order."""
    for later in _ORDER[_ORDER.index(group) + 1 :]:
        if found := start(later).search(said):
            return said[: found.start()] + whole + said[found.start() :]
    at = said.rindex("</")
    return said[:at] + whole + said[at:]


def _tag(xf: str) -> str:
    return xf[: xf.index(">") + 1]
