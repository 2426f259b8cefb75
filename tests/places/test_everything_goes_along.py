"""Villages with everything in them that can be planted are united and get other codes: what names the old ones is what happened to them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connections

from rights.planted import plant
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.services import confirm_change
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_now
from xiuhua.findings.models import Finding
from xiuhua.notices.models import Notice, Objection, Sheet
from xiuhua.places.models import VillageRecord
from xiuhua.places.scope import scope_of, within
from xiuhua.places.services import CannotChange, ask_change, take_village_list
from xiuhua.places.terms import ChangeKind
from xiuhua.registry.models import Listing, ListingCover
from xiuhua.registry.queries.areas import Tally, counts, total
from xiuhua.registry.services.tallies import keep_tallies

pytestmark = [pytest.mark.database, pytest.mark.timeout(600)]
COUNTY, TOWNSHIP, ENDS, STAYS = "990521", "990521101", "990521101201", "990521101202"
DAY = date(2026, 3, 1)
# What was, and is told as it was: the places themselves, the record, whose number a sheet bears, what was frozen, on what was decided.
KEPT = {
    "audit_entry", "places_place", "places_placechange", "places_outline", "notices_sheet.series", "freezes_tallied", "freezes_freeze", "decisions_snapshot", "procrastinate_jobs",
}  # fmt: skip
INSIDE = "exists (select 1 from jsonb_path_query({}::jsonb, 'strict $.**') x where x #>> '{{}}' = any(%s))"
# How a column of a type holds one of some codes; a list of texts besides.
HOLDS = {"character varying": "{} = any(%s)", "text": "{} = any(%s)", "json": INSIDE, "jsonb": INSIDE}
# Of two villages that have the same, that of the one that stays counts.
ONE_OF_TWO = {"registry_villageyear", "registry_tally", "places_villagerecord", "intake_rememberedcolumn"}  # fmt: skip


def naming(*codes: str) -> set[str]:
    """Columns, of whatever name, that hold one of some codes: as their value, in a list, or anywhere inside of a document."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select c.table_name, c.column_name, c.data_type from information_schema.columns c join information_schema.tables t using (table_schema, table_name)"
            " where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and (c.data_type = any(%s) or c.udt_name in ('_text', '_varchar'))",
            [list(HOLDS)],
        )
        columns = cursor.fetchall()
        found = set()
        for table, column, kind in columns:
            holds = HOLDS.get(kind, "%s && array(select x::text from unnest({}) x)").format(f'"{column}"')
            cursor.execute(f'select exists (select 1 from "{table}" where {holds})', [list(codes)])
            if cursor.fetchone()[0]:
                found.add(f"{table}.{column}")
    return {one for one in found if one not in KEPT and one.split(".")[0] not in KEPT}


def stands(code: str) -> list[str]:
    """Where a village stands, as the proceedings ask it."""
    with within(scope_of(COUNTY)), connections["default"].cursor() as cursor:
        cursor.execute("select decisions_place_states(%s)", [code])
        return list(cursor.fetchone()[0])


def counted() -> Tally:
    """What the county counts, with every count kept."""
    with within(scope_of(COUNTY), who={"account": "test"}):
        keep_tallies(area=scope_of(COUNTY))
        return total(COUNTY, counts(scope_of(COUNTY)).below)


def settle(posts: dict[Role, Appointment], kind: ChangeKind, code: str, new: str) -> None:
    with within(scope_of(COUNTY), who={"account": "county"}):
        asked = ask_change(
            by=posts[Role.COUNTY_OFFICE], kind=kind, code=code, new_code=new, document="批〔2026〕3 号", effective_on=DAY
        ).change  # fmt: skip
        confirm_change(by=posts[Role.LEADER], change_id=asked.pk)


def listed(posts: dict[Role, Appointment], on: date, *codes: str) -> None:
    """The county's list says that villages are poor."""
    rows = [{"code": one, "village": f"村{one[-3:]}", "township": "石桥镇", "poor_village": True, "rural_households": 90} for one in codes]  # fmt: skip
    with within(scope_of(COUNTY), who={"account": "county"}):
        take_village_list(by=posts[Role.COUNTY_OFFICE], place_code=COUNTY, rows=rows, as_of=on)


