"""Workbooks as nobody should hand them over: mutated from a sound one by a seed, the same for the same seed.

Each mutant holds invented private numbers (PRIVATE); whatever is said of it must not say them.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import openpyxl

from intake.reading.compound import compound_file, xls
from intake.reading.support import PERSON_HEADINGS, identity_number, person_row

IDS = tuple(
    identity_number(f"990101{year}0101{n:03d}")
    for year, n in ((1961, 311), (1975, 523), (1988, 745), (2012, 967))
)
PHONES = ("19911112222", "19933334444")
PRIVATE = (*IDS, *PHONES)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
STRANGE: tuple[Any, ...] = (
    "=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://a.example\",\"x\")", "@SUM(1)", "+1", "-1", "-9e99", "1e308", "NaN", "inf", "-inf",
    "9" * 400, "0x10", "１２３", "²", "½", "٣", "\u200b", "\ufeff", "\ufffd", "\U0001f9f5", "𠮷", "a" * 40_000, "_xD800_", "_x0000_",
    "'; drop table registry_household; --", "<script>alert(1)</script>", "%s%n", "{field_zh}", "[[{x}]]", "\\", '"', "\t\n\r", "0000-00-00", "9999-99-99",
    "31.12.1899", "#REF!", "#N/A", "TRUE", "null", "None", " ", -1, 0, 1e300, -1e300, 2**53 + 1, 0.1 + 0.2, 2958466, -693594, True, None, *IDS, *PHONES,
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A file: `kind` says what was done to it."""

    kind: str
    seed: int
    name: str
    content: bytes


def rows(chance: random.Random, household: str = "") -> list[list[Any]]:
    """A small person export with private numbers, some of its cells strange; of one household, where its number is given."""
    made: list[list[Any]] = [["青溪县贫困人口信息表"], list(PERSON_HEADINGS)]
    for at in range(chance.randint(1, 6)):
        row = person_row(
            **{"证件号码": IDS[at % len(IDS)], "联系电话": PHONES[at % 2]} | _member(household, at)
        )
        for _time in range(chance.randint(0, 4)):
            row[chance.randrange(len(row))] = chance.choice(STRANGE)
        made.append(row)
    return made


def home_of(seed: int) -> str:
    """The number of the household that a mutated table is about."""
    return f"9905210{seed:06d}"


def own_id(household: str, at: int) -> str:
    """An invented number of a household's member; of two seeds in a run never the same."""
    seed = int(household[-6:])
    return identity_number(f"990101{1950 + seed % 60}01{at + 1:02d}{(seed * 7 + at) % 1000:03d}")


def _member(household: str, at: int) -> dict[str, Any]:
    if not household:
        return {}
    return {
        "户编号": household, "人编号": f"{household}{at:02d}", "与户主关系": "其他" if at else "户主", "证件号码": own_id(household, at),
        "务工区域": None, "务工时间(月)": 0,
    }  # fmt: skip


def stacked(first: int, count: int) -> bytes:
    """The mutated tables of some seeds as one workbook, each the rows of a household of its own."""
    tables = [rows(random.Random(seed), home_of(seed)) for seed in range(first, first + count)]
    return written(random.Random(first), [*tables[0][:2], *(row for table in tables for row in table[2:])])


