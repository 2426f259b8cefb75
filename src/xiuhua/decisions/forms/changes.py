"""The form of a kind: made from what the kind asks, so that a new kind needs no form of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xiuhua.common.clock import beijing_today
from xiuhua.common.identity import identity
from xiuhua.decisions.kinds import Ask, Change, Kind, Problem
from xiuhua.decisions.kinds.kind import EARLIEST
from xiuhua.decisions.services import Said, Upload
from xiuhua.engine import load
from xiuhua.places.models import Place
from xiuhua.places.terms import Level
from xiuhua.registry.models import Household

# What a phone takes or a scanner makes, by the first bytes; the name says nothing.
SORTS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"%PDF": "application/pdf"}
MOST_BYTES = 10 * 1024 * 1024
ROSTER = "relation_"
NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af·．•A-Za-z ]{1,60}")


def typed_name(text: str) -> str:
    """A name as it was typed, with single spaces; ValidationError for what no name has."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not NAME.fullmatch(name):
        raise forms.ValidationError(_("姓名里只能有汉字、字母和间隔号。"))
    return name


def typed_number(text: str) -> str:
    """An ID number as it was typed, without spaces and dashes, or empty; ValidationError for what is none."""
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if number and not identity(number, on=beijing_today()).valid:
        raise forms.ValidationError(_("证件号码不对：位数、出生日期或校验码不符，请对照证件逐位核对。"))
    return number


def sort_of(head: bytes) -> str | None:
    """What a file is; None for what is neither picture nor PDF."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((sort for mark, sort in SORTS.items() if head.startswith(mark)), None)


def _says(one: Any) -> str:
    return one.en if (get_language() or "").startswith("en") else one.zh


class Photos(forms.ClearableFileInput):
    """A file input that takes several pictures; a phone offers its camera."""

    allow_multiple_selected = True


class Pictures(forms.FileField):
    """Photos or scans, each looked at by its content."""

    widget = Photos(attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp,application/pdf"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files, or a sentence that names the one that cannot be taken."""
        files = [
            super(Pictures, self).clean(one, initial)
            for one in (data if isinstance(data, list | tuple) else [data])
        ]
        files = [one for one in files if one]
        for one in files:
            if one.size > MOST_BYTES:
                raise forms.ValidationError(
                    _("“%(name)s”超过 10 MB，请压缩或重拍后再传。") % {"name": one.name}
                )
            head = next(iter(one.chunks()), b"")[:16]
            if sort_of(head) is None:
                raise forms.ValidationError(
                    _("“%(name)s”不是照片或 PDF。请上传 JPG、PNG、WebP 或 PDF。") % {"name": one.name}
                )
        return files


