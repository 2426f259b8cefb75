"""What happens to findings: taken into the pool and closed, handed out, explained and answered, woken again."""

from xiuhua.findings.services.explaining import Told, answer, explain
from xiuhua.findings.services.following import Renumbered, follow_numbers
from xiuhua.findings.services.handing import Handed, hand_out
from xiuhua.findings.services.pool import (
    OPEN_KINDS,
    OWNER,
    Why,
    close_matching,
    close_some,
    close_what_holds,
    close_what_is_gone,
    take,
)
from xiuhua.findings.services.resting import wake_changed, wake_what_is_over
from xiuhua.findings.services.settling import number_put_right, send_back, settle, take_back, unsettle

__all__ = [
    "OPEN_KINDS",
    "OWNER",
    "Handed",
    "Renumbered",
    "Told",
    "Why",
    "answer",
    "close_matching",
    "close_some",
    "close_what_holds",
    "close_what_is_gone",
    "explain",
    "follow_numbers",
    "hand_out",
    "number_put_right",
    "send_back",
    "settle",
    "take",
    "take_back",
    "unsettle",
    "wake_changed",
    "wake_what_is_over",
]
