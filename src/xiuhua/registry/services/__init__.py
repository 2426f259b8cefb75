"""What happens in the register: the county's opening, a number opened to be read, outcomes computed and kept."""

from xiuhua.registry.services.correcting import Corrected, Evidence, correct_number, correct_value
from xiuhua.registry.services.looking import Looked, look_again
from xiuhua.registry.services.nightly import look_at_all
from xiuhua.registry.services.numbers import Opened, is_minor, open_id
from xiuhua.registry.services.opening import Signed, close_opening, sign_opening
from xiuhua.registry.services.refusal import Refused
from xiuhua.registry.services.standings import compute_standings, rules_by_family, take_statistics

__all__ = [
    "Corrected",
    "Evidence",
    "Looked",
    "Opened",
    "Refused",
    "Signed",
    "close_opening",
    "compute_standings",
    "correct_number",
    "correct_value",
    "is_minor",
    "look_again",
    "look_at_all",
    "open_id",
    "rules_by_family",
    "sign_opening",
    "take_statistics",
]
