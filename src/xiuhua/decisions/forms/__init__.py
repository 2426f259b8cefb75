"""Forms made from what a kind or a step asks."""

from xiuhua.decisions.forms.changes import (
    ChangeForm,
    PapersForm,
    Pictures,
    ReceivedForm,
    TransferForm,
    sort_of,
)
from xiuhua.decisions.forms.household import HouseholdForm
from xiuhua.decisions.forms.meetings import MeetingForm, PackForm
from xiuhua.decisions.forms.proceedings import (
    AppealForm,
    HangForm,
    ObjectForm,
    SheetForm,
    SheetHangForm,
    StepForm,
    TakeBackForm,
    TakeDownForm,
)
from xiuhua.decisions.forms.telling import TellForm

__all__ = [
    "AppealForm", "ChangeForm", "HangForm", "HouseholdForm", "MeetingForm", "ObjectForm", "PackForm", "PapersForm", "Pictures", "ReceivedForm", "SheetForm", "SheetHangForm",
    "StepForm", "TakeBackForm", "TakeDownForm", "TellForm", "TransferForm", "sort_of",
]  # fmt: skip
