"""Every page renders with its sample, in both languages, and keeps the habits that a reader without eyes or mouse needs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from xiuhua.design.samples import PAGES
from xiuhua.design.samples.shell import shell
from xiuhua.design.views import _parts


class Page(HTMLParser):
    """What a screen reader meets: headings, labels, ids, buttons, pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.inputs: list[dict[str, str | None]] = []
        self.headings: list[str] = []
        self.pictures_without_text = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"] or "")
        if tag == "label" and "for" in found:
            self.labelled.add(found["for"] or "")
        if tag in {"input", "select", "textarea"} and found.get("type") not in {"hidden", "file"}:
            self.inputs.append(found)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)
        if tag == "img" and "alt" not in found:
            self.pictures_without_text += 1


def render(name: str, language: str) -> str:
    template, context = PAGES[name]
    request = RequestFactory().get("/")
    with translation.override(language):
        return render_to_string(template, {"shell": shell(name), **context()}, request)


@pytest.fixture(autouse=True)
def nobody_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples need no session: the house's own context is left out."""
    monkeypatch.setattr("django.contrib.auth.context_processors.auth", lambda request: {})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_renders_and_can_be_read_by_ear(name: str, language: str) -> None:
    text = render(name, language)
    page = Page(text)
    assert len(page.ids) == len(set(page.ids)), "an id twice"
    assert page.pictures_without_text == 0
    for entry in page.inputs:
        assert entry.get("aria-label") or entry.get("id") in page.labelled, entry
    assert 'href="#content"' in text and 'id="content"' in text
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in text
    assert "INVALID" not in text


@pytest.mark.parametrize(
    "name", sorted(set(PAGES) - {"not-found", "refused", "broken", "not-understood", "no-post"})
)
def test_a_page_has_one_main_heading(name: str) -> None:
    assert Page(render(name, "zh-hans")).headings.count("h1") == 1


def test_the_gallery_shows_every_component() -> None:
    text = render_to_string(
        "design/gallery.html", {"shell": shell(), "pages": list(PAGES), **_parts()}, RequestFactory().get("/")
    )
    for name in (
        "outcome",
        "stat",
        "work",
        "member",
        "pager",
        "progress",
        "notice",
        "empty",
        "file_drop",
        "field",
        "income_chart",
    ):
        assert name in text


def test_no_sample_holds_an_id_number_of_a_real_region() -> None:
    for name in PAGES:
        for number in re.findall(r"(?<!\d)\d{17}[\dX](?!\d)", render(name, "zh-hans")):
            assert number.startswith("99")


def test_a_childs_illness_is_not_shown() -> None:
    minor = {
        "name": "马小红",
        "relation": "之女",
        "age": 11,
        "minor": True,
        "study": "小学在读",
        "health": "长期慢性病",
    }
    assert "长期慢性病" not in render_to_string("design/member.html", {"member": minor})
