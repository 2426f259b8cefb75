"""A value put right by hand: who knew it how, on what day. What it was and is stands in the history of the row itself."""

from __future__ import annotations

from django.db import models

from xiuhua.places.scope import ScopedManager
from xiuhua.registry.terms import Seen


class Correction(models.Model):
    """One value of a household, a member or a year that somebody put right. Only added to; holds no value."""

    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="corrections")
    village_code = models.CharField(max_length=12, db_collation="C")
    grain = models.CharField(max_length=12)  # household, person, membership, period
    row = models.BigIntegerField()
    column = models.CharField(max_length=60)
    seen = models.CharField(max_length=10, choices=Seen.choices())
    seen_on = models.DateField()
    evidence = models.ForeignKey("files.StoredFile", models.PROTECT, null=True)
    # Asked by the database: nobody corrects what is on record of their own household or kin (a trigger of `decisions`).
    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, null=True, related_name="+")
    by = models.CharField(max_length=150)
    post = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = ScopedManager["Correction"]()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["village_code"], name="correction_village"),
            models.Index(fields=["household"], name="correction_household"),
        ]

    def __str__(self) -> str:
        return f"{self.grain} {self.row} {self.column}"
