"""What services refuse, the tables refuse too: statements of the application's role."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from decisions.proceedings import Going
from decisions.test_proceedings import days, going  # noqa: F401
from xiuhua.decisions.models import Proceeding, Signature

pytestmark = pytest.mark.database

SIGNATURE = """insert into decisions_signature (proceeding_id, place_code, number, round, step, sign, appointment_id, official_id, actor, post, reason, detail, at)
  select %(id)s, place_code, 9, 1, '{step}', '{sign}', %(by)s, 1, '', '', 'x', '{{}}', now() from decisions_proceeding where id = %(id)s"""
STATUS = """insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
  select id, village_code, 'exited', current_date, '{basis}', {number}, now(), 'x' from registry_household where id = %(home)s"""
RAW = {
    "a step is skipped": "update decisions_proceeding set at_step = 'county' where id = %(id)s",
    "an end is written": "update decisions_proceeding set course = 'decided', effect_on = current_date, effect_status = 'poor' where id = %(id)s",
    "a later step is signed": SIGNATURE.format(step="county", sign="signed"),
    "a foreign act is signed": SIGNATURE.format(step="application", sign="approved"),
    "it is removed": "delete from decisions_proceeding where id = %(id)s",
    "signatures are removed": "delete from decisions_signature",
    "signatures are changed": "update decisions_signature set official_id = official_id + 1",
    "a procedure is written": "update decisions_procedure set definition = jsonb_set(definition, '{{steps}}', '[]')",
    "the clock is moved": "insert into notices_clock (days_ahead) values (90)",
    "a day off is added": "insert into notices_holiday values ('2030-01-01', true)",
    "a status is written by case": STATUS.format(basis="case", number="'P' || %(id)s"),
    "a status is written as moved": STATUS.format(basis="moved", number="'1'"),
    "a paper is laid down for later": """insert into decisions_paper (proceeding_id, place_code, round, step, what, file_id, brought_by, at)
      select %(id)s, place_code, 1, 'county', 'county_approval', 1, '', now() from decisions_proceeding where id = %(id)s""",
    "all is emptied": "truncate decisions_signature cascade",
}


@pytest.mark.parametrize("what", RAW)
def test_the_application_cannot_do_it_by_raw_sql_either(going: Going, what: str) -> None:  # noqa: F811
    one = going.begin("targeted_identification")
    going.papers(one, going.village[0])
    one = going.sign(one, going.village[0])
    with (
        going.acting(going.county[0]),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            RAW[what].replace("{{", "{").replace("}}", "}"),
            {"id": one.pk, "by": going.county[0].pk, "home": going.household.pk},
        )
        assert cursor.rowcount == 0, what
        raise DatabaseError("nothing was touched")
    with going.acting(going.county[0]):
        assert Proceeding.objects.get(pk=one.pk).at_step == "visit" and Signature.objects.count() == 1
    assert going.status() == "none"
