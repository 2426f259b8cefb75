"""What happens to cases. Each function is one step of the field: keyword-only, `by=` the appointment that acts."""

from xiuhua.decisions.services.acts import Done, Unfit
from xiuhua.decisions.services.deciding import accept, ask_undo, give_back, refuse, refuse_undo, undo
from xiuhua.decisions.services.proposing import (
    Said,
    Upload,
    add_evidence,
    open_evidence,
    propose,
    resubmit,
    withdraw,
)
from xiuhua.decisions.services.registering import (
    Newcomer,
    NewHome,
    propose_household,
    resubmit_household,
    standing_there,
)
from xiuhua.decisions.services.transfers import Answered, decline, receive
from xiuhua.registry.services import Refused

__all__ = [
    "Answered",
    "Done",
    "NewHome",
    "Newcomer",
    "Refused",
    "Said",
    "Unfit",
    "Upload",
    "accept",
    "add_evidence",
    "ask_undo",
    "decline",
    "give_back",
    "open_evidence",
    "propose",
    "propose_household",
    "receive",
    "refuse",
    "refuse_undo",
    "resubmit",
    "resubmit_household",
    "standing_there",
    "undo",
    "withdraw",
]
