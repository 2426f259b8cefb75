"""What the rules last said of a household, kept so that a list of a county is one read. The page of one household computes anew."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from xiuhua.places.scope import ScopedManager


class Standing(models.Model):
    """Failing and not-known rules of a household, with the moment they were computed."""

    household = models.OneToOneField(
        "registry.Household", models.CASCADE, primary_key=True, related_name="standing"
    )
    village_code = models.CharField(max_length=12, db_collation="C")
    as_of = models.DateField()
    computed_at = models.DateTimeField()
    # Exit standard only: what keeps the household from leaving, or makes its exit doubtful.
    exit_fails = ArrayField(models.CharField(max_length=80), default=list)
    exit_unknown = ArrayField(models.CharField(max_length=80), default=list)
    doubts = ArrayField(models.CharField(max_length=80), default=list)
    quality_fails = ArrayField(models.CharField(max_length=80), default=list)
    members = models.SmallIntegerField(null=True)

    objects = ScopedManager["Standing"]()

    class Meta:
        indexes = [models.Index(fields=["village_code"], name="standing_village")]

    def __str__(self) -> str:
        return str(self.household_id)
