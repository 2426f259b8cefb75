"""Which of the two roles does what."""

from __future__ import annotations

from typing import Any


class OwnerMigrates:
    """Tables are made and altered by the owner only; rows are read and written by the application role."""

    def db_for_read(self, model: type, **hints: Any) -> str:
        return "default"

    def db_for_write(self, model: type, **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: object, other: object, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
