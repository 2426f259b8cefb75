"""Every template is used, and says nothing that a page of ours must not say."""

from __future__ import annotations

import re

from house import files, python, short, templates

# Django looks these up by their names.
BY_NAME = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}


def test_no_unused_template() -> None:
    said = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*python(), *templates()]
        if path.name != "test_templates.py"
    )
    unused = []
    for path in templates():
        name = path.as_posix().split("/templates/", 1)[1]
        if name not in BY_NAME and not re.search(rf"""['"]{re.escape(name)}['"]""", said):
            unused.append(short(path))
    assert unused == []


def test_no_script_or_style_stands_in_a_page() -> None:
    # The content security policy would not run it; better to hear it here.
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\son[a-z]+=|\sstyle=|javascript:",
        re.IGNORECASE,
    )
    wrong = [short(path) for path in templates() if inline.search(path.read_text(encoding="utf-8"))]
    assert wrong == []


def test_nothing_comes_from_another_host() -> None:
    remote = re.compile(r"""(src|href|action|url\()\s*=?\s*['"]?(https?:)?//""", re.IGNORECASE)
    shown = [path for path in files() if path.suffix in {".html", ".css", ".js"} and "src" in path.parts]
    assert [short(path) for path in shown if remote.search(path.read_text(encoding="utf-8"))] == []
