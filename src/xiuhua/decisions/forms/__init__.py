"""Forms made from what a kind or a step asks."""

from xiuhua.decisions.forms.changes import (
    ChangeForm,
    PapersForm,
    Pictures,
    ReceivedForm,
    TransferForm,
    sort_of,
)
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

__all__ = [
    "AppealForm", "ChangeForm", "HangForm", "MeetingForm", "ObjectForm", "PackForm", "PapersForm", "Pictures", "ReceivedForm", "SheetForm", "SheetHangForm",
    "StepForm", "TakeBackForm", "TakeDownForm", "TransferForm", "sort_of",
]  # fmt: skip
