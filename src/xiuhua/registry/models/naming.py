"""By what a name is found besides its own characters."""

from __future__ import annotations

from django.db import models

from xiuhua.places.scope import ScopedManager


class NameKey(models.Model):
    """A reading of a name that occurs in a county: of people, heads of households and places.

    A function of the name alone, so it is never wrong, at most missing; people are reached from it by their name.
    """

    pk = models.CompositePrimaryKey("county_code", "name", "key")
    county_code = models.CharField(max_length=6, db_collation="C")
    # Of the database's own order, as the names it is joined with: else their index would not be used.
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=60, db_collation="C")

    objects = ScopedManager["NameKey"]()

    class Meta:
        indexes = [models.Index(fields=["county_code", "key", "name"], name="namekey_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.name}"
