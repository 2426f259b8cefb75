"""Every table of ours is seen only within an area, in Python and in the database; those that are not say why."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

from xiuhua.places.scope import ScopedManager

# Tables without a policy. A place must name what stands above it, and whoever signs in has no area yet.
OPEN = {
    "accounts_account": "sign-in comes before any area",
    "accounts_official": "a page names who signed, also from above",
    "accounts_ownnumber": "asked wherever somebody signs; of a number only a keyed hash is kept",
    "accounts_post": "an owner of a finding may stand above or below",
    "accounts_appointment": "the gate asks it before it knows the area",
    "accounts_accountrequest": "asked across counties where a person has posts in two; cut in queries",
    "decisions_procedure": "what the rulebook says, nothing of a person",
    "notices_holiday": "days off, the same for everybody",
    "relapse_measure": "figures of the rulebook, nothing of a person",
    "registry_exportlayout": "a county's headings and words, nothing of a person; its townships use them too",
    "registry_listing": "which lists came on what basis, in counts, nothing of a person; the county's townships read it too",
    "accounts_token": "the gate asks it before it knows the area; only a hash is kept",
    "accounts_caller": "counts calls; names nobody but a key",
    "places_place": "the tree is public",
    "places_placestatus": "which villages and counties left poverty is announced in public",
    "places_villagerecord": "figures of a village, nothing of a person",
    "places_countyrecord": "figures of a county, nothing of a person; a village's standard rests on them",
}
# Protected in the database only: its rows are written and read through the services of audit.
# Publications are for anybody to read: their policy shows what hangs today, and nobody of the application writes them.
UNSCOPED_IN_PYTHON = {"audit_entry", "notices_publication"}

POLICIES = """
select c.relname, c.relrowsecurity,
  array(select p.polcmd::text from pg_policy p where p.polrelid = c.oid order by p.polcmd)
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
"""


def tables() -> dict[str, type[models.Model]]:
    """Our models' tables; histories, which a library makes beside a model, among them."""
    return {
        model._meta.db_table: model
        for app in apps.get_app_configs()
        if app.name.startswith("xiuhua.")
        for model in app.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.managed
    }


@pytest.fixture
def policies(db: None) -> dict[str, tuple[bool, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(POLICIES)
        return {name: (secured, commands) for name, secured, commands in cursor.fetchall()}


def test_every_table_has_policies_or_a_reason(policies: dict[str, tuple[bool, list[str]]]) -> None:
    bare = sorted(name for name in tables() if not policies[name][0])
    assert bare == sorted(OPEN)
    # Reading, adding, changing and removing each have a policy of their own.
    partly = {
        name: policies[name][1]
        for name in tables()
        if name not in OPEN and policies[name][1] != ["a", "d", "r", "w"]
    }
    assert partly == {}


def test_protected_tables_are_asked_through_the_scope(policies: dict[str, tuple[bool, list[str]]]) -> None:
    unscoped = {
        name
        for name, model in tables().items()
        if policies[name][0] and not isinstance(model._default_manager, ScopedManager) and not _history(model)
    }
    assert unscoped == UNSCOPED_IN_PYTHON


def test_the_application_owns_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace"
            " and pg_has_role(current_user, c.relowner, 'usage')"
        )
        assert cursor.fetchall() == []
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_definer_functions_fix_where_they_look(db: None) -> None:
    # Else whoever calls one could put a table of their own before ours.
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef"
            " and not coalesce(p.proconfig::text like '%search_path=%', false)"
        )
        assert cursor.fetchall() == []


def _history(model: type[models.Model]) -> bool:
    return any(field.name == "pgh_id" for field in model._meta.fields)
