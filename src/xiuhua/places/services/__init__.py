"""What happens to places: a county's list of villages is taken in; a place is renamed, united with another or given another code."""

from xiuhua.places.services.changes import Asked, CannotChange, ask_change, carry, decline_change
from xiuhua.places.services.counties import Told, take_county
from xiuhua.places.services.geojson import CannotRead
from xiuhua.places.services.lists import Taken, ensure, take_village_list
from xiuhua.places.services.outlines import Brought, drop_outlines, take_outlines

__all__ = [
    "Asked",
    "Brought",
    "CannotChange",
    "CannotRead",
    "Taken",
    "Told",
    "ask_change",
    "carry",
    "decline_change",
    "drop_outlines",
    "ensure",
    "take_county",
    "take_outlines",
    "take_village_list",
]
