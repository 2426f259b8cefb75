"""What `migrate` does cheaper than Django does it ends in the same models."""

from __future__ import annotations

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
