"""What was found and closed between two moments, from the moves of findings; and what stood at a moment.

Rows as registry.queries.dated tells them, without a household; the subject is the finding. What was put right by itself
and only noted never waited for anybody and is left out. Values: lo, hi, begins, ends (moments, the second not included).
"""

from __future__ import annotations

_MOVE = """select m.place_code, null::bigint as household_id, 0 as people, {what} as what, (m.at at time zone 'Asia/Shanghai')::date as day, f.id as subject
from findings_move m join findings_finding f on f.id = m.finding_id
where m.place_code >= %(lo)s and m.place_code < %(hi)s and m.at >= %(begins)s and m.at < %(ends)s and f.kind <> 'mended'"""

HAPPENED = {
    "findings_opened": f"{_MOVE.format(what='f.kind')} and m.act in ('found', 'reopened')",
    "findings_closed": f"{_MOVE.format(what='m.way')} and m.act in ('closed', 'accepted')",
}

# Findings whose newest move before %(ends)s is no closing.
STOOD = """select l.place_code, null::bigint as household_id, 0 as people, f.kind as what, (l.at at time zone 'Asia/Shanghai')::date as day, f.id as subject
from (select distinct on (m.finding_id) m.finding_id, m.place_code, m.act, m.at from findings_move m
  where m.place_code >= %(lo)s and m.place_code < %(hi)s and m.at < %(ends)s order by m.finding_id, m.id desc) l
join findings_finding f on f.id = l.finding_id
where l.act <> 'closed' and f.kind <> 'mended'"""
