"""A place changes, and those who are responsible for it with it: posts keep their people and their old wording."""

from __future__ import annotations

from xiuhua.accounts.models import Appointment, Post
from xiuhua.audit.services import recorded
from xiuhua.places.models import PlaceChange
from xiuhua.places.services import Asked, carry


@recorded("accounts.place_change_confirmed")
def confirm_change(*, by: Appointment, change_id: int) -> Asked:
    """Another person confirms a change of a place: households, records, findings, files and posts follow at once.

    CannotChange (places.services) when it is settled already or confirmed by the one who asked.
    """
    change = PlaceChange.objects.get(pk=change_id)
    # Two villages may have the same post: under its old wording each stays what it was.
    for post in Post.objects.select_related("place").filter(place_id__in=list(change.codes), label=""):
        post.label = post.says("zh")
        post.save(update_fields=["label"])
    return Asked(carry(by=by, change_id=change_id))
