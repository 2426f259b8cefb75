"""What happens to clues: keyword-only, `by=` the appointment that acts."""

from xiuhua.relapse.services.applying import Asked, TakenDown, Words, ask_back, open_application, take_in, tie
from xiuhua.relapse.services.assessing import Assessed, assess
from xiuhua.relapse.services.clues import Told, begin, end, hand_over, take_down
from xiuhua.relapse.services.gathering import Gathered, gather_by_rules, gather_from_list
from xiuhua.relapse.services.helping import Given, bring_paper, give_help, open_paper
from xiuhua.relapse.services.registering import Entering, register
from xiuhua.relapse.services.telling import ToldOf, tell
from xiuhua.relapse.services.visiting import Judged, judge_visit

__all__ = [
    "Asked",
    "Assessed",
    "Entering",
    "Gathered",
    "Given",
    "Judged",
    "TakenDown",
    "Told",
    "ToldOf",
    "Words",
    "ask_back",
    "assess",
    "begin",
    "bring_paper",
    "end",
    "gather_by_rules",
    "gather_from_list",
    "give_help",
    "hand_over",
    "judge_visit",
    "open_application",
    "open_paper",
    "register",
    "take_down",
    "take_in",
    "tell",
    "tie",
]
