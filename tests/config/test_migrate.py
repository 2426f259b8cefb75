"""What `migrate` does cheaper than Django does it ends in the same models."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field

from xiuhua.config.management.commands.migrate import copied, thriftily


def told(field: Field) -> tuple[object, ...]:
    _name, path, arguments, named = field.deconstruct()
    base = named.pop("base_field", None)
    return path, arguments, named, field.db_type(connection), base and told(base)


def test_a_copied_field_is_the_field_made_anew() -> None:
    state = MigrationLoader(None).project_state()
    other_state = state.clone()
    anew = state.apps
    with thriftily():
        assert Field.clone is copied
        thrifty = other_state.apps
    assert Field.clone is not copied
    assert len(state.models) > 50
    for app_label, name in state.models:
        fields, same = (
            one.get_model(app_label, name)._meta.get_fields(include_parents=True) for one in (anew, thrifty)
        )
        assert [one.name for one in fields] == [one.name for one in same], name
        for field, other in zip(fields, same, strict=True):
            if isinstance(field, Field):
                assert told(field) == told(other), f"{name}.{field.name}"
                assert (
                    other.model._meta.label == field.model._meta.label and other.model._meta.apps is thrifty
                )


@pytest.mark.database
def test_tables_that_are_up_to_date_are_left_as_they_are(fresh_database: Any) -> None:
    """Django then compares its migrations with the models that live, whose fields belong to them already."""
    said = StringIO()
    call_command("migrate", database="owner", interactive=False, verbosity=1, stdout=said)
    assert "No migrations to apply" in said.getvalue()
    assert "changes that are not yet reflected" not in said.getvalue()
