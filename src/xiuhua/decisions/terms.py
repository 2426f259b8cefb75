"""Words of cases: where one stands, and what somebody did with it."""

from __future__ import annotations

from xiuhua.common.terms import Terms


class State(Terms):
    """Where a case stands. Only a step changes it; the database holds the table of what may follow what."""

    DRAFTED = "drafted", "起草", "Drafted"
    PENDING = "pending", "待审核", "Waiting for a decision"
    RETURNED = "returned", "退回补正", "Returned for correction"
    SENT = "sent", "待接收", "Waiting for the receiving office"
    ACCEPTED = "accepted", "已办结", "Carried out"
    REFUSED = "refused", "未通过", "Refused"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"
    UNDO_ASKED = "undo_asked", "待撤销", "Waiting to be undone"
    UNDONE = "undone", "已撤销", "Undone"


class Act(Terms):
    """One step of a case."""

    PROPOSED = "proposed", "提交", "Proposed"
    RETURNED = "returned", "退回补正", "Returned for correction"
    RESUBMITTED = "resubmitted", "补正后提交", "Corrected and proposed again"
    WITHDRAWN = "withdrawn", "撤回", "Withdrawn"
    AGREED = "agreed", "同意迁出", "Agreed to the move"
    ACCEPTED = "accepted", "审核通过", "Accepted"
    REFUSED = "refused", "不予通过", "Refused"
    RECEIVED = "received", "接收", "Received"
    DECLINED = "declined", "不予接收", "Declined by the receiving office"
    UNDO_ASKED = "undo_asked", "申请撤销", "Asked to be undone"
    UNDONE = "undone", "撤销", "Undone"
    UNDO_REFUSED = "undo_refused", "不予撤销", "Not undone"


# States in which somebody still has to do something.
OPEN = (State.PENDING, State.RETURNED, State.SENT, State.UNDO_ASKED)
# States in which no second case of the kind may be begun about the same.
CLAIMING = (State.DRAFTED, State.PENDING, State.RETURNED, State.SENT)
