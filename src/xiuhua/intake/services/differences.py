"""What is done with a difference: entered in the national system, or taken over from it by an ordinary batch of intake."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_now
from xiuhua.intake import books
from xiuhua.intake.books import CORRECTION
from xiuhua.intake.models import Batch, Difference, Purpose, Sheet, Step, Way
from xiuhua.intake.services.national import BOOK, HOUSEHOLD, PERIOD, PERSON
from xiuhua.intake.services.receive import Done, NotNow


@dataclass(frozen=True)
class Decided:
    """How many differences of a comparison somebody decided on."""

    batch_id: int
    place: str
    ways: Mapping[str, int]

    @property
    def audit_subject(self) -> str:
        return f"batch:{self.batch_id}"

    @property
    def audit_place(self) -> str:
        return self.place

    @property
    def audit_detail(self) -> dict[str, int]:
        return dict(self.ways)


def _open(batch_id: int) -> QuerySet[Difference]:
    return Difference.objects.filter(batch_id=batch_id, settled_at=None, taken_in=None)


def _mark(by: Actor) -> dict[str, Any]:
    return {"decided_by": by.actor_name, "decided_post": by.post_name, "decided_at": beijing_now()}


@recorded("intake.difference_decided")
def decide(*, by: Actor, batch_id: int, ids: Iterable[int], way: Way) -> Decided:
    """Says of some differences what is to be done. Taking over is refused where a file does not decide the matter."""
    found = _open(batch_id).filter(pk__in=list(ids))
    if way == Way.TAKE and found.filter(takeable=False).exists():
        raise NotNow(
            "选中的里面有文件不能直接更正的：先核实，再走相应的程序",
            "Some of these no file may change: find out first, then go through the procedure",
        )
    if way == Way.FILL and found.filter(ours_known=False, change="").exists():
        raise NotNow(
            "选中的里面有本系统也没有的，没有可填的内容",
            "Some of these are not known here either: nothing to enter",
        )
    return Decided(batch_id, by.place_code, {way.value: found.update(decided=way, **_mark(by))})


@recorded("intake.difference_decided")
def follow(*, by: Actor, batch_id: int, among: Q) -> Decided:
    """Decides all that nobody has decided on yet as suggested, where the next action is plain."""
    found = _open(batch_id).filter(among, decided="").exclude(suggested=Way.VERIFY)
    ways = {way.value: found.filter(suggested=way).count() for way in (Way.FILL, Way.TAKE)}
    found.update(decided=F("suggested"), **_mark(by))
    return Decided(batch_id, by.place_code, ways)


@recorded("intake.looked_again")
def look_again(*, by: Actor, batch_id: int) -> Done:
    """Compares the same export once more with the register as it is now; what was decided stays."""
    batch = Batch.objects.select_for_update().get(pk=batch_id, purpose=Purpose.COMPARISON)
    if batch.step != Step.DONE:
        raise NotNow("还在比对，请稍候", "It is still being compared")
    batch.step, batch.done, batch.total = Step.CHECKING, 0, 0
    batch.save(update_fields=["step", "done", "total"])
    return Done(batch)


# Rows of a correction (CORRECTION) are a book of their own: no list of who is in a household, so nobody is missed in them.
# The pieces of a staged row that carry a field.
_IDENTITY = (
    "id_sealed",
    "id_blind",
    "id_kind",
    "id_valid",
    "sex",
    "birth_date",
    "disability_category",
    "disability_grade",
)
_PIECES = {"id_number": _IDENTITY, "phone": ("phone_sealed", "phone_blind"), "bank_account": ("bank_sealed", "bank_blind")}  # fmt: skip

CHOSEN = """
create temp table chosen on commit drop as select * from intake_difference
where batch_id = %(from)s and decided = 'take' and takeable and taken_in is null and settled_at is null;
create temp table new_sheet on commit drop as
  select o.id as old, n.id as id from intake_sheet o join intake_sheet n on n.file_id = o.file_id and n.position = o.position
  where o.batch_id = %(from)s and n.batch_id = %(batch)s;
