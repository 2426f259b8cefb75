"""The register 建档立卡: households, people, yearly records, statuses, and the outcomes last computed."""

from xiuhua.registry.models.correction import Correction
from xiuhua.registry.models.household import Household, Membership, Person
from xiuhua.registry.models.layout import ExportLayout
from xiuhua.registry.models.listing import Listing, ListingAnswer, ListingCover, ListingHit
from xiuhua.registry.models.naming import NameKey
from xiuhua.registry.models.period import PeriodRecord
from xiuhua.registry.models.standing import Standing
from xiuhua.registry.models.status import Opening, StatusEntry
from xiuhua.registry.models.tally import Tally, TallyMark
from xiuhua.registry.models.village_year import VillageYear
from xiuhua.registry.models.watch import WatchEntry

__all__ = [
    "Correction",
    "ExportLayout",
    "Household",
    "Listing",
    "ListingAnswer",
    "ListingCover",
    "ListingHit",
    "Membership",
    "NameKey",
    "Opening",
    "PeriodRecord",
    "Person",
    "Standing",
    "StatusEntry",
    "Tally",
    "TallyMark",
    "VillageYear",
    "WatchEntry",
]
