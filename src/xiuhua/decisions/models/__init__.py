"""Cases, pairs and proceedings: what is proposed and decided of households and people."""

from xiuhua.decisions.models.case import Case, CaseEvidence, CaseStep, Transfer
from xiuhua.decisions.models.pair import Pair, Search
from xiuhua.decisions.models.proceeding import (
    Appeal,
    Kin,
    Paper,
    Procedure,
    Proceeding,
    Signature,
    Snapshot,
)

__all__ = [
    "Appeal", "Case", "CaseEvidence", "CaseStep", "Kin", "Pair", "Paper", "Procedure", "Proceeding", "Search", "Signature", "Snapshot", "Transfer",
]  # fmt: skip
