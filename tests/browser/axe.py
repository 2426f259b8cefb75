"""axe-core asked in a real page: what somebody who cannot see, or uses no mouse, would stumble over."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

PROGRAM = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
# A long table or list is looked at by its first rows and its last: those between are of the same template, and its colours are held
# by tests/design; of a page with hundreds of them they took more time than all else together.
ROWS = 12
# Evaluated by the driver, so that the page's own policy stays as strict as everybody gets it.
RUN = """async rows => {
  const exclude = ['tbody > tr', 'main ul > li', 'main ol > li'].map(row => [`${row}:nth-child(n + ${rows + 1}):not(:last-child)`]);
  const found = await axe.run({include: [['html']], exclude}, {resultTypes: ['violations']});
  return found.violations.map(one => ({
    impact: one.impact, id: one.id, help: one.help,
    where: one.nodes.slice(0, 4).map(node => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')),
  }));
}"""


@cache
def _program() -> str:
    return PROGRAM.read_text(encoding="utf-8")


def grave(page: Page) -> list[str]:
    """Violations that axe calls serious or critical, each with where it was found; empty when there is none."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_program())
    return [
        f"{one['impact']} {one['id']}: {one['help']} {one['where']}"
        for one in page.evaluate(RUN, ROWS)
        if one["impact"] in GRAVE
    ]
