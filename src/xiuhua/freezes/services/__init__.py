"""Having a freeze taken, stopping it, letting it go on; and parting a household from its frozen rows."""

from xiuhua.freezes.queries import folder, records_of, tally_of
from xiuhua.freezes.services.checking import differences
from xiuhua.freezes.services.keys import confirm_forgetting, forget
from xiuhua.freezes.services.taking import end_left, work
from xiuhua.freezes.services.wishes import NotNow, refused, resume, take, want_stop

__all__ = [
    "NotNow",
    "confirm_forgetting",
    "differences",
    "end_left",
    "folder",
    "forget",
    "records_of",
    "refused",
    "resume",
    "take",
    "tally_of",
    "want_stop",
    "work",
]
