"""What stands on the page on which somebody asks for a file: of what, for where, in which forms, and for what purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import translation

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.places.models import Place

if TYPE_CHECKING:
    from xiuhua.files.models import Export

Both = dict[str, str]
CODES = {"zh": "zh-hans", "en": "en"}


class NotThere(Exception):
    """What a file is asked of is not there, or not in the acting area: as an address that leads nowhere."""


@dataclass(frozen=True)
class Asked:
    """What a page or a waiting export asks for: by whom, of which place, with which words of the address."""

    by: Appointment
    place: Place
    query: Mapping[str, str] = field(default_factory=dict)
    form: str = ""

    @property
    def language(self) -> str:
        """Whoever reads it: zh or en."""
        return "en" if (translation.get_language() or "").startswith("en") else "zh"


@dataclass(frozen=True)
class Offer:
    """What would be made, in the reader's language. place: the smallest that holds all of it; the export is bound to it.

    lines: pairs of label and value: filter, basis, day of the data. forms: (key, label), the first chosen beforehand.
    personal: people stand in it, so that it is asked for with a reason.
    """

    place: Place
    title: Both
    lines: Sequence[tuple[str, Any]]
    forms: Sequence[tuple[str, str]]
    count: str = ""
    personal: bool = True


Offering = Callable[[Asked], Offer]


def again(export: Export) -> Asked:
    """What an export was asked for, by the appointment that asked; Appointment.DoesNotExist where nobody holds it now."""
    by = (
        Appointment.objects.on(beijing_today())
        .select_related("post__place", "official__account")
        .filter(post_id=export.post_id, official__account__username=export.asked_by)[:1]
        .get()
    )
    place = Place.objects.get(pk=export.place_code)
    return Asked(by, place, dict(export.params.get("query", {})), str(export.params.get("form", "")))


def speaking(export: Export) -> translation.override:
    """A block in the language of whoever asked: `with speaking(export): …`."""
    return translation.override(CODES[export.language])
