"""What happens in the register: the county's opening, a number opened to be read, outcomes computed and kept."""

from xiuhua.registry.services.numbers import Opened, is_minor, open_id
from xiuhua.registry.services.opening import Signed, close_opening, sign_opening
from xiuhua.registry.services.refusal import Refused
from xiuhua.registry.services.standings import (
    compute_standings,
    listed_outcomes,
    rules_by_family,
    take_statistics,
)

__all__ = [
    "Opened",
    "Refused",
    "Signed",
    "close_opening",
    "compute_standings",
    "is_minor",
    "listed_outcomes",
    "open_id",
    "rules_by_family",
    "sign_opening",
    "take_statistics",
]
