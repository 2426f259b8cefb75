"""Forms made from what a kind or a step asks."""

from xiuhua.decisions.forms.changes import ChangeForm, PapersForm, Pictures, TransferForm, sort_of
from xiuhua.decisions.forms.proceedings import HangForm, ObjectForm, StepForm, TakeDownForm

__all__ = [
    "ChangeForm", "HangForm", "ObjectForm", "PapersForm", "Pictures", "StepForm", "TakeDownForm", "TransferForm", "sort_of",
]  # fmt: skip
