"""Django's own migrate, with less work for the models of each step; afterwards the owner tells the database what the rulebook says of procedures, holidays and measures, and keeps the
guards to their own tables."""

from __future__ import annotations

import copy
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db.models import Field

from xiuhua.config.definers import keep_to_own_tables
from xiuhua.decisions.learning import learn_procedures
from xiuhua.notices.learning import learn_calendar
from xiuhua.relapse.learning import learn_measures

made_anew = Field.clone


def copied(field: Any) -> Any:
    """A field of a migration's model for a model that is made of it: as Django copies those of abstract models. It comes after
    all that were made before, as one that was made anew. A field that already belongs to a model is taken apart as Django does:
    its copy would belong to that model, too."""
    if hasattr(field, "model"):
        return made_anew(field)
    made = copy.deepcopy(field)
    if hasattr(made, "base_field"):
        made.base_field = copied(made.base_field)
    made.creation_counter = Field.creation_counter
    Field.creation_counter += 1
    return made


@contextmanager
def thriftily() -> Iterator[None]:
    """Each step of the tables makes some dozen models anew, a hundred thousand fields in all. Django takes each field apart and
    makes it again, and Python looks through them for garbage over and over: together half the time of a first start."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    Field.clone = copied  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Field.clone = made_anew  # type: ignore[method-assign]
        gc.set_threshold(*before)


class Command(migrate.Command):
    """Migrates, then learns. Only on the owner's connection, and only when all is there."""

    def handle(self, *args: Any, **options: Any) -> None:
        with thriftily():
            super().handle(*args, **options)
        if (
            options["database"] == "owner"
            and not options.get("app_label")
            and not options.get("plan")
            and not options.get("check_unapplied")
        ):
            keep_to_own_tables()
            learn_calendar()
            learn_procedures()
            learn_measures()
