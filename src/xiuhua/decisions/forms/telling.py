"""How and when a household was told how its proceeding ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.common.clock import beijing_today
from xiuhua.common.covering import holds_numbers
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.proceeding_pages import members_of
from xiuhua.decisions.terms import Told


class TellForm(forms.Form):
    """How, on which day, whom of it; where nobody of it was met, what happened."""

    way = forms.ChoiceField(label=gettext_lazy("怎么告知的"), widget=forms.RadioSelect)
    told_on = forms.DateField(
        label=gettext_lazy("哪天告知的"),
        initial=beijing_today,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    person = forms.ChoiceField(label=gettext_lazy("告知了本户哪一位"), required=False)
    note = forms.CharField(
        label=gettext_lazy("告知时的情况"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("没有见到本户成员的要写：例如留置时谁在场；不写证件号、电话"),
    )

    def __init__(self, household: int | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way, person = self.fields["way"], self.fields["person"]
        assert isinstance(way, forms.ChoiceField) and isinstance(person, forms.ChoiceField)
        way.choices = [(one.value, one.says(language())) for one in Told]
        person.choices = [("", _("没有见到本户成员")), *members_of(household)]

    def clean_note(self) -> str:
        told: str = self.cleaned_data["note"].strip()
        if holds_numbers(told):
            raise forms.ValidationError(_("这里不写证件号、电话。"))
        return told

    def clean(self) -> dict[str, Any]:
        """Whom it was told, or what happened instead."""
        told = super().clean() or {}
        if not told.get("person") and not told.get("note") and "note" not in self.errors:
            self.add_error("note", _("没有见到本户成员的，写明情况。"))
        if told.get("way") in (Told.HANDED, Told.PHONE) and not told.get("person"):
            self.add_error("person", _("当面、电话告知的，选明是本户哪一位。"))
        return told

    def person_key(self) -> int | None:
        """The member who was told; None where none was met."""
        said = self.cleaned_data["person"]
        return int(said) if said else None
