"""What happens to findings: taken into the pool and closed, handed out, explained and answered, woken again."""

from xiuhua.findings.services.explaining import Told, answer, explain
from xiuhua.findings.services.handing import Handed, hand_out
from xiuhua.findings.services.pool import (
    OPEN_KINDS,
    OWNER,
    Why,
    close_of_batch,
    close_some,
    close_what_holds,
    take,
)
from xiuhua.findings.services.resting import wake_changed, wake_what_is_over

__all__ = [
    "OPEN_KINDS",
    "OWNER",
    "Handed",
    "Told",
    "Why",
    "answer",
    "close_of_batch",
    "close_some",
    "close_what_holds",
    "explain",
    "hand_out",
    "take",
    "wake_changed",
    "wake_what_is_over",
]
