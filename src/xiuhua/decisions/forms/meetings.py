"""The forms of a village meeting: what to print for it, and what came of it, typed once for all who were discussed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.forms.proceedings import Photo

MOST_PEOPLE = 400
VOTES = {"yes": gettext_lazy("同意票"), "no": gettext_lazy("不同意票"), "abstained": gettext_lazy("弃权票")}

BOX = forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"})


class PackForm(forms.Form):
    """When the meeting is and how many are entitled to come: so many lines of attendance, so many ballots."""

    held_on = forms.DateField(
        label=gettext_lazy("开会日期"),
        initial=beijing_today,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    entitled = forms.IntegerField(label=gettext_lazy("应到人数"), min_value=3, max_value=MOST_PEOPLE)


class MeetingForm(forms.Form):
    """Attendance once, photo and minutes once, votes for each candidate."""

    entitled = forms.IntegerField(label=gettext_lazy("应到人数"), min_value=1, max_value=100_000)
    present = forms.IntegerField(label=gettext_lazy("实到人数"), min_value=1, max_value=100_000)
    minutes = Photo(
        label=gettext_lazy("会议记录（拍照或扫描）"),
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )
    photo = Photo(
        label=gettext_lazy("会议照片"),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def __init__(self, candidates: Iterable[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = list(candidates)
        for one in self.candidates:
            for name, label in VOTES.items():
                self.fields[f"{name}_{one}"] = forms.IntegerField(
                    label=label, min_value=0, max_value=100_000, required=False, widget=BOX
                )

    def rows(self) -> dict[int, list[Any]]:
        """The boxes of each candidate."""
        return {one: [self[f"{name}_{one}"] for name in VOTES] for one in self.candidates}

    def clean(self) -> dict[str, Any]:
        """All three counts of a candidate or none: one left empty was not discussed."""
        given = super().clean() or {}
        for one in self.candidates:
            filled = [given.get(f"{name}_{one}") is not None for name in VOTES]
            if any(filled) and not all(filled):
                self.add_error(f"yes_{one}", _("三种票数都要填；这次没有评议的户三个都空着"))
        if not self.errors and not self.votes():
            raise forms.ValidationError(_("至少填写一户的票数"))
        return given

    def votes(self) -> dict[int, dict[str, int]]:
        """Votes by proceeding, of those that were discussed."""
        given = self.cleaned_data
        told = {one: {name: given.get(f"{name}_{one}") for name in VOTES} for one in self.candidates}
        return {one: votes for one, votes in told.items() if None not in votes.values()}  # type: ignore[misc]
