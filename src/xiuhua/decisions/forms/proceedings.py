"""Forms of a proceeding, made from what its step asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.forms.changes import Pictures, sort_of
from xiuhua.decisions.forms.signing import Signed
from xiuhua.decisions.queries.authorising import Authorised
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.proceeding_board import said
from xiuhua.decisions.queries.proceeding_pages import HUNG, members_of
from xiuhua.decisions.queries.proceedings import Step, least_days, papers_of_step
from xiuhua.decisions.services.proceedings import WITHDRAWAL
from xiuhua.decisions.services.proposing import Upload
from xiuhua.decisions.terms import NOBODY, REFUSED, Asset, Help
from xiuhua.notices.terms import Channel
from xiuhua.registry.terms import RemovalMode, WatchClass

COUNTED = {
    "entitled": gettext_lazy("应到人数"), "present": gettext_lazy("实到人数"), "yes": gettext_lazy("同意票"),
    "no": gettext_lazy("不同意票"), "abstained": gettext_lazy("弃权票"),
}  # fmt: skip


class Photo(forms.FileField):
    """One photo, looked at by its content."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The file, or a sentence why it cannot be taken."""
        file = super().clean(data, initial)
        if file and sort_of(next(iter(file.chunks()), b"")[:16]) is None:
            raise forms.ValidationError(
                _("“%(name)s”不是照片或 PDF。请上传 JPG、PNG、WebP 或 PDF。") % {"name": file.name}
            )
        return file


