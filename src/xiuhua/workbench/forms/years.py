"""A household's year, matter by matter; what is not known stays empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.engine.outcomes import written
from xiuhua.registry.queries.correctable import Value, columns
from xiuhua.registry.terms import Seen
from xiuhua.workbench.forms import Attachment, Day, as_kept, typed

# What the standards rest on, by matter, in the order in which a family is asked.
MATTERS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("收入（全家十二个月）"), (
        "wage_fen", "business_fen", "property_fen", "transfer_fen", "dibao_fen", "pension_fen", "business_cost_fen",
    )),
    (_("支出和救助"), (
        "medical_paid_fen", "medical_reimbursed_fen", "education_paid_fen", "education_aid_fen", "disaster_loss_fen", "disaster_relief_fen",
    )),
    (_("住房"), ("house_grade", "house_dangerous_reported", "house_area_m2")),
    (_("饮水"), ("water_quality_ok", "water_litres_per_day", "water_minutes", "water_reliability_percent")),
    (_("医疗保险和吃穿"), ("insured_persons", "food_clothing_ok")),
)  # fmt: skip
KNOWN = ("seen", "seen_on", "members_seen", "evidence")
WAYS = (
    (Seen.CHECKED.value, _("走访当面核实，填写的各项都核对过")),
    (Seen.REPORTED.value, _("据证件、表册或部门名单，没有入户")),
)


def last_twelve_months(today: date) -> tuple[date, date]:
    """First and last day of the twelve full months before a day."""
    first = today.replace(day=1)
    return first.replace(year=first.year - 1), first - timedelta(days=1)


class YearForm(forms.Form):
    """Twelve months of one household, and how somebody knows them."""

    def __init__(
        self, data: Any, files: Any, *, english: bool, before: Mapping[str, str], before_year: int | None
    ) -> None:
        start, end = last_twelve_months(beijing_today())
        initial = {
            "period_start": start,
            "period_end": end,
            "seen": Seen.CHECKED.value,
            "seen_on": beijing_today(),
        }
        super().__init__(data, files, initial=initial)
        self.fields["period_start"] = Day(label=_("从哪天起"))
        self.fields["period_end"] = Day(label=_("到哪天止"), help_text=_("满十二个月；年度按截止日算"))
        for _matter, names in MATTERS:
            for name in names:
                self.fields[name] = self._field(name, english, before.get(name, ""), before_year)
        self.fields["seen"] = forms.ChoiceField(label=_("怎么知道的"), choices=WAYS, widget=forms.RadioSelect)
        self.fields["seen_on"] = Day(label=_("看到的日期"))
        self.fields["members_seen"] = forms.BooleanField(
            label=_("家庭人口和成员的在校、健康、劳动能力、参保也当面核对过，与登记的一样"), required=False
        )
        self.fields["evidence"] = Attachment()
        self.fields["evidence"].help_text = _(
            "户主签字的收支核算表或入户照片；当面核实的必须附，不超过 10 MB"
        )

    def _field(self, name: str, english: bool, before: str, before_year: int | None) -> forms.Field:
        field = columns()["period"][name]
        made = typed(Value("period", 0, field, None), english)
        column = load().relations["period"].column(name)
        language = "en" if english else "zh"
        label = column.says.says(language) if column else field.en if english else field.zh
        unit = written(0, column.unit, {}, language).lstrip("0. ") if column and column.unit else ""
        made.label = gettext("%(label)s（%(unit)s）") % {"label": label, "unit": unit} if unit else label
        made.required, made.help_text = False, ""
        if before:
            made.help_text = gettext("%(year)s 年度：%(value)s") % {"year": before_year, "value": before}
        return made

    @property
    def period(self) -> list[Any]:
        return [self[name] for name in ("period_start", "period_end")]

    @property
    def matters(self) -> list[dict[str, Any]]:
        """The fields of each matter, under its heading."""
        return [{"label": label, "fields": [self[name] for name in names]} for label, names in MATTERS]

    @property
    def known(self) -> list[Any]:
        return [self[name] for name in KNOWN]

    def values(self) -> dict[str, Any]:
        """What was filled in, as the register keeps it."""
        told = {
            name: as_kept(self.fields[name], self.cleaned_data.get(name))
            for _m, names in MATTERS
            for name in names
        }
        return {name: value for name, value in told.items() if value is not None}


def written_before(record: Any, english: bool) -> dict[str, str]:
    """What the newest year before says, as short as a hint needs it: nobody types what has not changed without seeing it."""
    told = {}
    for _m, names in MATTERS:
        for name in names:
            value, field = getattr(record, name), columns()["period"][name]
            if value is None:
                continue
            codes = load().codes.get(field.codes or "")
            code = codes.code(value) if codes else None
            if code is not None:
                told[name] = code.says("en" if english else "zh")
            elif isinstance(value, bool):
                told[name] = written(value, None, {}, "en" if english else "zh")
            elif field.kind == "yuan":
                told[name] = f"{Decimal(value) / 100:,.2f}"
            else:
                told[name] = f"{value:g}" if isinstance(value, Decimal) else str(value)
    return told
