"""Translations: compile what is written, bring catalogues up to date, and fail when a sentence has no English.

Chinese is the language of the sources, so English is the only catalogue. `compile` needs nothing but Python; `update`
and `check` read the sources with GNU gettext.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = PACKAGE / "locale"
LANGUAGE = "en"
CATALOGUE = LOCALE / LANGUAGE / "LC_MESSAGES" / "django.po"
SOURCES = (".py", ".html", ".txt")
SHOWN = 20


def compile_all() -> int:
    """Every .po beside its .mo."""
    for path in LOCALE.glob("*/LC_MESSAGES/*.po"):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return 0


def extract(into: Path) -> polib.POFile:
    """The sentences of the sources, read from a copy, so that nothing here is touched."""
    copy = into / "xiuhua"
    shutil.copytree(
        PACKAGE, copy, ignore=lambda folder, names: [n for n in names if not _wanted(Path(folder) / n)]
    )
    (copy / "locale").mkdir(exist_ok=True)
    if CATALOGUE.exists():
        (copy / "locale" / LANGUAGE / "LC_MESSAGES").mkdir(parents=True)
        shutil.copy(CATALOGUE, copy / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po")
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    command = [
        sys.executable,
        "-m",
        "django",
        "makemessages",
        "-l",
        LANGUAGE,
        "--no-location",
        "--no-obsolete",
        "--no-wrap",
        "-e",
        "html,txt,py",
    ]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"makemessages: {done.stderr.strip() or done.stdout.strip()}")
    return polib.pofile(str(copy / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"))


def _wanted(path: Path) -> bool:
    if path.is_dir():
        return path.name not in {"locale", "__pycache__", "migrations", "static"}
    return path.suffix in SOURCES


def update() -> int:
    """Writes new sentences into the catalogue and takes out those that are gone."""
    with tempfile.TemporaryDirectory(prefix="xiuhua-messages-") as folder:
        found = extract(Path(folder))
    found.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit", "Language": LANGUAGE,
                      "MIME-Version": "1.0", "Plural-Forms": "nplurals=2; plural=(n != 1);"}  # fmt: skip
    found.header = "English of Xiuhua. Chinese is the language of the sources."
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    for entry in found:
        if "fuzzy" in entry.flags:  # a guess of the tool is no translation
            entry.flags.remove("fuzzy")
            entry.msgstr, entry.msgstr_plural, entry.previous_msgid = "", {}, None
    found.save(str(CATALOGUE))
    print(f"{len(found)} sentences, {len(lacking(found))} without English")
    return 0


def lacking(catalogue: polib.POFile) -> list[str]:
    """Sentences without a translation."""
    return [
        e.msgid
        for e in catalogue
        if not e.obsolete
        and ("fuzzy" in e.flags or not (e.msgstr or (e.msgstr_plural and all(e.msgstr_plural.values()))))
    ]


def check() -> int:
    """0 when every sentence of the sources has its English and the catalogue holds no other."""
    with tempfile.TemporaryDirectory(prefix="xiuhua-messages-") as folder:
        found = extract(Path(folder))
    without = lacking(found)
    kept = {e.msgid for e in polib.pofile(str(CATALOGUE))} if CATALOGUE.exists() else set()
    gone = kept - {e.msgid for e in found}
    for title, sentences in (
        ("没有英文 / without English", without),
        ("源里已没有 / no longer in the sources", sorted(gone)),
    ):
        for sentence in sentences[:SHOWN]:
            print(f"{title}: {sentence}", file=sys.stderr)
        if len(sentences) > SHOWN:
            print(f"… {len(sentences) - SHOWN} more", file=sys.stderr)
    if without or gone:
        print("make messages", file=sys.stderr)
        return 1
    print(f"{len(found)} sentences, all with English")
    return 0


if __name__ == "__main__":
    sys.exit({"compile": compile_all, "update": update, "check": check}[sys.argv[1]]())
