"""What happens to notices and objections: keyword-only, `by=` the appointment that acts."""

from xiuhua.notices.services.hanging import Board, CannotHang, hang, take_down
from xiuhua.notices.services.objecting import Brought, Opened, answer, bring, open_objection

__all__ = [
    "Board",
    "Brought",
    "CannotHang",
    "Opened",
    "answer",
    "bring",
    "hang",
    "open_objection",
    "take_down",
]
