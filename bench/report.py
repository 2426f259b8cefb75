"""What was measured, as it came out."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

from xiuhua.common.clock import beijing_today


@dataclass(frozen=True)
class Line:
    """One figure. seconds: as measured; ratio: to the plain job of the same run; limit: what the house wants of it."""

    what: str
    seconds: float
    ratio: float | None = None
    limit: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.ratio is None or self.limit is None:
            return ""
        return "reached" if self.ratio <= self.limit else "missed"


def table(name: str, lines: list[Line]) -> str:
    """A table in Markdown."""
    rows = [f"### {name}", "", "| work | seconds | ratio | limit | | |", "|---|---:|---:|---:|---|---|"]
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f} ×"
        limit = "" if line.limit is None else f"≤ {line.limit:g} ×"
        rows.append(
            f"| {line.what} | {line.seconds:.3f} | {ratio} | {limit} | {line.verdict} | {line.note} |"
        )
    return "\n".join(rows) + "\n"


def _processor() -> str:
    """What the processors call themselves, where the system says so."""
    try:
        said = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return ""
    names = [line.partition(":")[2].strip() for line in said.splitlines() if line.startswith("model name")]
    return f" ({names[0]})" if names else ""


def _gigabytes() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def machine(seed: int) -> str:
    """On what a figure was measured: seed, cores and processor, memory, Python, day."""
    return (
        f"seed {seed}: {os.cpu_count()} cores{_processor()}, {_gigabytes()} GB, Python {platform.python_version()},"
        f" {beijing_today().isoformat()}"
    )


def write(path: Path, name: str, lines: list[Line], seed: int) -> None:
    """Puts a bench's table between its two marks, in place of the one of an earlier run; says by which command, seed and machine."""
    begin, end = f"<!-- bench {name} -->", f"<!-- end {name} -->"
    text = path.read_text(encoding="utf-8") if path.exists() else "# Performance\n"
    measured = f"Measured by `python -m bench {name}`, {machine(seed)}."
    block = f"{begin}\n{table(name, lines)}\n{measured}\n{end}"
    if begin in text and end in text:
        head, rest = text.split(begin, 1)
        text = head + block + rest.split(end, 1)[1]
    else:
        text = f"{text.rstrip()}\n\n{block}\n"
    path.write_text(text, encoding="utf-8")
