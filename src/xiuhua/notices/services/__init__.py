"""What happens to notices and objections: keyword-only, `by=` the appointment that acts."""

from xiuhua.notices.services.hanging import Board, Several, hang, hang_sheet, take_down, take_sheet_down
from xiuhua.notices.services.objecting import Brought, Opened, answer, bring, open_objection
from xiuhua.notices.services.proving import Proof, open_proof
from xiuhua.notices.services.refusing import CannotHang
from xiuhua.notices.services.sheets import Line, Made, Run, make_sheet

__all__ = [
    "Board",
    "Brought",
    "CannotHang",
    "Line",
    "Made",
    "Opened",
    "Proof",
    "Run",
    "Several",
    "answer",
    "bring",
    "hang",
    "hang_sheet",
    "make_sheet",
    "open_objection",
    "open_proof",
    "take_down",
    "take_sheet_down",
]