class StepForm(forms.Form):
    """Evidence of the step, the votes of a meeting, what is decided, and words."""

    use_required_attribute = False

    def __init__(
        self,
        step: Step,
        *args: Any,
        household: int | None = None,
        effect: Mapping[str, Any] | None = None,
        anew: Iterable[Mapping[str, Any]] = (),
        authorised: Authorised | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        self.renewing: set[str] = set()
        self._ask_effect(effect or {})
        if step["does"] not in HUNG:
            self._ask_papers(anew, authorised)
        if step["vote"]:
            for name, label in COUNTED.items():
                self.fields[f"vote_{name}"] = forms.IntegerField(
                    label=label, min_value=0, max_value=100_000, required=False
                )
        if step["does"] == "household":
            told = [
                ("", _("请选择")), *members_of(household), (NOBODY, _("不是登记在册的家庭成员")), (REFUSED, _("拒签：本户不肯签")),
            ]  # fmt: skip
            self.fields["member"] = forms.ChoiceField(
                label=gettext_lazy("谁签的字"), choices=told, required=self.data.get("act") == "sign",
                error_messages={"required": gettext_lazy("请选明谁替本户签的字：是哪一位家庭成员，还是登记外的人")},
                help_text=gettext_lazy("须由本户成年人签字；外出的可以视频确认后回来补签。拒签的选“拒签”，写明情况，按“不同意”办理"),
            )  # fmt: skip
        self.fields["reason"] = forms.CharField(
            label=gettext_lazy("意见或理由"),
            required=False,
            max_length=400,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def _ask_papers(self, anew: Iterable[Mapping[str, Any]], authorised: Authorised | None) -> None:
        """The step's evidence, a signature also drawn on the screen; and authorisations that may be brought anew here."""
        # What is written on its own page is not brought.
        for paper in [each for each in papers_of_step(self.step) if each["kind"] != "sheet"]:
            called = said(paper["says"])
            if paper["kind"] == "signature":
                self.fields[f"signed_{paper['code']}"] = Signed(
                    label=_("%(what)s：在屏上签") % {"what": called}, required=False
                )
            self.fields[f"paper_{paper['code']}"] = Pictures(label=called, required=False)
            self._ask_sources(paper, authorised)
        asked = set(self.fields)
        for again in anew:
            self.fields[f"anew_{again['code']}"] = Pictures(label=_("补签的授权书"), required=False)
            self._ask_sources(again, None)
        self.renewing = set(self.fields) - asked

    def now(self) -> list[forms.BoundField]:
        """What the step asks, without what is only needed now and then."""
        return [one for one in self.visible_fields() if one.name not in self.renewing]

    def anew(self) -> list[forms.BoundField]:
        """What is filled in where an authorisation is brought anew."""
        return [one for one in self.visible_fields() if one.name in self.renewing]

    def _ask_sources(self, paper: Mapping[str, Any], authorised: Authorised | None) -> None:
        """What an authorisation lets be asked and until when; what a comparison asked, with what it may not ask marked."""
        if paper["kind"] not in ("authorisation", "list"):
            return
        lacking = authorised.lacks(tuple(Asset)) if authorised and paper["kind"] == "list" else []
        label = _("授权可以查哪些") if paper["kind"] == "authorisation" else _("查了哪些")
        self.fields[f"sources_{paper['code']}"] = forms.MultipleChoiceField(
            label=label, required=False, widget=forms.CheckboxSelectMultiple,
            choices=[
                (one.value, _("%(name)s（没有授权，不能查）") % {"name": one.says(language())} if one in lacking else one.says(language()))
                for one in Asset
            ],
            help_text=_("照授权书上写的勾") if paper["kind"] == "authorisation" else "",
        )  # fmt: skip
        if paper["kind"] == "authorisation" and paper["expires_days"]:
            self.fields[f"until_{paper['code']}"] = forms.DateField(
                label=_("授权到哪天"), required=False,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
                help_text=_("照授权书上写的填；没写的不填，最长 %(n)s 天") % {"n": paper["expires_days"]},
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """What was filled in; a paper that must say its sources says them, a meeting that says no has its count."""
        told = super().clean() or self.cleaned_data
        refuses = self.step["vote"] and self.data.get("act") == "no"
        if refuses and any(told.get(f"vote_{name}") is None for name in COUNTED):
            words = _(
                "评议不通过也要开会表决：请填应到、实到人数和票数，交会议记录和照片；没有开会的，不能按“不同意”办理"
            )
            self.add_error(None, words)
        for name in [one for one in self.fields if one.startswith("sources_")]:
            code = name.removeprefix("sources_")
            if (told.get(f"paper_{code}") or told.get(f"anew_{code}")) and not told.get(name):
                self.add_error(name, _("请勾选“%(what)s”") % {"what": self.fields[name].label})
        return told

    def _ask_effect(self, effect: Mapping[str, Any]) -> None:
        """What is decided besides yes: in which class it is watched and with what help; or how its risk went."""
        classes = [one for one in WatchClass if one != WatchClass.NONE]
        # Papers may come, and a no be said, without it.
        deciding = not self.is_bound or self.data.get("act") == "sign"
        if effect.get("asks_class"):
            self.fields["watch_class"] = forms.ChoiceField(
                label=gettext_lazy("监测对象类别"), required=deciding, widget=forms.RadioSelect,
                choices=[(one.value, one.says(language())) for one in classes],
                help_text=gettext_lazy("脱贫不稳定户须是已脱贫户；边缘易致贫户须未建档立卡；签办时核对"),
            )  # fmt: skip
            self.fields["measures"] = forms.MultipleChoiceField(
                label=gettext_lazy("需要的帮扶措施"), required=deciding, widget=forms.CheckboxSelectMultiple,
                choices=[(one.value, one.says(language())) for one in Help],
            )  # fmt: skip
        if effect.get("watched") == WatchClass.NONE:
            self.fields["mode"] = forms.ChoiceField(
                label=gettext_lazy("消除方式"), required=deciding, widget=forms.RadioSelect,
                choices=[(one.value, one.says(language())) for one in RemovalMode],
            )  # fmt: skip

    def papers(self) -> Iterator[Upload]:
        """What was brought along."""
        for name, files in self.cleaned_data.items():
            if name.startswith(("paper_", "anew_")):
                code = name.partition("_")[2]
                sources = tuple(self.cleaned_data.get(f"sources_{code}") or ())
                until = self.cleaned_data.get(f"until_{code}")
                for file in files or []:
                    yield Upload(code, file.name, file.chunks(), sources, until)
            elif name.startswith("signed_") and files:
                yield Upload(name.partition("_")[2], "屏上手写签名.png", iter([files]), drawn=True)

    def detail(self) -> dict[str, Any]:
        """The votes, where all were counted; who signed for the household, where that was said."""
        votes = {name: self.cleaned_data.get(f"vote_{name}") for name in COUNTED}
        told: dict[str, Any] = {"vote": votes} if self.step["vote"] and None not in votes.values() else {}
        given = {name: self.cleaned_data.get(name) for name in ("member", "watch_class", "measures", "mode")}
        return told | {name: value for name, value in given.items() if value}

    def say_when(self, there: set[str]) -> None:
        """Says when what may be left out for now is needed, instead of calling it optional. `there`: evidence handed in before."""
        instead = {one["code"] for one in papers_of_step(self.step) if one["stands_for"]}
        for name, asked in self.fields.items():
            if name.startswith("paper_"):
                owed = name.removeprefix("paper_") not in there
                asked.when = _("签办前须交") if owed else _("已交，可再补")  # type: ignore[attr-defined]
                if name.removeprefix("paper_") in instead:
                    asked.when = _("交不出上面一份时交")  # type: ignore[attr-defined]
            elif name == "member":
                asked.when = _("签办前须填")  # type: ignore[attr-defined]
            elif name.startswith("vote_"):
                asked.when = _("同意、不同意都须填")  # type: ignore[attr-defined]


class HangForm(forms.Form):
    """Where a notice hangs, since when, how long, with its photo."""

    board = forms.CharField(label=gettext_lazy("张贴地点"), max_length=120)
    hung_on = forms.DateField(
        label=gettext_lazy("张贴日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    days = forms.IntegerField(label=gettext_lazy("公示天数"), max_value=60)
    photo = Photo(
        label=gettext_lazy("张贴照片"),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def __init__(self, step: Step, *args: Any, place_code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least = least_days(step, place_code) or 1
        self.fields["days"].initial = least
        self.fields["hung_on"].initial = beijing_today()
        days = self.fields["days"]
        assert isinstance(days, forms.IntegerField)
        days.min_value = least
        days.validators.append(forms.IntegerField(min_value=least).validators[0])


class SheetForm(forms.Form):
    """From when and how long the sheet for the board will hang."""

    hung_on = forms.DateField(
        label=gettext_lazy("张贴日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, step: Step, *args: Any, place_code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least = least_days(step, place_code) or 1
        self.fields["hung_on"].initial = beijing_today()
        self.fields["days"] = forms.IntegerField(
            label=gettext_lazy("公示天数"), min_value=least, max_value=60, initial=least
        )


class SheetHangForm(forms.Form):
    """Where the sheet hangs, with its photo; its day and its days stand on it."""

    board = forms.CharField(
        label=gettext_lazy("张贴地点"), max_length=120, initial=gettext_lazy("村务公开栏")
    )
    photo = Photo(
        label=gettext_lazy("张贴照片"),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class TakeDownForm(forms.Form):
    """The photo of a notice when it came down."""

    photo = Photo(
        label=gettext_lazy("撤下照片"),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class ObjectForm(forms.Form):
    """An objection as it came; the name may be left empty."""

    channel = forms.ChoiceField(label=gettext_lazy("提出方式"), choices=Channel.choices)
    came_on = forms.DateField(
        label=gettext_lazy("提出日期"),
        initial=beijing_today,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    said = forms.CharField(
        label=gettext_lazy("异议内容"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    who = forms.CharField(
        label=gettext_lazy("提出人"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("可以不写；写了也密封，只有答复的人能打开"),
    )


class TakeBackForm(forms.Form):
    """Why it is taken back; of what a household asked for, with its own paper, and who of it signed that."""

    reason = forms.CharField(
        label=gettext_lazy("撤回理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, asks: dict[str, Any], household: int | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks.get("paper"):
            self.fields["paper"] = Photo(
                label=gettext_lazy("农户本人的撤回申请（签字或按手印）"),
                widget=forms.FileInput(attrs={"accept": "image/*,application/pdf", "capture": "environment"}),
            )
        if asks.get("own"):
            self.fields["member"] = forms.ChoiceField(
                label=gettext_lazy("撤回申请是谁签的字"), choices=[("", _("请选择")), *members_of(household)],
                error_messages={"required": gettext_lazy("请选明撤回申请是本户哪一位成员签的字")},
            )  # fmt: skip

    def upload(self) -> Upload | None:
        """The household's paper, where one was wanted."""
        file = self.cleaned_data.get("paper")
        return Upload(WITHDRAWAL, file.name, file.chunks()) if file else None


class AppealForm(forms.Form):
    """An appeal as it came."""

    channel = forms.ChoiceField(label=gettext_lazy("申诉方式"), choices=Channel.choices)
    came_on = forms.DateField(
        label=gettext_lazy("申诉日期"),
        initial=beijing_today,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    said = forms.CharField(
        label=gettext_lazy("申诉理由（照农户原话记）"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