def covered(name: str, *villages: str) -> int:
    """A list of vehicles over some villages."""
    said = {"place_code": COUNTY, "county_code": COUNTY, "kind": "vehicle", "basis": "函", "purpose": "比对", "listed_on": DAY, "expires_on": DAY}  # fmt: skip
    with within(scope_of(COUNTY), who={"account": "test"}):
        one = Listing.objects.create(
            name=name, brought_by="x", brought_post="x", brought_at=beijing_now(), **said
        )
        for code in villages:
            one.covers.create(village_code=code, kind="vehicle", people_until=10**9, at=beijing_now())
    return one.pk


def test_nothing_is_left_at_a_village_that_ended(fresh_database: Any) -> None:
    country = plant()
    posts = country.nodes[COUNTY].posts
    listed(posts, date(2016, 1, 1), ENDS, STAYS)
    with connections["owner"].cursor() as owner:
        owner.execute("alter table places_placestatus disable trigger user")
        owner.execute(
            "insert into places_placestatus (place_code, status, since, case_number, recorded_at, recorded_by) values (%s, 'exited', %s, 'P1', now(), 'x')",
            [STAYS, DAY],
        )
        owner.execute("alter table places_placestatus enable trigger user")
    said = {"kind": "warned", "rule": "village_form", "fingerprint": "the same", "found_at": beijing_now()}
    with within(scope_of(COUNTY), who={"account": "test"}):
        twins = [Finding.objects.create(place_code=code, **said) for code in (ENDS, STAYS)]

    with pytest.raises(CannotChange, match="无处可查"):
        settle(posts, ChangeKind.MERGED, ENDS, STAYS)
    with within(scope_of(COUNTY), who={"account": "test"}):
        twins[0].refresh_from_db()
        assert twins[0].place_code == ENDS, "what could not go along went nowhere, and nothing else did"
        Finding.objects.filter(pk=twins[1].pk).update(fingerprint="another")

    covers = (
        covered("both", ENDS, STAYS),
        covered("only the one that ends", ENDS),
        covered("only the one that stays", STAYS),
    )
    before = counted()
    settle(posts, ChangeKind.MERGED, ENDS, STAYS)
    with within(scope_of(COUNTY)):
        kept = ListingCover.objects.filter(listing__in=covers).values_list("listing", "village_code")
        assert list(kept) == [(covers[0], STAYS)], (
            "whom a list never asked about is not told to be absent from it"
        )
    with within(scope_of(COUNTY)):
        assert total(COUNTY, counts(scope_of(COUNTY)).below) == before, "no household is counted twice"
    assert counted() == before
    assert {one.split(".")[0] for one in naming(ENDS)} <= ONE_OF_TWO
    with within(scope_of(COUNTY)):
        assert set(Sheet.objects.filter(place_code=STAYS).values_list("series", "number")) == {
            (ENDS, 1),
            (STAYS, 1),
        }
        assert Notice.objects.exclude(sheet__place_code=STAYS).filter(place_code=STAYS).count() == 0
    assert stands(STAYS) == ["exited"]

    settle(posts, ChangeKind.RECODED, TOWNSHIP, "990521150")
    assert naming(TOWNSHIP, STAYS) == set(), "of a place that goes on all goes along"
    new = "990521150202"
    with within(scope_of("990521150")):
        handled = set(Notice.objects.values_list("handled_at", flat=True))
        assert handled and handled <= {new, "990521150"}
        heard = set(Objection.objects.values_list("goes_to", flat=True))
        assert heard and heard <= {"990521150", COUNTY}
        assert VillageRecord.objects.get(village=new).rural_households == 90
    listed(posts, date(2026, 4, 1), new)
    assert stands(new) == ["exited"], "nobody lets it out a second time"
