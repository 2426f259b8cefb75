"""What happens to places: a county's list of villages is taken in; a place is renamed, united with another or given another code."""

from xiuhua.places.services.changes import Asked, CannotChange, ask_change, carry, decline_change
from xiuhua.places.services.counties import Told, take_county
from xiuhua.places.services.lists import Taken, ensure, take_village_list

__all__ = [
    "Asked",
    "CannotChange",
    "Taken",
    "Told",
    "ask_change",
    "carry",
    "decline_change",
    "ensure",
    "take_county",
    "take_village_list",
]
