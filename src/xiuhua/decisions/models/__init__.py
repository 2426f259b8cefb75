"""Cases and pairs: what is proposed and decided of households and people."""

from xiuhua.decisions.models.case import Case, CaseEvidence, CaseStep, Transfer
from xiuhua.decisions.models.pair import Pair, Search

__all__ = ["Case", "CaseEvidence", "CaseStep", "Pair", "Search", "Transfer"]