create temp table source on commit drop as
  select r.* from intake_stagedrow r where r.batch_id = %(from)s and r.book = %(book)s
    and r.household_number in (select household_number from chosen union select theirs #>> '{}' from chosen where field = 'household_number');
insert into source select r.* from intake_stagedrow r join chosen c on c.sheet_id = r.sheet_id and c."row" = r."row"
  where r.batch_id = %(from)s and r.id not in (select id from source)
"""

_INTO = """
insert into intake_stagedrow (batch_id, place_code, sheet_id, book, "row", household_number, person_number, year, village_code, id_blind,
  household, person, period, village, refused)
"""

NEW_HOUSEHOLDS = f"""{_INTO}
select %(batch)s, %(place)s, s.id, %(correction)s, r."row", r.household_number, r.person_number, r.year, r.village_code, r.id_blind,
  r.household, r.person, r.period, '{{}}', r.refused
from chosen c join source r on r.household_number = c.household_number join new_sheet s on s.old = r.sheet_id
where c.found = 'only_there' and c.grain = 'household'
"""

NEW_PEOPLE = f"""{_INTO}
select %(batch)s, %(place)s, s.id, %(correction)s, r."row", c.household_number, r.person_number, r.year, h.village_code, r.id_blind,
  '{{}}', r.person, '{{}}', '{{}}', r.refused
from chosen c join source r on r.sheet_id = c.sheet_id and r."row" = c."row" join new_sheet s on s.old = r.sheet_id
join registry_household h on h.id = c.household_id
where c.found = 'only_there' and c.grain = 'person'
"""

CELLS = f"""{_INTO}
select %(batch)s, %(place)s, min(s.id), %(correction)s, min(c."row"), c.household_number, nullif(c.person_number, ''), max(r.year), min(h.village_code),
  case when bool_or(c.field = 'id_number') then (array_agg(r.id_blind))[1] end,
  coalesce(jsonb_object_agg(k.key, r.household -> k.key) filter (where k.part = 'household'), '{{}}')
    || case when bool_or(k.part = 'household') then %(said)s::jsonb else '{{}}' end,
  coalesce(jsonb_object_agg(k.key, r.person -> k.key) filter (where k.part = 'person'), '{{}}')
    || case when bool_or(k.part = 'person') then %(said)s::jsonb else '{{}}' end,
  coalesce(jsonb_object_agg(k.key, r.period -> k.key) filter (where k.part = 'period'), '{{}}'), '{{}}', false
from chosen c join source r on r.sheet_id = c.sheet_id and r."row" = c."row" join new_sheet s on s.old = r.sheet_id
join registry_household h on h.id = c.household_id
join jsonb_to_recordset(%(pieces)s::jsonb) k(field text, grain text, part text, key text) on k.field = c.field and k.grain = c.grain
where c.found = 'differs' and case k.part when 'household' then r.household when 'person' then r.person else r.period end ? k.key
group by c.household_number, c.person_number
"""


def _pieces() -> list[dict[str, str]]:
    """For each field that may be taken over: the keys of a staged row that carry it."""
    seen = books.seen_of()
    found = []
    for field, column in PERSON.items():
        found += [(field, "person", "person", key) for key in _PIECES.get(field, (column,))]
    for field, column in HOUSEHOLD.items():
        found += [(field, "household", "household", key) for key in _PIECES.get(field, (column,))]
    for field in PERIOD:
        found += [(field, "household", "period", key) for key in (field, seen[field], f"{seen[field]}_on")]
    return [dict(zip(("field", "grain", "part", "key"), one, strict=True)) for one in found]


@recorded("intake.taken_over")
def take_over(*, by: Actor, batch_id: int) -> Done:
    """Makes a batch of intake of what was decided to be taken over, and of nothing else. It is checked and seen as any other
    before it is merged. NotNow when nothing was decided so."""
    compared = Batch.objects.select_for_update().get(pk=batch_id, purpose=Purpose.COMPARISON, step=Step.DONE)
    chosen = Difference.objects.filter(
        batch=compared, decided=Way.TAKE, takeable=True, taken_in=None, settled_at=None
    )
    if not chosen.exists():
        raise NotNow(
            "还没有定下要按国家系统更正的", "Nothing was decided to be corrected by the national system"
        )
    batch = Batch.objects.create(
        place_code=compared.place_code, step=Step.CHECKING, data_date=compared.data_date, started_by=by.actor_name,
        started_post=by.post_name, counts={"files": compared.counts["files"], "compared": compared.pk},
    )  # fmt: skip
    for sheet in compared.sheets.filter(book=BOOK):
        sheet.pk, sheet.batch, sheet.book, sheet.unsure, sheet.unmapped = None, batch, CORRECTION, [], []
        sheet.corrects, sheet.changes = None, None
        sheet.save(force_insert=True)
    _stage(compared, batch)
    chosen.update(taken_in=batch.pk)
    return Done(batch)


def _stage(compared: Batch, batch: Batch) -> None:
    assert compared.data_date is not None
    said = json.dumps({"seen": "reported", "seen_on": compared.data_date.isoformat()})
    values: dict[str, Any] = {
        "from": compared.pk, "batch": batch.pk, "place": batch.place_code, "book": BOOK, "correction": CORRECTION,
        "said": said, "pieces": json.dumps(_pieces()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in (*CHOSEN.split(";\n"), NEW_HOUSEHOLDS, NEW_PEOPLE, CELLS):
            cursor.execute(statement, values)
        cursor.execute(
            "update intake_sheet s set rows = (select count(*) from intake_stagedrow r where r.sheet_id = s.id) where s.batch_id = %s",
            [batch.pk],
        )
        cursor.execute("drop table chosen; drop table new_sheet; drop table source")
    Sheet.objects.filter(batch=batch, rows=0).delete()
