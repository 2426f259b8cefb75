"""Forms made from what a kind or a step asks."""

from xiuhua.decisions.forms.changes import ChangeForm, PapersForm, Pictures, TransferForm, sort_of
from xiuhua.decisions.forms.meetings import MeetingForm, PackForm
from xiuhua.decisions.forms.proceedings import (
    HangForm,
    ObjectForm,
    SheetForm,
    SheetHangForm,
    StepForm,
    TakeDownForm,
)

__all__ = [
    "ChangeForm", "HangForm", "MeetingForm", "ObjectForm", "PackForm", "PapersForm", "Pictures", "SheetForm", "SheetHangForm", "StepForm",
    "TakeDownForm", "TransferForm", "sort_of",
]  # fmt: skip
