"""Words, icons and numbers as every page shows them: one place, so that no screen invents its own."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from secrets import token_hex
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import escape, format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from xiuhua.common.money import yuan

register = template.Library()

# Three meanings of colour and no others: red thread, straw, leaf. `plain` carries no judgement.
TONES = {"holds": "leaf", "fails": "red", "not_known": "straw", "not_applicable": "plain"}
STATES = ("not_applicable", "holds", "fails", "not_known")
STATE_WORDS = {
    "holds": pgettext_lazy("outcome", "达标"),
    "fails": pgettext_lazy("outcome", "未达标"),
    "not_known": pgettext_lazy("outcome", "待核实"),
    "not_applicable": pgettext_lazy("outcome", "不适用"),
}
TONE_ICONS = {"leaf": "holds", "red": "fails", "straw": "unknown", "plain": "info"}
EVIDENCE_WORDS = {
    "checked": pgettext_lazy("evidence", "已核"),
    "reported": pgettext_lazy("evidence", "据表"),
    "none": pgettext_lazy("evidence", "没有记录"),
}
EVIDENCE = ("none", "reported", "checked")


def _state(value: Any) -> str:
    """The name of an outcome, from its name or from the engine's small code."""
    if isinstance(value, int):
        return STATES[value]
    return str(value)


@cache
def _icons() -> str:
    """The address of the drawings: a page has dozens, and it is the same as long as the process runs."""
    return static("design/icons.svg")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One drawing of icons.svg; silent for screen readers unless it is given a label."""
    if not label:
        return _silent(str(name))
    return format_html(
        '<svg class="xi" role="img" aria-label="{}"><use href="{}"></use></svg>', label, f"{_icons()}#{name}"
    )


@lru_cache(maxsize=512)
def _silent(name: str) -> SafeString:
    return format_html(
        '<svg class="xi" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        f"{_icons()}#{name}",
    )


@register.simple_tag
def pill(tone: str, label: Any) -> SafeString:
    """design/pill.html for a list of many rows, where a few pills come again and again."""
    return _pill(str(tone), says(label))


@lru_cache(maxsize=512)
def _pill(tone: str, label: str) -> SafeString:
    return mark_safe(render_to_string("design/pill.html", {"tone": tone, "label": label}).strip())


@register.simple_tag
def kept(name: str, rows: Iterable[Mapping[str, Any]], shown: str = "") -> SafeString:
    """A template for each of some rows (`one`), of which it shows nothing else: laid out once for the same values and language, as lists
    show them again and again. shown: what of a row it shows, where rows may have more."""
    tongue, told, some = get_language() or "", [], shown.split()
    for one in rows or ():
        items = [(key, one.get(key)) for key in some] if some else one.items()
        values = tuple([(key, says(value) if type(value) is dict else value) for key, value in items])
        told.append(_laid_out(name, tongue, values))
    return mark_safe("".join(told))


@lru_cache(maxsize=8192)
def _laid_out(name: str, _language: str, one: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return mark_safe(render_to_string(name, {"one": dict(one)}).strip())


# What stands around a page is the same for one person on many pages: laid out once for the same values of `shell`. The
# form's token and the page's own address differ each time: marks stand for them, which nobody could write.
AROUND = {
    "design/top.html": ("home_url", "nav", "search_url", "search_scope", "tasks_url", "tasks_count", "data_date", "person", "posts", "switch_post_url", "sign_out_url", "rulebook_url", "exports_url", "freezes_url", "people_url"),
    "design/nav_phone.html": ("nav",),
    "design/language.html": (),
}  # fmt: skip
TOKEN_MARK, ADDRESS_MARK = f"t{token_hex(16)}", f"a{token_hex(16)}"


@register.simple_tag(takes_context=True)
def around(context: Context, name: str) -> SafeString:
    """A template of AROUND, laid out once for the same values of `shell` and language, with this request's own token and address."""
    shell = context.get("shell")
    # What a shell does not have is nothing; what breaks in one that has it is not.
    told = [
        shell.get(part)
        if type(shell) is dict
        else getattr(shell, part)
        if hasattr(type(shell), part)
        else None
        for part in AROUND[name]
    ]
    values = json.dumps(told, default=str)
    token, request = context.get("csrf_token"), context.get("request")
    html = _framed(name, get_language() or "", values, bool(token))
    address = escape(request.get_full_path()) if request else "/"
    return mark_safe(html.replace(TOKEN_MARK, str(token or "")).replace(ADDRESS_MARK, address))


@lru_cache(maxsize=2048)
def _framed(name: str, _language: str, values: str, token: bool) -> str:
    context = {
        "shell": dict(zip(AROUND[name], json.loads(values), strict=True)),
        "csrf_token": TOKEN_MARK if token else "",
        "request": _Asked(),
    }
    return render_to_string(name, context)


class _Asked:
    """Stands for the request where a frame is laid out for any of them."""

    get_full_path = ADDRESS_MARK


