"""Where an export stands."""

from __future__ import annotations

from xiuhua.common.terms import Terms

# Days that an export's content is kept, unless its kind says otherwise; asking again makes it anew.
DAYS_KEPT = 7


class Step(Terms):
    """Where an export stands."""

    WAITING = "waiting", "排队", "Waiting"
    MAKING = "making", "生成", "Being made"
    DONE = "done", "可以下载", "Ready"
    STOPPED = "stopped", "已停止", "Stopped"
    FAILED = "failed", "未能完成", "Could not be finished"


# Steps that nobody has to do anything about for it to go on.
WORKING = (Step.WAITING, Step.MAKING)
