"""Whether the province's range of monitoring is known for this year, and whose work it is where not."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.engine import load


def line_missing(by: Appointment) -> dict[str, Any] | None:
    """What the county has to do where its province's range of this year was never entered; None where it is known."""
    today, line = beijing_today(), "monitoring_line_yuan"
    # A place above provinces has no range of its own.
    if len(by.place_code) < 6 or load().figure(line, today, by.place_code) is not None:
        return None
    return {
        "title": _("%(year)s 年的监测范围还没有录入") % {"year": today.year},
        "sentence": _("收入低于最近一年范围的，照样提示核查、照样纳入；消除风险要等当年的范围录入。由县农业农村局按省里文件录入（见手册“监测范围”）。"),
        "actions": [{"label": _("看历年的范围"), "url": reverse("workbench:figure", args=[line])}],
    }  # fmt: skip
