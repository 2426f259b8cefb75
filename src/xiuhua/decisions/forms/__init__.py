"""Forms made from what a kind or a step asks."""

from xiuhua.decisions.forms.changes import ChangeForm, PapersForm, Pictures, TransferForm, sort_of
from xiuhua.decisions.forms.proceedings import (
    AppealForm,
    HangForm,
    ObjectForm,
    StepForm,
    TakeBackForm,
    TakeDownForm,
)

__all__ = [
    "AppealForm", "ChangeForm", "HangForm", "ObjectForm", "PapersForm", "Pictures", "StepForm", "TakeBackForm", "TakeDownForm", "TransferForm", "sort_of",
]  # fmt: skip
