"""Django's own migrate; afterwards the owner tells the database what the rulebook says of procedures and holidays, and keeps the
guards to their own tables."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from xiuhua.config.definers import keep_to_own_tables
from xiuhua.decisions.learning import learn_procedures
from xiuhua.notices.learning import learn_calendar


class Command(migrate.Command):
    """Migrates, then learns. Only on the owner's connection, and only when all is there."""

    def handle(self, *args: Any, **options: Any) -> None:
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
