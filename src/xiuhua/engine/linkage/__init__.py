"""Which rows may be the same person. Finds candidates and says why; never decides.

`candidates()` needs no training and no score: same ID number, same name and birth date in one village, same birth date
and a name one character apart. `scores()` weighs pairs with splink, an extra that is imported only here, for review only;
`beyond()` says which of those no comparison found.
Tables in and out are Arrow; nothing reads a database, nothing sees a number in the clear.
"""

from xiuhua.engine.linkage.cascade import Candidates, FoundBy, beyond, candidates
from xiuhua.engine.linkage.measuring import Measured, measure
from xiuhua.engine.linkage.people import Agreement, people
from xiuhua.engine.linkage.scoring import Field, LinkageMissing, can_score, scores

__all__ = [
    "Agreement",
    "Candidates",
    "Field",
    "FoundBy",
    "LinkageMissing",
    "Measured",
    "beyond",
    "can_score",
    "candidates",
    "measure",
    "people",
    "scores",
]
