"""What intake hands out: the differences with the national system, and what is to be typed there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localtime

from xiuhua.common.clock import beijing_today
from xiuhua.common.sheets import Cell, Written, workbook
from xiuhua.files.models import Export
from xiuhua.files.services import Made, Progress
from xiuhua.intake.models import Difference, Found, Way
from xiuhua.intake.queries import differences as queries
from xiuhua.intake.services.national import PERSON
from xiuhua.places.models import Place
from xiuhua.registry.books import STANDARD, Layout
from xiuhua.registry.models import Household
from xiuhua.registry.queries import national

PIECE = 1000
Row = dict[str, Any]
Line = list[Cell]


def make_differences(export: Export, progress: Progress) -> Made:
    """The differences of one comparison in the export's area: a summary, each kind on its sheet, and the fill-in list."""
    telling = _Telling(int(export.params["batch"]), export.language, export.post.role, progress)
    place = Place.objects.get(pk=export.place_code).name
    name = {"zh": f"{place}与国家系统的差异{beijing_today():%Y%m%d}.xlsx", "en": f"Differences with the national system {beijing_today():%Y%m%d}.xlsx"}  # fmt: skip
    return Made(name[telling.language], workbook(telling.sheets()))


@dataclass
class _Telling:
    """One comparison on its way into a workbook, in one language."""

    batch: int
    language: str
    role: str  # of whoever asked
    progress: Progress
    done: int = 0

    def say(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def said(self, value: dict[str, str] | None) -> str | None:
        return None if value is None else value[self.language]

    def sheets(self) -> list[Written]:
        say = self.say
        where = [say("乡镇", "Township"), say("行政村", "Village"), say("户编号", "Household number"), say("人编号", "Person number"), say("姓名", "Name")]  # fmt: skip
        what = [say("内容", "What")]
        cell = [say("项目", "Field"), say("国家系统", "National system"), say("本系统", "Here")]
        ours = [
            say("依据", "Evidence"),
            say("核实日期", "Seen on"),
            say("最后修改", "Last changed by"),
            say("修改时间", "Changed at"),
        ]
        there = [say("导出表行号", "Row of the export")]
        way = [say("下一步", "Next"), say("决定", "Decision"), say("说明", "Note")]
        fill = [say("国家系统现为", "There now"), say("应填", "Enter")]
        return [
            _sheet(say("汇总", "Summary"), [[say("类别", "Kind"), say("名称", "Name"), say("差异数", "Differences")]], self.summary, 3),
            _sheet(say("仅国家系统有", "Only there"), [where + what + there + way], self.only_there, 10),
            _sheet(say("仅本系统有", "Only here"), [where + what + ours + way], self.only_here, 13),
            _sheet(say("逐项差异", "Cell by cell"), [where + cell + ours + there + way], self.cells, 16),
            _sheet(say("待填国家系统", "To be entered there"), [where + cell[:1] + fill + way[1:]], self.fill_in, 10),
        ]  # fmt: skip

    def each(self, **cut: Any) -> Iterator[Row]:
        """Rows in order of village and household, some at a time."""
        found = queries.open_of(self.batch).filter(**cut)
        keys = list(found.values_list("pk", flat=True))
        for first in range(0, len(keys), PIECE):
            by_key = Difference.objects.in_bulk(keys[first : first + PIECE])
            yield from queries.rows((by_key[key] for key in keys[first : first + PIECE]), role=self.role)
            self.done += PIECE
            self.progress(self.done, max(len(keys), self.done))

    def summary(self) -> Iterator[Line]:
        counted = queries.tallies(self.batch, queries.Asked())
        for kind in Found:
            yield [self.say("差异", "Difference"), self.say(kind.zh, kind.en), counted["found"][kind.value]]
        for way in Way:
            yield [self.say("下一步", "Next"), self.say(way.zh, way.en), counted["way"][way.value]]
        for field, n in counted["field"].most_common():
            yield [self.say("项目", "Field"), self.said(queries.label("" if field == "-" else field)), n]
        names = queries.names_near(counted["place"])
        for code, n in sorted(counted["place"].items()):
            yield [self.say("乡镇", "Township"), names.get(code, code), n]
            villages = (
                queries.tallies(self.batch, queries.Asked(place=code))["place"] if len(code) == 9 else {}
            )
            inside = queries.names_near(villages)
            for village, m in sorted(villages.items()):
                yield [self.say("行政村", "Village"), inside.get(village, village), m]

    def only_there(self) -> Iterator[Line]:
        for row in self.each(found=Found.ONLY_THERE):
            yield [*_where(row), self.said(row["label"]), row["row"], *self.way(row)]

    def only_here(self) -> Iterator[Line]:
        for row in self.each(found=Found.ONLY_HERE):
            yield [*_where(row), self.said(row["label"]), *self.ours(row), *self.way(row)]

    def cells(self) -> Iterator[Line]:
        for row in self.each(found=Found.DIFFERS):
            sides = self.side(row, "theirs"), self.side(row, "ours")
            yield [*_where(row), self.said(row["label"]), *sides, *self.ours(row), row["row"], *self.way(row)]

    def side(self, row: Row, which: str) -> str:
        """A value, or that there is none; of a sealed one no more than that."""
        if not row[f"{which}_known"]:
            return self.say("空", "empty")
        if row["sealed"]:
            return self.say("有，不同", "known, differs")
        year = f"（{row['year']}）" if which == "ours" and row["year"] else ""
        return f"{self.said(row[which])}{year}"

    def ours(self, row: Row) -> Line:
        at = f"{localtime(row['changed_at']):%Y-%m-%d %H:%M}" if row["changed_at"] else None
        by = row["changed_by"] or (
            self.say(f"第 {row['batch']} 批导入", f"Batch {row['batch']}") if row["batch"] else None
        )
        return [self.said(row["seen"]), str(row["seen_on"]) if row["seen_on"] else None, by, at]

    def way(self, row: Row) -> Line:
        decided = self.say("建议", "Suggested")
        if row["decided"]:
            decided = f"{row['decided_by']} {localtime(row['decided_at']):%Y-%m-%d}"
        return [self.said(row["way_label"]), decided, self.said(row["why"])]

    def fill_in(self) -> Iterator[Line]:
        """What is to be typed there, household by household: one line a value."""
        hidden = self.say("（号码不写在这里，请打开该户查看）", "(not written here: open the household)")
        whole: dict[int, dict[int | None, Row]] = {}
        for row in self.each(way=Way.FILL.value):
            note = self.way(row)[1:]
            if row["gone"]:
                there = self.say("在册", "on record")
                yield [*_where(row), self.said(row["label"]), there, self.said(row["why"]), *note]
            elif row["field"]:
                value = hidden if row["sealed"] else self.said(row["ours"])
                yield [*_where(row), self.said(row["label"]), self.side(row, "theirs"), value, *note]
            elif row["household_id"]:
                whole.setdefault(row["household_id"], {})[row["person_id"]] = row
        yield from self.whole(whole)

    def whole(self, whole: Mapping[int, Mapping[int | None, Row]]) -> Iterator[Line]:
        """Households and people that are missing there: that they come and why, and all that is known of them; of a household
        that is there already only what is the newcomer's own."""
        layout = Layout(tuple(one for one in STANDARD.columns if one[0] not in queries.SEALED))
        at = {key: place for place, (key, _heading) in enumerate(layout.columns)}
        for key, told in whole.items():
            for row in told.values():
                if row["why"]:
                    line = [self.said(row["label"]), self.say("无", "none"), self.said(row["why"])]
                    yield [*_where(row), *line, *self.way(row)[1:]]
            people = () if None in told else tuple(one for one in told if one is not None)
            row = next(iter(told.values()))
            for cells in national.rows(layout, national.Choice(row_place(key), household=key, people=people)):
                person = [*_where(row)[:3], cells[at["person_number"]], cells[at["name"]]]
                for (field, _heading), value in zip(layout.columns, cells, strict=True):
                    if value is not None and field not in _KEYS and (not people or field in PERSON):
                        yield [*person, self.said(queries.label(field)), None, value, *self.way(row)[1:]]


_KEYS = ("county", "township", "village", "household_number", "person_number")


def row_place(household: int) -> str:
    """The village of a household of the register."""
    return Household.objects.values_list("village_code", flat=True).get(pk=household)


def _where(row: Row) -> Line:
    return [row["township"], row["village"], row["household_number"], row["person_number"], row["name"]]


def _sheet(
    name: str, head: Sequence[Sequence[str]], lines: Callable[[], Iterator[Line]], columns: int
) -> Written:
    def rows() -> Iterator[Line]:
        for heading in head:
            yield list(heading)
        yield from lines()

    return Written(name, [18] * columns, [True] * columns, rows())