@register.simple_tag
@cache
def head() -> SafeString:
    """Styles and scripts of every page, laid out once: they are the same as long as the process runs."""
    return mark_safe(render_to_string("design/head.html").strip())


@register.filter
def state(value: Any) -> str:
    """holds, fails, not_known or not_applicable, whichever way the outcome was given."""
    return _state(value)


@register.filter
def tone(value: Any) -> str:
    """The tone an outcome is shown in: leaf, red, straw, plain."""
    return TONES.get(_state(value), "plain")


@register.filter
def state_word(value: Any) -> str:
    """The word beside an outcome's icon; colour never stands alone."""
    return str(STATE_WORDS.get(_state(value), ""))


@register.filter
def state_icon(value: Any) -> str:
    """The drawing that stands for an outcome."""
    return {"holds": "holds", "fails": "fails", "not_known": "unknown"}.get(_state(value), "none")


@register.filter
def tone_icon(value: str | None) -> str:
    """The drawing that goes with a tone."""
    return TONE_ICONS.get(value or "plain", "info")


@register.filter
def evidence(value: Any) -> str:
    """checked, reported or none, whichever way the evidence was given."""
    return EVIDENCE[value] if isinstance(value, int) else str(value or "none")


@register.filter
def evidence_word(value: Any) -> str:
    """已核, 据表 or 没有记录."""
    return str(EVIDENCE_WORDS.get(evidence(value), ""))


@register.filter
def says(value: Any) -> str:
    """The reader's language of a bilingual value: {zh, en}, a term, or a plain text as it is."""
    if type(value) is str:  # a term is one too, and speaks
        return value
    language = get_language() or "zh"
    if isinstance(value, Mapping):
        return str(value.get("en" if language.startswith("en") else "zh", ""))
    speak = getattr(value, "says", None)
    return str(speak(language)) if callable(speak) else "" if value is None else str(value)


@register.filter
def unbroken(value: Any) -> SafeString:
    """What no line may break in: a browser breaks a date after its hyphens."""
    return format_html('<span class="nowrap">{}</span>', value)


@register.filter
def listed(values: Iterable[Any]) -> str:
    """Several bilingual values in one line, divided as the reader's language divides."""
    return _("、").join(says(one) for one in values)


@register.filter
def thousands(value: Any) -> str:
    """A number with thousands marked; a dash where there is none, never a zero that nobody entered."""
    if value is None or value == "":
        return "—"
    return f"{value:,}" if isinstance(value, int | float | Decimal) else str(value)


@register.filter
def fen_as_yuan(amount_fen: int | None) -> str:
    """Fen as yuan for reading: no decimals where there are none, a dash where nothing is known."""
    if amount_fen is None:
        return "—"
    amount = yuan(amount_fen)
    return f"{int(amount):,}" if amount == amount.to_integral_value() else f"{amount:,}"


@register.filter
def share(part: Any, whole: Any) -> int:
    """Part of a whole as whole percent for drawing bars, 0 to 100; a part that exists never draws as nothing."""
    if not part or not whole:
        return 0
    return max(1, min(100, int(part * 100 // whole)))


@register.filter
def initial(name: str | None) -> str:
    """The surname's character, for the round mark beside a person."""
    return name[0] if name else "·"


@register.inclusion_tag("design/field.html")
def field(bound: BoundField, help_text: str = "") -> dict[str, Any]:
    """One form field with label, help and errors tied to it for screen readers. A field's `when` says when it is needed, where it may be left out for now."""
    widget = bound.field.widget
    style = "form-control"
    if isinstance(widget, CheckboxInput):
        style = "form-check-input"
    elif isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        style = "form-check-list"
    elif isinstance(widget, Select):
        style = "form-select"
    # Django points aria-describedby at the help text by itself only when the field has one of its own.
    attrs: dict[str, str | bool] = {"class": f"{style} is-invalid" if bound.errors else style}
    described = [f"{bound.id_for_label}_error"] if bound.errors else []
    if help_text or bound.help_text:
        described.append(f"{bound.id_for_label}_help")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "widget": bound.as_widget(attrs=attrs),
        "style": style,
        "help": help_text or bound.help_text,
        "optional": "" if bound.field.required else getattr(bound.field, "when", _("选填")),
    }


@register.filter
def actor(text: Any) -> str:
    """A person with the post in which they acted, as the record keeps it: in Chinese. An English page names the person alone."""
    kept = str(text or "")
    return kept.split(" · ")[0] if get_language() == "en" else kept


def _spoken(value: Any) -> Any:
    """Bilingual values of chart figures in the reader's language, all else as it is."""
    if isinstance(value, Mapping):
        if set(value) == {"zh", "en"}:
            return says(value)
        return {key: _spoken(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_spoken(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else says(value) if hasattr(value, "says") else value


@register.simple_tag
def chart_figures(figures: Mapping[str, Any], name: str) -> SafeString:
    """The figures of a chart as a JSON block that charts.js reads; nothing runs in the page itself."""
    return json_script(_spoken(figures), name)
