"""Where a freeze stands."""

from __future__ import annotations

from xiuhua.common.terms import Terms


class Step(Terms):
    """Where a freeze stands."""

    WAITING = "waiting", "排队", "Waiting"
    FREEZING = "freezing", "取数", "Records being taken"
    TALLYING = "tallying", "汇总", "Being tallied"
    DONE = "done", "完成", "Done"
    STOPPED = "stopped", "已停止", "Stopped"
    FAILED = "failed", "未能完成", "Could not be finished"


# Steps that nobody has to do anything about for it to go on.
WORKING = (Step.WAITING, Step.FREEZING, Step.TALLYING)

# In which order the counts of a rule are stored.
COUNTS = ("holds", "fails", "not_known", "not_applicable", "checked")

# How documents of a tally speak of all kinds and statuses together (rules of villages and counties).
ALL = "all"

# As the audit knows the system's clock (tasks.Clock).
CLOCK = "system"
