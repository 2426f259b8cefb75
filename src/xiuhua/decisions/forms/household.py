"""The form of a household that is entered on the roll: where it lives, who belongs to it, one small form a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xiuhua.common.asked import number as asked_number
from xiuhua.common.covering import holds_numbers
from xiuhua.common.identity import identity
from xiuhua.decisions.forms.changes import Pictures, typed_name, typed_number
from xiuhua.decisions.kinds.joining import BOOKLET
from xiuhua.decisions.services import Newcomer, NewHome, Upload
from xiuhua.engine import load

# So many people a form begins with, and has at most: a household on the roll has three on average.
ROWS, MOST = 3, 20
HEAD = "head"
# The button by which somebody more is added.
MORE = "more"


def _codes(list_id: str, *, without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    language = get_language() or "zh"
    return [(one.code, one.says(language)) for one in load().codes[list_id].codes if one.code not in without]


class MemberForm(forms.Form):
    """One person; all of it empty: nobody. A number says sex and day of birth; who has none yet, says them and why."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60, required=False)
    relation = forms.ChoiceField(label=gettext_lazy("与户主关系"), required=False)
    id_number = forms.CharField(
        label=gettext_lazy("证件号码"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("填了号码，性别和出生日期不用再填；加密封存"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    no_number = forms.CharField(
        label=gettext_lazy("还没有证件号码的，写明原因"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("例如：新生儿还没上户口；证件遗失正在补办"),
    )
    sex = forms.ChoiceField(label=gettext_lazy("性别"), required=False)
    birth_date = forms.DateField(
        label=gettext_lazy("出生日期"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, at: int, data: QueryDict | None = None, *, kept: bool = False, **kwargs: Any) -> None:
        super().__init__(data, prefix=f"p{at}", **kwargs)
        self.at, self.kept = at, kept
        relations, sex = self.fields["relation"], self.fields["sex"]
        assert isinstance(relations, forms.ChoiceField) and isinstance(sex, forms.ChoiceField)
        relations.choices = [("", "—"), *_codes("relation", without=(HEAD,))]
        sex.choices = [("", "—"), *_codes("sex")]
        if self.is_head:
            del self.fields["relation"]
            self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        # Of somebody who is named they are asked for; of nobody they stay empty.
        for name, when in (
            ("name", _("没有这个人就空着")),
            ("relation", ""),
            ("id_number", _("还没有的，在下面写明原因")),
        ):
            if name in self.fields:
                self.fields[name].when = when  # type: ignore[attr-defined]

    @property
    def is_head(self) -> bool:
        return self.at == 0

    @property
    def main(self) -> list[forms.BoundField]:
        """What is asked of everybody; the rest is for whoever has no number."""
        return [self[name] for name in ("name", "relation", "id_number") if name in self.fields]

    @property
    def without(self) -> list[forms.BoundField]:
        return [self[name] for name in ("no_number", "sex", "birth_date")]

    @property
    def opens(self) -> bool:
        """Whether what is asked of somebody without a number is shown at once: something stands there, or is wrong."""
        return any(one.errors or one.value() for one in self.without)

    @property
    def empty(self) -> bool:
        return not any(self.cleaned_data.get(name) for name in self.fields)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        return typed_name(name) if name.strip() else ""

    def clean_id_number(self) -> str:
        return typed_number(self.cleaned_data["id_number"])

    def clean_no_number(self) -> str:
        told: str = self.cleaned_data["no_number"].strip()
        if holds_numbers(told):
            raise forms.ValidationError(_("这里不写号码；号码填在“证件号码”一栏。"))
        return told

    def clean(self) -> dict[str, Any]:
        """Whoever is named has a relation, and a number or the reason why there is none, with sex and day of birth."""
        told = super().clean() or {}
        if self.errors or not any(told.values()):
            return told
        if not told.get("name"):
            self.add_error("name", _("请写姓名；不登记这个人的，把这一格都清空。"))
        if not self.is_head and not told.get("relation"):
            self.add_error("relation", _("请选与户主的关系。"))
        number = told.get("id_number", "")
        if not number and not self.kept:
            if not told.get("no_number"):
                self.add_error("id_number", _("请填证件号码；还没有的，写明原因、性别和出生日期。"))
            for name in ("sex", "birth_date"):
                if not told.get(name):
                    self.add_error(name, _("没有证件号码的，这一项要填。"))
        elif number and told.get("no_number"):
            self.add_error("no_number", _("填了证件号码，就不用写原因。"))
        what = identity(number or None)
        if what.valid and told.get("sex") not in (None, "", what.sex):
            self.add_error("sex", _("与证件号码上的性别不一致，请核对。"))
        if what.valid and told.get("birth_date") not in (None, what.birth_date):
            self.add_error("birth_date", _("与证件号码上的出生日期不一致，请核对。"))
        return told

    def newcomer(self) -> Newcomer:
        """What the service takes."""
        told = self.cleaned_data
        return Newcomer(
            told["name"], HEAD if self.is_head else told["relation"], told["id_number"], told["no_number"], told["sex"] or None, told["birth_date"],
            self.at + 1 if self.kept and not told["id_number"] else None,
        )  # fmt: skip


class HouseholdForm(forms.Form):
    """A household that the register does not have. villages: those to choose from, one where it cannot be chosen any more."""

    village = forms.ChoiceField(label=gettext_lazy("哪个村"))
    group_name = forms.CharField(
        label=gettext_lazy("村民小组"), max_length=40, required=False, help_text=gettext_lazy("例如：三组")
    )
    phone = forms.CharField(
        label=gettext_lazy("联系电话"), max_length=30, required=False, help_text=gettext_lazy("加密封存")
    )
    number = forms.CharField(
        label=gettext_lazy("户编号"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("花名册、全国系统已有编号的才填；没有的不填，系统给临时号"),
    )

    def __init__(
        self, villages: Iterable[tuple[str, str]], data: QueryDict | None = None, files: Any = None, *,
        people: Sequence[Mapping[str, Any]] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        kept = [bool(one.get("kept")) for one in people]
        rows = max(ROWS, len(people) + 1)
        if data is not None:
            rows = min(asked_number(data.get("rows", "")) or rows, MOST)
        if data is not None and data.get("act") == MORE:
            # One person more, and nothing is held against what is not finished yet.
            kwargs["initial"] = {name: data.get(name, "") for name in (*self.base_fields, "reason", "apart")}
            people = [{name: data.get(f"p{at}-{name}", "") for name in MemberForm.base_fields} for at in range(rows)]  # fmt: skip
            data, files, rows = None, None, min(rows + 1, MOST)
        super().__init__(data, files, **kwargs)
        field = self.fields["village"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(villages)
        self.people = [
            MemberForm(at, data, initial=people[at] if at < len(people) else {}, kept=at < len(kept) and kept[at])
            for at in range(rows)
        ]  # fmt: skip
        self.fields["reason"] = forms.CharField(
            label=gettext_lazy("情况说明"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        )  # fmt: skip
        self.fields["apart"] = forms.CharField(
            label=gettext_lazy("不是同一家的，凭什么知道"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        )  # fmt: skip
        self.fields[f"paper_{BOOKLET.code}"] = Pictures(
            label=gettext_lazy("户口簿"), required=False, help_text=gettext_lazy("拍照或扫描件，可多张；暂时没有的以后再补"),
        )  # fmt: skip

    @property
    def rows(self) -> int:
        return len(self.people)

    @property
    def more(self) -> bool:
        """Whether somebody more can be added."""
        return self.rows < MOST

    @property
    def where(self) -> list[forms.BoundField]:
        """What is asked of the household, before its people."""
        return [self[name] for name in ("village", "group_name", "phone", "number")]

    @property
    def after(self) -> list[forms.BoundField]:
        """What is asked after its people."""
        return [self["reason"], self[f"paper_{BOOKLET.code}"]]

    def is_valid(self) -> bool:
        """Whether all of it fits, the people too."""
        return all([super().is_valid(), *(one.is_valid() for one in self.people)])

    def clean_group_name(self) -> str:
        return _without_numbers(self.cleaned_data["group_name"])

    def clean_reason(self) -> str:
        return _without_numbers(self.cleaned_data["reason"])

    def clean_apart(self) -> str:
        return _without_numbers(self.cleaned_data["apart"])

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        if number and not re.fullmatch(r"[0-9A-Za-z\-]{4,40}", number):
            raise forms.ValidationError(_("户编号只有数字、字母和短横线。"))
        return number

    def clean_phone(self) -> str:
        phone = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", self.cleaned_data["phone"]))
        if phone and not re.fullmatch(r"\+?[0-9]{7,15}", phone):
            raise forms.ValidationError(_("请只写电话号码。"))
        return phone

    def home(self, *, on: date, application: int) -> NewHome:
        """What the service takes."""
        told = self.cleaned_data
        people = tuple(one.newcomer() for one in self.people if not one.empty)
        return NewHome(
            told["village"], people, on, application, told["group_name"], told["number"], told["phone"], told["reason"], told["apart"]
        )  # fmt: skip

    def papers(self) -> Iterator[Upload]:
        """The evidence that came with it."""
        for one in self.cleaned_data.get(f"paper_{BOOKLET.code}") or []:
            file: UploadedFile = one
            yield Upload(BOOKLET.code, file.name or "", file.chunks())


def _without_numbers(said: str) -> str:
    if holds_numbers(said):
        raise forms.ValidationError(_("这里不写证件号、电话。"))
    return " ".join(said.split())
