"""What happens to accounts and posts. Each function is one act: keyword-only, `by=` who acts, one audit entry."""

from xiuhua.accounts.services.acts import Done, Hand, Refused, operator
from xiuhua.accounts.services.areas import confirm_change
from xiuhua.accounts.services.opening import (
    TEMPORARY_DAYS,
    answer_request,
    ask_for_account,
    ask_for_reset,
    change_password,
    close_account,
    first_administrators,
    why_not_answer,
)
from xiuhua.accounts.services.posts import appoint, end_appointment, name_deputy
from xiuhua.accounts.services.ties import tie, untie
from xiuhua.accounts.services.tokens import make_token, stop_token

__all__ = [
    "TEMPORARY_DAYS",
    "Done",
    "Hand",
    "Refused",
    "answer_request",
    "appoint",
    "ask_for_account",
    "ask_for_reset",
    "change_password",
    "close_account",
    "confirm_change",
    "end_appointment",
    "first_administrators",
    "make_token",
    "name_deputy",
    "operator",
    "stop_token",
    "tie",
    "untie",
    "why_not_answer",
]
