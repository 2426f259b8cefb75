"""One definition of facts and rules for every engine: live in PostgreSQL, over a freeze in DuckDB.

`load()` reads rulebook, facts and the contract of records, and refuses what does not fit together. `Library.select` gives the
query for one household or all of them; `Library.outcomes` turns a row of its result into sentences, clauses and evidence.
Pure: no Django, no network, no connection of its own.
"""

from xiuhua.engine.door import Library, Selection, load
from xiuhua.engine.evidence import Evidence
from xiuhua.engine.names import ExpressionError
from xiuhua.engine.outcomes import Outcome, Result, Seen
from xiuhua.rulebook.figures import Refused, Value
from xiuhua.rulebook.marked import RulebookError

__all__ = [
    "Evidence",
    "ExpressionError",
    "Library",
    "Outcome",
    "Refused",
    "Result",
    "RulebookError",
    "Seen",
    "Selection",
    "Value",
    "load",
]
