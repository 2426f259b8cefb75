"""The form that tells of an official's kin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.accounts.models import Appointment
from xiuhua.decisions.models import Kin
from xiuhua.decisions.queries.kin import officials
from xiuhua.registry.models import Household


class KinForm(forms.Form):
    """Who is kin of which household, and how."""

    official = forms.ChoiceField(label=gettext_lazy("哪位干部"))
    number = forms.CharField(label=gettext_lazy("户编号"), max_length=40)
    relation = forms.CharField(
        label=gettext_lazy("与这一户是什么关系"),
        max_length=60,
        help_text=gettext_lazy("本户成员、配偶、父母子女、兄弟姐妹、三代以内旁系亲属、近姻亲"),
    )

    def __init__(self, by: Appointment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["official"].choices = [("", "—"), *officials(by)]  # type: ignore[attr-defined]

    def clean_number(self) -> Household:
        """The household of the area that bears the number."""
        found = Household.objects.filter(
            number=self.cleaned_data["number"].strip(), ended_on__isnull=True
        ).first()
        if found is None:
            raise forms.ValidationError(_("您的工作范围内没有这个编号的户"))
        return found

    def clean(self) -> dict[str, Any]:
        """Not what is on record already."""
        told = super().clean() or {}
        home, official = told.get("number"), told.get("official")
        if (
            home
            and official
            and Kin.objects.filter(official=official, household=home, until__isnull=True).exists()
        ):
            raise forms.ValidationError(_("已经登记过这位干部与这一户的回避"))
        return told
