"""Words of the register that are not the rulebook's code lists."""

from __future__ import annotations

from xiuhua.common.terms import Terms


class HouseholdKind(Terms):
    """All rural households are known; most no more than head, members and village."""

    REGISTERED = "registered", "建档立卡户", "Registered household"
    WATCHED = "watched", "监测对象", "Watched household"
    OTHER = "other", "一般农户", "Other rural household"


class Status(Terms):
    """Where a registered household stands. Changed only by an approved case, or once by the county's opening."""

    POOR = "poor", "未脱贫", "Poor"
    EXITED = "exited", "已脱贫", "Exited"
    RETURNED = "returned", "返贫", "Returned to poverty"


class Basis(Terms):
    """What a status rests on."""

    OPENING = "opening", "建库承接", "Taken over at the county's opening"
    CASE = "case", "审批", "Approved case"


class Seen(Terms):
    """How a value is known."""

    REPORTED = "reported", "据表", "From a form"
    CHECKED = "checked", "已核", "Checked"
