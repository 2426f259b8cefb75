"""Who got a number of the national system by a merge, or gave it back when the batch was taken back: what stands about them goes along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiuhua.findings.services import Renumbered, follow_numbers
from xiuhua.intake.models import Batch
from xiuhua.intake.services.operators import operator
from xiuhua.places.scope import scope_of

NOW = """
select p.id, coalesce(p.number, ''), array_agg(distinct h.number) from registry_person p
join registry_membership m on m.person_id = p.id join registry_household h on h.id = m.household_id
where p.id = any(%(people)s) group by p.id
"""


def findings_follow(cursor: Any, batch: Batch, before: Mapping[int, str]) -> int:
    """Brings the pool in line with the numbers that people have now; `before`: those they had. Returns how many findings went along."""
    if not before:
        return 0
    cursor.execute(NOW, {"people": list(before)})
    changed = [
        Renumbered(person, tuple(households), before[person], number)
        for person, number, households in cursor.fetchall()
        if number != before[person]
    ]
    if not changed:
        return 0
    scope, by = scope_of(batch.place_code), operator(batch)
    return follow_numbers(people=changed, lo=scope.lo, hi=scope.hi, by=by.actor_name, post=by.post_name)
