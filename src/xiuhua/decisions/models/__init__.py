"""Cases, pairs and proceedings: what is proposed and decided of households and people."""

from xiuhua.decisions.models.case import Case, CaseEvidence, CaseMember, CaseStep, Transfer
from xiuhua.decisions.models.pair import Pair, Search
from xiuhua.decisions.models.plan import (
    Candidate,
    CandidateAnswer,
    PlanLine,
    PlanTarget,
    Sheet,
    SheetAnswer,
    Window,
)
from xiuhua.decisions.models.proceeding import (
    Appeal,
    Kin,
    Paper,
    Procedure,
    Proceeding,
    Recheck,
    Signature,
    Snapshot,
    Telling,
)

__all__ = [
    "Appeal", "Candidate", "CandidateAnswer", "Case", "CaseEvidence", "CaseMember", "CaseStep", "Kin", "Pair", "Paper", "PlanLine", "PlanTarget",
    "Procedure", "Proceeding", "Recheck", "Search", "Sheet", "SheetAnswer", "Signature", "Snapshot", "Telling", "Transfer", "Window",
]  # fmt: skip
