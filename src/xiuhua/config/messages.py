"""Translations: compile what is written, bring the catalogue up to date, and fail when a sentence has no good English.

Chinese is the language of the sources, so English is the only catalogue. `compile` needs nothing but Python; `update`
and `check` read the sources with GNU gettext.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = PACKAGE / "locale"
LANGUAGE = "en"
CATALOGUE = LOCALE / LANGUAGE / "LC_MESSAGES" / "django.po"
HEAD = {
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
SOURCES = (".py", ".html", ".txt")
TOOLS = ("xgettext", "msguniq", "msgattrib")
SHOWN = 50
# What must stand in the English as it stands in the Chinese: places for values, and the sign that is written twice.
PLACE = re.compile(r"%\(\w+\)[a-z]|%[%sd]|\{\w*\}")
CHINESE = re.compile(r"[\u3000-\u303f\u30fb\u3400-\u9fff\uff00-\uffef]")

Key = tuple[str, str, str]


def key(entry: polib.POEntry) -> Key:
    """What makes a sentence the same one: its context, itself, and whether it is counted."""
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def compile_all() -> int:
    """Every .po beside its .mo, put in place whole: a server that starts meanwhile reads the old one or the new one."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        made = path.with_suffix(".mo.new")
        polib.pofile(str(path)).save_as_mofile(str(made))
        made.replace(path.with_suffix(".mo"))
    return 0


def extract() -> polib.POFile:
    """The sentences of the sources, read from a copy, so that nothing here is touched."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise SystemExit(
            f"缺少 GNU gettext（{'、'.join(missing)}），读不出源里的句子 / "
            f"GNU gettext is missing ({', '.join(missing)}): the sentences of the sources cannot be read"
        )
    with tempfile.TemporaryDirectory(prefix="xiuhua-messages-") as folder:
        copy = Path(folder) / "xiuhua"
        shutil.copytree(PACKAGE, copy, ignore=_unread)
        (copy / "locale").mkdir()
        options = ["-l", LANGUAGE, "-e", "html,txt,py", "--no-location", "--no-wrap"]
        done = subprocess.run(
            [sys.executable, "-m", "django", "makemessages", *options],
            cwd=copy,
            env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"makemessages: {done.stderr.strip() or done.stdout.strip()}")
        return polib.pofile(str(copy / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"))


def _unread(folder: str, names: list[str]) -> list[str]:
    """Files that hold no sentences of ours."""
    return [name for name in names if not _wanted(Path(folder) / name)]


def _wanted(path: Path) -> bool:
    if path.is_dir():
        return path.name not in {"locale", "__pycache__", "migrations", "static"}
    return path.suffix in SOURCES


def read() -> polib.POFile:
    """The catalogue as it is committed."""
    return polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()


def merged(found: polib.POFile, kept: polib.POFile) -> polib.POFile:
    """The sources' sentences in their order, with the English there is. Nothing is guessed from one that is like it."""
    known = {key(entry): entry for entry in kept if not entry.obsolete}
    made = polib.POFile()
    made.metadata = HEAD
    made.header = "English of Xiuhua. Chinese is the language of the sources."
    for entry in found:
        told = known.get(key(entry))
        if told is not None:
            entry.msgstr, entry.msgstr_plural, entry.tcomment = told.msgstr, told.msgstr_plural, told.tcomment
            entry.flags += [flag for flag in told.flags if flag == "fuzzy"]
        made.append(entry)
    return made


def update() -> int:
    """Writes new sentences into the catalogue and takes out those that are gone."""
    made = merged(extract(), read())
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    made.save(str(CATALOGUE))
    print(
        f"{len(made)} 句，{len(lacking(made))} 句没有英文 / {len(made)} sentences, {len(lacking(made))} without English"
    )
    return 0


def texts(entry: polib.POEntry) -> list[str]:
    """The English of a sentence: one text, or one for each number."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def lacking(catalogue: Iterable[polib.POEntry]) -> list[str]:
    """Sentences without English, or without that of one of their numbers."""
    return [e.msgid for e in catalogue if not all(texts(e)) or len(texts(e)) != (2 if e.msgid_plural else 1)]


def unlike(catalogue: Iterable[polib.POEntry]) -> list[str]:
    """Sentences whose English names other places for values than they do."""
    wrong = []
    for entry in catalogue:
        places = set(PLACE.findall(entry.msgid)) | set(PLACE.findall(entry.msgid_plural or ""))
        wrong += [
            f"{entry.msgid} → {text}" for text in texts(entry) if text and set(PLACE.findall(text)) != places
        ]
    return wrong


def chinese(catalogue: Iterable[polib.POEntry]) -> list[str]:
    """Sentences whose English has Chinese letters or punctuation left in it."""
    return [f"{e.msgid} → {text}" for e in catalogue for text in texts(e) if CHINESE.search(text)]


def faults(found: Iterable[polib.POEntry], kept: Iterable[polib.POEntry]) -> dict[str, list[str]]:
    """What is wrong with the catalogue, by kind: held to the sentences of the sources, and in itself."""
    kept = list(kept)
    live = [entry for entry in kept if not entry.obsolete]
    wanted, there = {key(entry) for entry in found}, {key(entry) for entry in live}
    gone = sorted(there - wanted) + sorted(key(entry) for entry in kept if entry.obsolete)
    return {
        "目录里还没有 / not in the catalogue yet": [
            msgid for _context, msgid, _plural in sorted(wanted - there)
        ],
        "源里已没有 / no longer in the sources": [msgid for _context, msgid, _plural in gone],
        "没有英文 / without English": lacking(live),
        "英文未定 / English is marked fuzzy": [entry.msgid for entry in live if "fuzzy" in entry.flags],
        "占位不一致 / places for values differ": unlike(live),
        "英文里有中文 / Chinese left in the English": chinese(live),
    }


def check() -> int:
    """0 when every sentence of the sources has good English and the catalogue holds no other."""
    kept = read()
    wrong = {title: told for title, told in faults(extract(), kept).items() if told}
    for title, sentences in wrong.items():
        print(f"{title}（{len(sentences)}）", file=sys.stderr)
        for sentence in sentences[:SHOWN]:
            print(f"  {sentence}", file=sys.stderr)
        if len(sentences) > SHOWN:
            print(f"  … {len(sentences) - SHOWN}", file=sys.stderr)
    if wrong:
        print(
            "先 make messages，再补全 locale/en / make messages, then fill in locale/en: "
            f"{CATALOGUE.relative_to(PACKAGE)}",
            file=sys.stderr,
        )
        return 1
    print(f"{len(kept)} 句都有英文 / {len(kept)} sentences, all with English")
    return 0


if __name__ == "__main__":
    sys.exit({"compile": compile_all, "update": update, "check": check}[sys.argv[1]]())
