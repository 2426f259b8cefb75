"""Where every share of the invented nation comes from. The table in the README of synth repeats this for readers.

"domain" is section 1.1 or 10 of the project's notes on the field (census, register, statistics, an audited county); "county" are
the shares of the invented county (`family`, `living`), tuned to a real one; what neither says is assumed and named so.
"""

from __future__ import annotations

# Codes in the order in which the columns hold them.
KIND = ("registered", "watched", "other")
STATUS = ("poor", "exited", "returned")
ATTRIBUTE = ("general", "dibao_poor", "wubao_poor")
CAUSE = (
    "illness", "disability", "skill", "labour", "capital", "disaster", "study", "transport", "motivation", "land",
)  # fmt: skip
RELATION = (
    "head", "spouse", "son", "daughter", "daughter_in_law", "grandson", "granddaughter", "father", "mother", "other",
)  # fmt: skip
SEX = ("male", "female")
ETHNICITY = ("han", "tibetan", "hui", "tu", "miao", "yi", "zhuang")
EDUCATION = ("illiterate", "primary", "junior", "senior", "college")
STUDENT = (
    "none", "preschool", "primary", "junior", "senior", "vocational_senior", "vocational_college", "college", "special",
)  # fmt: skip
HEALTH = ("healthy", "chronic", "serious", "disabled")
LABOUR = ("none", "lost", "ordinary", "skilled", "weak")
WORK_PLACE = ("outside", "county", "province", "township")
ID_KIND = ("resident18", "disability20", "none")
DISABILITY = ("sight", "hearing", "speech", "limbs", "intellect", "mind", "multiple")
GRADE = ("1", "2", "3", "4")
STRUCTURE = ("concrete", "brick_concrete", "brick_wood", "earth")
HOUSE = ("A", "B", "C", "D")
ROAD = ("dirt", "gravel", "cement", "asphalt")
FUEL = ("firewood", "coal", "bottled_gas", "electricity", "biogas")
SEEN = ("reported", "checked")

# Persons of a household, 1 to 6; mean 3.04: 89.62 million people in 29.48 million households (domain). The registered have
# more where they are no special hardship, so that theirs is 3.04 too.
SIZE_MEAN = 3.04
SIZE = (10.5, 25, 30, 22.5, 8.5, 3.5)
SIZE_REGISTERED = (9, 23.5, 29.5, 24.5, 9.6, 3.9)
OTHERS = 4.4  # other households to one registered (county: incidence of 15.5 to 18.5 in 100)
WATCHED = 0.05  # of the registered people (domain 7); half of them exited and unstable, half at the border
RETURNED = 0.002  # of the exited: assumed

# People still poor by the end of a year, of those registered, in millions (domain; 2014 is the register's count).
REGISTERED_MILLIONS = 89.62
POOR_MILLIONS = {
    2014: 70.17, 2015: 55.75, 2016: 43.35, 2017: 30.46, 2018: 16.60, 2019: 5.51, 2020: 0.0,
}  # fmt: skip

# Illness is domain's 56.92 of an audited county; disability, study and the rest are those of the invented county, scaled.
CAUSES = {"illness": 56.9, "disability": 12, "skill": 11, "labour": 7, "capital": 4.5, "disaster": 2, "study": 3,
          "transport": 1.4, "motivation": 1.4, "land": 0.8}  # fmt: skip
CAUSES_HARDSHIP = {"illness": 45, "disability": 25, "labour": 30}
ATTRIBUTES = (71, 24, 5)  # general, dibao, special hardship: county

ETHNICITIES = (62, 10, 8, 3, 6, 5, 6)  # assumed; a village has one of them for most
HEALTH_YOUNG = (80, 12, 3, 5)  # county, as are the four below
HEALTH_OLD = (60, 26, 5, 9)
EDUCATION_OLD = (55, 32, 11, 2, 0)
EDUCATION_MIDDLE = (18, 37, 36, 8, 1)
EDUCATION_YOUNG = (2, 15, 52, 22, 9)
WORK_PLACES = (40, 30, 25, 5)
WORKS_AWAY = 0.26
OUT_OF_SCHOOL = (
    0.0117  # of school age: 98.83 in 100 are in school (domain, census); here all of them in poor households
)
UNINSURED = 0.02  # of persons in poor households: assumed
UNKNOWN = 0.07  # of single measures: county
CHECKED = 0.8  # of yearly records, seen by a visit: county

# Houses of the exited: safe by themselves 43.74, rebuilt 42.25, moved 14.01 (domain, census).
HOUSE_SAFE, HOUSE_REBUILT, HOUSE_MOVED = 43.74, 42.25, 14.01
HOUSE_POOR = (32, 50, 7, 11)  # grades A to D of the poor: county
NO_PIPED_WATER = (
    0.0633  # 93.67 in 100 have piped water (domain); here unsafe water, all of it in poor households
)
FUELS = (46, 22, 9, 20, 3)  # assumed
# Of villages that are not poor; poor ones have 8 in 100 less. Assumed.
VILLAGE_HAS = {
    "road_hardened": 0.97, "bus_service": 0.9, "production_power": 0.95, "broadband": 0.93, "clinic": 0.97,
    "culture_room": 0.9, "industry": 0.7,
}  # fmt: skip
POOR_VILLAGES, DEEP_POOR_VILLAGES = 0.65, 0.3  # county; domain has 128,000 of 170,000 in poor counties

# National line in yuan a head; a test holds it to the rulebook's figure.
LINE_YUAN = {2014: 2800, 2015: 2855, 2016: 2952, 2017: 2952, 2018: 2995, 2019: 3218, 2020: 4000}


def line_fen(year: int) -> int:
    """National line of a year in fen; the last one known for later years."""
    return 100 * LINE_YUAN[min(max(year, 2014), 2020)]


def still_poor(year: int) -> float:
    """Share of registered households not yet exited on 30 September: exits are decided at the end of a year."""
    return POOR_MILLIONS[min(max(year - 1, 2014), 2020)] / REGISTERED_MILLIONS


def exits_until(year: int) -> dict[int, float]:
    """Weights of the years of exit, for those that had exited on 30 September of `year`."""
    before, out = REGISTERED_MILLIONS, {}
    for one, left in POOR_MILLIONS.items():
        if one < year:
            out[one] = before - left
            before = left
    return out
