"""What happens in the register: the county's opening, a number opened to be read, families that change, outcomes kept."""

from xiuhua.registry.services.correcting import Corrected, Evidence, correct_number, correct_value
from xiuhua.registry.services.exit_years import exit_year_corrected
from xiuhua.registry.services.family import (
    Details,
    Family,
    household_begins,
    household_divides,
    household_ends,
    household_moves,
    households_unite,
    open_members,
    person_joins,
    person_leaves,
    relations_told,
)
from xiuhua.registry.services.identity import Number, number_corrected, sealed_again
from xiuhua.registry.services.layouts import remove_layout, save_layout
from xiuhua.registry.services.listing import Basis, end_list, hear, take_back_lists, take_list, withdraw_list
from xiuhua.registry.services.looking import Looked, look_again
from xiuhua.registry.services.naming import learn_names
from xiuhua.registry.services.nightly import look_at_all
from xiuhua.registry.services.numbers import Opened, is_minor, open_id
from xiuhua.registry.services.opening import Signed, close_opening, sign_opening
from xiuhua.registry.services.refusal import Refused
from xiuhua.registry.services.standings import (
    compute_standings,
    listed_outcomes,
    rules_by_family,
    take_statistics,
)
from xiuhua.registry.services.tallies import keep_tallies
from xiuhua.registry.services.trace import Trace
from xiuhua.registry.services.undoing import change_undone
from xiuhua.registry.services.village_years import YearsTaken, take_village_years
from xiuhua.registry.services.years import Entered, enter_year

__all__ = [
    "Basis",
    "Corrected",
    "Details",
    "Entered",
    "Evidence",
    "Family",
    "Looked",
    "Number",
    "Opened",
    "Refused",
    "Signed",
    "Trace",
    "YearsTaken",
    "change_undone",
    "close_opening",
    "compute_standings",
    "correct_number",
    "correct_value",
    "end_list",
    "enter_year",
    "exit_year_corrected",
    "hear",
    "household_begins",
    "household_divides",
    "household_ends",
    "household_moves",
    "households_unite",
    "is_minor",
    "keep_tallies",
    "learn_names",
    "listed_outcomes",
    "look_again",
    "look_at_all",
    "number_corrected",
    "open_id",
    "open_members",
    "person_joins",
    "person_leaves",
    "relations_told",
    "remove_layout",
    "rules_by_family",
    "save_layout",
    "sealed_again",
    "sign_opening",
    "take_back_lists",
    "take_list",
    "take_statistics",
    "take_village_years",
    "withdraw_list",
]