def written(chance: random.Random, table: list[list[Any]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in table or rows(chance):
        book.active.append([_written(cell) for cell in row])  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _written(cell: Any) -> Any:
    return (
        "".join(one for one in cell if one in "\t\n\r" or ord(one) >= 32) if isinstance(cell, str) else cell
    )


@lru_cache(maxsize=1)
def _sound() -> bytes:
    return written(random.Random(1))


def _rezipped(
    content: bytes, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            data = change(part, old.read(part))
            if data is not None:
                new.writestr(part, data)
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def _cells(text: str) -> bytes:
    """The sound workbook with its first sheet's XML rewritten."""
    body = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{text}</worksheet>'
    return _rezipped(
        _sound(), lambda part, data: body.encode("utf-8", "surrogatepass") if part == SHEET else data
    )


def _text_cells(values: list[str], row: int = 1) -> str:
    told = "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values)
    return f'<row r="{row}">{told}</row>'


# --- what is done to the bytes, whatever they are


def flipped(chance: random.Random, content: bytes) -> bytes:
    data = bytearray(content)
    for _time in range(chance.choice((1, 3, 20, 200))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(1, len(content))]


def holed(chance: random.Random, content: bytes) -> bytes:
    at, size = chance.randrange(len(content)), chance.choice((1, 16, 512, 4096))
    return content[:at] + bytes(size) + content[at + size :]


def doubled(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + content[at : at + 2000] * chance.choice((2, 30)) + content[at:]


def preceded(chance: random.Random, content: bytes) -> bytes:
    return (
        chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"MZ", b"\0" * 64, b"%PDF-1.4\n", b"<html>", b"\n\n"))
        + content
    )


# --- what is done inside an xlsx


def part_gone(chance: random.Random) -> bytes:
    names = zipfile.ZipFile(io.BytesIO(_sound())).namelist()
    gone = set(chance.sample(names, chance.randint(1, 3)))
    return _rezipped(_sound(), lambda part, data: None if part in gone else data)


def part_mangled(chance: random.Random) -> bytes:
    names = [
        name for name in zipfile.ZipFile(io.BytesIO(_sound())).namelist() if name.endswith((".xml", ".rels"))
    ]
    chosen = chance.choice(names)
    how = chance.choice((flipped, cut, holed, doubled, preceded))
    return _rezipped(_sound(), lambda part, data: how(chance, data) if part == chosen else data)


def entities(chance: random.Random) -> bytes:
    head = chance.choice((LAUGHS, OUTSIDE))
    chosen = chance.choice(
        (SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "[Content_Types].xml", "xl/styles.xml")
    )

    def change(part: str, data: bytes) -> bytes:
        if part != chosen:
            return data
        text = data.decode()
        text = text.split("?>", 1)[-1]
        return (head + text.replace("</t>", "&j;&a;</t>", 3).replace("<v>", "<v>&a;", 3)).encode()

    return _rezipped(_sound(), change)


def bomb(chance: random.Random) -> bytes:
    size = chance.choice((10, 60, 200)) << 20
    where = chance.choice((SHEET, "xl/media/image1.png", "xl/sharedStrings.xml"))
    content = _rezipped(_sound(), lambda part, data: bytes(size) if part == where else data, {} if where != "xl/media/image1.png" else {where: bytes(size)})  # fmt: skip
    if chance.random() < 0.5:  # and lies of it
        content = content.replace(struct.pack("<I", size), struct.pack("<I", 100))
    return content


def archive_tricks(chance: random.Random) -> bytes:
    trick = chance.choice(("path", "nested", "twice", "encrypted", "method", "many", "comment", "empty"))
    if trick == "path":
        return _rezipped(
            _sound(), lambda part, data: data, {"../../../etc/cron.d/x": b"x", "/abs": b"y", "C:\\x": b"z"}
        )
    if trick == "nested":
        return _rezipped(_sound(), lambda part, data: data, {"xl/embeddings/a.xlsx": _sound() * 20})
    if trick == "twice":
        return _rezipped(
            _sound(),
            lambda part, data: data,
            {SHEET + " ": b"<worksheet/>", "XL/WORKBOOK.XML": b"<workbook/>"},
        )
    if trick == "many":
        return _rezipped(
            _sound(),
            lambda part, data: data,
            {f"xl/media/{n}": b"" for n in range(chance.choice((500, 12_000)))},
        )
    content = bytearray(_sound())
    at = content.index(b"PK\x01\x02")
    if trick == "encrypted":
        content[at + 8] |= 1
    if trick == "method":
        content[at + 10] = chance.randrange(1, 100)
    if trick == "comment":
        return bytes(content[:-2]) + struct.pack("<H", 65_000) + b"PK\x05\x06" * 100
    if trick == "empty":
        return b"PK\x05\x06" + bytes(18)
    return bytes(content)


def cells(chance: random.Random) -> bytes:
    head = _text_cells(list(PERSON_HEADINGS))
    row = _text_cells([str(cell) for cell in person_row(证件号码=IDS[0], 联系电话=PHONES[0])], 2)
    odd = chance.choice(
        (
            '<row r="0"><c r="A0"><v>1</v></c></row>',
            '<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
            '<row r="3"><c r="XFD3"><v>1</v></c></row>',
            '<row r="3"><c r="ZZZZZ3"><v>1</v></c></row>',
            '<row r="-1"><c r="-"><v>1</v></c></row>',
            '<row><c t="s"><v>999999</v></c><c t="s"><v>-1</v></c><c t="x"><v>1</v></c><c t="e"><v>#DIV/0!</v></c></row>',
            '<row><c s="9999"><v>1e999</v></c><c><v>nan</v></c><c><v>--</v></c><c t="d"><v>0000-13-45T99:99</v></c></row>',
            '<row><c s="1"><v>-99999999</v></c><c s="1"><v>99999999999</v></c><c t="b"><v>7</v></c></row>',
            f'<row><c><f>cmd|"/C calc"!A0</f><v>{IDS[1]}</v></c><c><f t="array" ref="A1:XFD1048576">1</f></c></row>',
            f'<row><c t="inlineStr"><is><t>{"长" * 1_000_000}</t></is></c></row>',
            "<row>" + "<c><v>1</v></c>" * chance.choice((900, 16_384)) + "</row>",
            "<row>" * 3000 + "</row>" * 3000,
            '<row><c t="inlineStr"><is><t>\ud800\udfff&#xD800;&#0;&#x1F;</t></is></c></row>',
            f'<row><c t="inlineStr"><is>{"<r><t>a</t></r>" * 5000}</is></c></row>',
        )
    )
    merges = chance.choice(("", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>', '<mergeCells><mergeCell ref="A2:A99999"/><mergeCell ref="Z"/></mergeCells>'))  # fmt: skip
    size = chance.choice(
        ("", '<dimension ref="A1:XFD1048576"/>', '<dimension ref="B9:A1"/>', '<dimension ref="?"/>')
    )
    return _cells(f"{size}<sheetData>{head}{row}{odd}</sheetData>{merges}")


def table(chance: random.Random) -> bytes:
    return written(chance)


def headings(chance: random.Random) -> bytes:
    """Headings that are none: doubled, missing, private, very long."""
    made = rows(chance)
    for _time in range(chance.randint(1, 8)):
        made[1][chance.randrange(len(made[1]))] = chance.choice(
            (None, "姓名", "证件号码", IDS[2], PHONES[1], "列" * 3000, 7, "年度", "户编号")
        )
    if chance.random() < 0.3:
        made = made[2:]
    return written(chance, made)


# --- text tables


def text(chance: random.Random) -> bytes:
    separator = chance.choice((",", "\t", ";", "|"))
    end = chance.choice(("\n", "\r\n", "\r", "\n\n"))
    lines = [separator.join(_quoted(cell, chance) for cell in row) for row in rows(chance)]
    content = end.join(lines)
    encoding = chance.choice(
        ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "big5", "shift_jis")
    )
    data = content.encode(encoding, "replace")
    how = chance.choice((None, None, flipped, cut, holed, doubled, preceded))
    return how(chance, data) if how else data


def _quoted(cell: Any, chance: random.Random) -> str:
    told = "" if cell is None else str(cell)
    return f'"{told}' + ("" if chance.random() < 0.02 else '"') if chance.random() < 0.3 else told


def text_shapes(chance: random.Random) -> bytes:
    return chance.choice(
        (
            lambda: (",".join(PERSON_HEADINGS) + "\n").encode() + b"1," * 2_000_000,
            lambda: (",".join(PERSON_HEADINGS) + "\n" + '"' + "长" * 700_000).encode(),
            lambda: b",\n" * 300_000,
            lambda: ("姓名,证件号码\n" + f"{IDS[0]}\n" * 50).encode("gb18030") + b"\x80\xff\x81",
            lambda: "\ufeff\ufeff姓名,证件号码\n".encode() + f"张三,{IDS[0]}\n".encode(),
            lambda: b"\0" * 5000,
            lambda: bytes(chance.randrange(256) for _ in range(5000)),
            lambda: ("姓名,证件号码\n" + "=cmd|' /C calc'!A0,@SUM(A1)\n").encode(),
            lambda: f"sep=;\n姓名;证件号码\n张三;{IDS[0]}\n".encode(),
            lambda: b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>",
        )
    )()


# --- old workbooks


def old(chance: random.Random) -> bytes:
    content = xls(
        {
            "表": [
                [_written(cell) if cell is not None else "" for cell in row[:20]]
                for row in ([*PERSON_HEADINGS], person_row(证件号码=IDS[0]))
            ]
        }
    )
    how = chance.choice((flipped, cut, holed, doubled))
    return how(chance, content)


def compounds(chance: random.Random) -> bytes:
    return chance.choice(
        (
            lambda: compound_file({"EncryptionInfo": b"x", "EncryptedPackage": bytes(9000)}),
            lambda: compound_file({"WordDocument": IDS[0].encode()}),
            lambda: compound_file({"Book": b"\x09\x00\x04\x00\x02\x00\x10\x00" + bytes(500)}),
            lambda: compound_file({"Workbook": flipped(chance, bytes(5000))}),
            lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(chance.randrange(256) for _ in range(3000)),
            lambda: b"\x09\x00\x04\x00\x02\x00\x10\x00" + bytes(100),
            lambda: b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(3000),
        )
    )()


KINDS: dict[str, tuple[int, Callable[[random.Random], bytes]]] = {
    "flipped": (6, lambda chance: flipped(chance, _sound())),
    "cut": (4, lambda chance: cut(chance, _sound())),
    "holed": (4, lambda chance: holed(chance, _sound())),
    "doubled": (3, lambda chance: doubled(chance, _sound())),
    "preceded": (2, lambda chance: preceded(chance, _sound())),
    "part_gone": (6, part_gone),
    "part_mangled": (12, part_mangled),
    "entities": (5, entities),
    "bomb": (1, bomb),
    "archive_tricks": (4, archive_tricks),
    "cells": (12, cells),
    "table": (12, table),
    "headings": (8, headings),
    "text": (12, text),
    "text_shapes": (4, text_shapes),
    "old": (6, old),
    "compounds": (3, compounds),
}
ENDINGS = (".xlsx", ".xlsx", ".xls", ".csv", ".xlsm")


def mutants(first: int, count: int) -> Iterator[Mutant]:
    """`count` files of the seeds from `first` on."""
    kinds = [kind for kind, (weight, _make) in KINDS.items() for _ in range(weight)]
    for seed in range(first, first + count):
        chance = random.Random(seed)
        kind = chance.choice(kinds)
        yield Mutant(kind, seed, f"{kind}-{seed}{chance.choice(ENDINGS)}", KINDS[kind][1](chance))