class ChangeForm(forms.Form):
    """Day, fields of the kind, why, and the evidence. `said()` is what the services take."""

    def __init__(self, kind: Kind, change: Change, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.change = kind, change
        self.fields["effective_on"] = forms.DateField(
            label=_says_pair(kind.on_zh, kind.on_en),
            widget=forms.DateInput(attrs={"type": "date", "max": beijing_today().isoformat()}),
        )
        for ask in kind.asks(change):
            for name, field in _fields(ask, change):
                self.fields[name] = field
        self.fields["reason"] = forms.CharField(
            label=gettext_lazy("情况说明"),
            required=False,
            max_length=400,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.add_papers()

    def add_papers(self) -> None:
        """One field for each piece of evidence that the kind wants."""
        for paper in self.kind.papers:
            self.fields[f"paper_{paper.code}"] = Pictures(
                label=_says(paper),
                required=False,
                help_text=gettext_lazy("拍照或扫描件，可多张；暂时没有的以后再补"),
            )

    def clean_name(self) -> str:
        return typed_name(self.cleaned_data["name"])

    def clean_id_number(self) -> str:
        return typed_number(self.cleaned_data["id_number"])

    def clean_into(self) -> int:
        number = self.cleaned_data["into"].strip()
        found = Household.objects.filter(county_code=self.change.household.county_code, number=number).first()
        if found is None:
            raise forms.ValidationError(_("您的工作范围内没有这个编号的户。"))
        return found.pk

    def clean(self) -> dict[str, Any]:
        """An ID number says sex and birth date too; what disagrees is asked at once."""
        cleaned = super().clean() or {}
        what = identity(cleaned.get("id_number") or None)
        if what.valid:
            born = (
                cleaned["effective_on"]
                if "birth_date" not in self.fields and "effective_on" in cleaned
                else cleaned.get("birth_date")
            )
            if "sex" in cleaned and cleaned["sex"] != what.sex:
                self.add_error("sex", _("与证件号码上的性别不一致，请核对。"))
            if born and born != what.birth_date:
                self.add_error(
                    "birth_date" if "birth_date" in self.fields else "effective_on",
                    _("与证件号码上的出生日期不一致，请核对。"),
                )
        return cleaned

    def said(self) -> Said:
        """What was filled in, as a service takes it."""
        given = self.cleaned_data
        payload = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in given.items()
            if name not in {"effective_on", "reason", "id_number"}
            and not name.startswith(("paper_", ROSTER))
            and value not in (None, "")
        }
        relations = {
            name.removeprefix(ROSTER): value
            for name, value in given.items()
            if name.startswith(ROSTER) and value
        }
        if relations:
            payload["relations"] = relations
        return Said(given["effective_on"], payload, given.get("id_number") or "", given["reason"])

    def papers(self) -> Iterator[Upload]:
        """The evidence that came with it."""
        for name, files in self.cleaned_data.items():
            if name.startswith("paper_"):
                for one in files or []:
                    yield Upload(name.removeprefix("paper_"), one.name or "", one.chunks())

    def tell(self, problems: list[Problem]) -> None:
        """Puts each problem at its field."""
        for one in problems:
            says = _says_pair(one.zh, one.en)
            if one.url:
                says = format_html('{} <a class="go" href="{}">{}</a>', says, one.url, _("去办理"))
            self.add_error(one.field if one.field in self.fields else None, says)


class PapersForm(ChangeForm):
    """Evidence alone, brought later."""

    def __init__(self, kind: Kind, *args: Any, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        self.kind = kind
        self.add_papers()

    def clean(self) -> dict[str, Any]:
        cleaned = forms.Form.clean(self) or {}
        if not any(cleaned.values()):
            raise forms.ValidationError(_("请选择要补的照片或扫描件。"))
        return cleaned


def _says_pair(zh: str, en: str) -> str:
    return en if (get_language() or "").startswith("en") else zh


def _codes(list_id: str) -> list[tuple[str, str]]:
    language = get_language() or "zh"
    return [(one.code, one.says(language)) for one in load().codes[list_id].codes]


def _fields(ask: Ask, change: Change) -> Iterator[tuple[str, forms.Field]]:
    """The form's field for an ask; a roster has one for each member."""
    label = _says_pair(ask.zh, ask.en)
    common: dict[str, Any] = {
        "label": label,
        "required": ask.required,
        "help_text": _says_pair(ask.help_zh, ask.help_en),
    }
    if ask.kind == "roster":
        yield from _roster(ask, change, common["help_text"])
    elif ask.kind == "date":
        yield ask.name, forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    elif ask.kind == "year":
        yield (
            ask.name,
            forms.IntegerField(min_value=EARLIEST.year, max_value=beijing_today().year, **common),
        )
    elif ask.kind == "sex":
        yield ask.name, forms.ChoiceField(choices=[("", "—"), *_codes("sex")], **common)
    elif ask.kind == "relation":
        yield ask.name, forms.ChoiceField(choices=[("", "—"), *_codes("relation")], **common)
    elif ask.kind == "village":
        yield ask.name, forms.ChoiceField(choices=[("", "—"), *_villages(change.household)], **common)
    elif ask.kind == "county":
        found = Place.objects.filter(level=Level.COUNTY, until__isnull=True).exclude(
            code=change.household.county_code
        )
        yield ask.name, forms.ChoiceField(choices=[("", "—"), *found.values_list("code", "name")], **common)
    else:
        attrs = (
            {"autocomplete": "off", "autocapitalize": "characters"}
            if ask.kind == "id_number"
            else {"autocomplete": "off"}
        )
        yield ask.name, forms.CharField(max_length=60, widget=forms.TextInput(attrs=attrs), **common)


def _roster(ask: Ask, change: Change, help_text: str) -> Iterator[tuple[str, forms.Field]]:
    relations = _codes("relation")
    words = dict(relations)
    none = _("不分出") if ask.optional_people else "—"
    for at, one in enumerate(change.members):
        if change.person is not None and one.person_id == change.person.pk:
            continue
        now = words.get(one.relation or "", _("未登记"))
        label = _("%(name)s（现为%(relation)s）") % {"name": one.person.name, "relation": now}
        first = help_text if at == 0 or (at == 1 and change.person) else ""
        yield (
            f"{ROSTER}{one.person_id}",
            forms.ChoiceField(
                label=label, required=False, choices=[("", none), *relations], initial="", help_text=first
            ),
        )


def _villages(household: Household) -> list[tuple[str, list[tuple[str, str]]]]:
    """Villages of the county, by township."""
    code = household.county_code
    places = Place.objects.filter(
        code__gte=code, code__lt=code[:-1] + chr(ord(code[-1]) + 1), until__isnull=True
    ).order_by("code")
    names = {one.code: one.name for one in places if one.level == Level.TOWNSHIP}
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in places:
        if one.level == Level.VILLAGE and one.code != household.village_code:
            groups.setdefault(names.get(one.code[:9], one.code[:9]), []).append((one.code, one.name))
    return list(groups.items())


class ReceivedForm(forms.Form):
    """Yes or no of a township to who is to come from another one of the county: where to stands in what was proposed."""

    reason = forms.CharField(
        label=gettext_lazy("意见"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("不予接收的须写明理由"),
    )


class TransferForm(ReceivedForm):
    """Where the household goes in the receiving county, and its number where its own is in use."""

    village = forms.ChoiceField(label=gettext_lazy("落在哪个村"), required=False)
    number = forms.CharField(
        label=gettext_lazy("户编号"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("不填则沿用原编号；原编号在本县已有的须另填"),
    )
    field_order = ("village", "number", "reason")

    def __init__(self, area: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Place.objects.filter(
            code__gte=area,
            code__lt=area[:-1] + chr(ord(area[-1]) + 1),
            level=Level.VILLAGE,
            until__isnull=True,
        )
        self.fields["village"].choices = [("", "—"), *found.order_by("code").values_list("code", "name")]  # type: ignore[attr-defined]
