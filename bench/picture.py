"""A curve or two as SVG, written by hand: a line, its points, an axis that goes by tens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 380, 64, 24, 64, 56
COLOURS = ("#1f5fbf", "#8a5a00", "#2f7d4f")
INK, FAINT, PAPER = "#1d2733", "#d6dbe1", "#ffffff"


@dataclass(frozen=True)
class Curve:
    """Points (x, y) of one name; x must be above zero."""

    name: str
    points: list[tuple[float, float]]


def curves(title: str, across: str, up: str, drawn: list[Curve], note: str = "") -> str:
    """A picture: x by tens, y from zero. Every point bears its value, so that nothing must be read off by eye."""
    xs = [x for one in drawn for x, _ in one.points]
    low, high = math.floor(math.log10(min(xs))), math.log10(max(xs)) + 0.1
    step = _step(max(y for one in drawn for _, y in one.points))
    top = step * math.ceil(max(y for one in drawn for _, y in one.points) * 1.08 / step)

    def at(x: float, y: float) -> tuple[float, float]:
        right = LEFT + (math.log10(x) - low) / (high - low) * (WIDTH - LEFT - RIGHT)
        return right, HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM)

    parts = [_text(LEFT, 26, title, 16, weight=600)]
    if note:
        parts.append(_text(LEFT, HEIGHT - 12, note, 11))
    for n in range(round(top / step) + 1):
        _, y = at(10**low, n * step)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{FAINT}"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{n * step:g}", 11, anchor="end"))
    for power in range(low, math.floor(high) + 1):
        x, y = at(10**power, 0)
        parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{y:.1f}" stroke="{FAINT}"/>')
        parts.append(_text(x, y + 18, f"{10**power:,}", 11, anchor="middle"))
    parts.append(_text(WIDTH - RIGHT, HEIGHT - 12, across, 12, anchor="end"))
    parts.append(_text(LEFT - 8, TOP - 12, up, 12, anchor="end"))
    for number, one in enumerate(drawn):
        parts += _curve(one, COLOURS[number % len(COLOURS)], at, number)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif">'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )


def _curve(one: Curve, colour: str, at, number: int) -> list[str]:  # type: ignore[no-untyped-def]
    places = [at(x, y) for x, y in one.points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    out = [f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for (x, y), (_, value) in zip(places, one.points, strict=True):
        out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')
        # Values of the first above their points, of the others below: two lines may lie close.
        out.append(
            _text(x, y - 9 if number == 0 else y + 17, f"{value:.1f}", 10, anchor="middle", colour=colour)
        )
    left = LEFT + 8 + number * 220
    out.append(f'<rect x="{left}" y="40" width="12" height="12" fill="{colour}"/>')
    out.append(_text(left + 18, 50, one.name, 12, colour=colour))
    return out


def _step(highest: float) -> float:
    """1, 2 or 5 times a power of ten, so that four to ten lines stand on the paper."""
    rough = highest / 5
    power = 10 ** math.floor(math.log10(rough))
    return float(power * next(n for n in (1, 2, 5, 10) if n * power >= rough))


def _text(
    x: float, y: float, words: str, size: int, *, anchor: str = "start", weight: int = 400, colour: str = INK
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(words)}</text>"
    )
