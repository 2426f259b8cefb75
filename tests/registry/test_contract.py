"""What the register publishes is the contract of records: the same relations, columns, order and types."""

from __future__ import annotations

import pytest
from django.db import connection

from xiuhua.engine import load
from xiuhua.facts.models import Relation
from xiuhua.facts.reader import read_records

# How the database names the contract's types. Shorter whole numbers and texts of a length are the same to a rule.
WRITTEN = {
    "boolean": {"boolean"},
    "integer": {"integer", "smallint"},
    "bigint": {"bigint"},
    "decimal": {"numeric(12,2)"},
    "text": {"text", "character varying"},
    "date": {"date"},
}
COLUMNS = """
select a.attname, regexp_replace(format_type(a.atttypid, a.atttypmod), '^(character varying).*$', '\\1'), c.collname, r.reloptions
from pg_attribute a join pg_class r on r.oid = a.attrelid left join pg_collation c on c.oid = a.attcollation
where r.relname = %s and a.attnum > 0 and not a.attisdropped order by a.attnum
"""


@pytest.mark.django_db
@pytest.mark.parametrize("relation", read_records().values(), ids=lambda relation: relation.id)
def test_a_view_is_its_relation(relation: Relation) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [relation.id])
        found = cursor.fetchall()
    assert [row[0] for row in found] == [column.name for column in relation.columns]
    wrong = [
        (name, written, column.type)
        for (name, written, _collation, _options), column in zip(found, relation.columns, strict=True)
        if written not in WRITTEN[column.type]
    ]
    assert wrong == []
    # Without it the view would be read with its owner's eyes, past every policy.
    assert all("security_invoker=true" in (options or []) for *_rest, options in found)


@pytest.mark.django_db
def test_codes_of_places_compare_byte_by_byte() -> None:
    for relation in read_records().values():
        with connection.cursor() as cursor:
            cursor.execute(COLUMNS, [relation.id])
            found = {row[0]: row[2] for row in cursor.fetchall()}
        assert found["county_code" if relation.grain == "county" else "village_code"] == "C", relation.id


@pytest.mark.django_db
@pytest.mark.parametrize("grain", ["household", "person", "period", "village", "county"])
def test_every_rule_and_fact_runs_over_the_views(grain: str) -> None:
    from datetime import date

    from xiuhua.places.scope import scope_of, within

    library = load()
    facts = [fact.id for fact in library.facts.values() if fact.grain == grain]
    selection = library.select("postgres", grain, date(2020, 12, 31), facts=facts)  # type: ignore[arg-type]
    with within(scope_of("990521")), connection.cursor() as cursor:
        cursor.execute(selection.sql)
        assert tuple(column.name for column in cursor.description) == selection.columns
