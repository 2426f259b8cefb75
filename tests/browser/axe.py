"""axe-core asked in a real page: what somebody who cannot see, or uses no mouse, would stumble over."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

PROGRAM = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
# Evaluated by the driver, so that the page's own policy stays as strict as everybody gets it.
RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
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
        for one in page.evaluate(RUN)
        if one["impact"] in GRAVE
    ]
