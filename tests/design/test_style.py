"""Colours that can be read, files that stay small, templates that the page policy lets through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import xiuhua

PACKAGE = Path(xiuhua.__file__).parent
STYLE = PACKAGE / "design/static/design"
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
TOKENS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", (STYLE / "cloth.css").read_text()))

# Text on ground, as the components pair them.
PAIRS = [
    (text, ground)
    for text in ("ink", "ink-soft", "quiet", "red", "straw", "leaf")
    for ground in ("paper", "cloth")
] + [
    ("red", "red-ground"),
    ("straw", "straw-ground"),
    ("ink-soft", "plain-ground"),
    ("quiet", "plain-ground"),
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str) -> None:
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


def test_the_dark_leaf_of_pills_can_be_read() -> None:
    assert contrast("#266a42", TOKENS["leaf-ground"]) >= 4.5


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_nothing_stands_inline_in_a_template(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"<[^>]*\sstyle=", text), "inline style"
    assert not re.search(r"<[^>]*\son[a-z]+=", text), "inline handler"
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "inline script"
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), "another host"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_no_longer_than_it_can_be_read(template: Path) -> None:
    assert len(template.read_text().splitlines()) <= 200


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_chinese_in_a_template_goes_through_gettext(template: Path) -> None:
    if template.name in {"brand.html", "language.html", "gallery.html"}:
        pytest.skip("names of the product, of languages and of samples are the same in both")
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", "", template.read_text(), flags=re.S)
    text = re.sub(
        r"\{% blocktranslate.*?\{% endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S
    )
    left = re.sub(r"[：；，、。（）“”·・–—…→]", "", text)
    assert not re.findall(r"[一-鿿]+", left)


@pytest.mark.parametrize(
    "name", sorted(path.name for path in STYLE.iterdir() if path.suffix in {".css", ".js"})
)
def test_style_and_script_stay_small(name: str) -> None:
    text = (STYLE / name).read_text()
    assert len(text.splitlines()) <= 400
    assert "http://" not in text and "https://" not in text
    assert "eval(" not in text and ".innerHTML" not in text


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (STYLE / "icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'\{% icon "([a-z]+)"', path.read_text())}
    assert named - drawn == set()
