"""A household's status: its own append-only table, and the county's one signed opening."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xiuhua.places.scope import ScopedManager
from xiuhua.registry.terms import Basis, Status


class Opening(models.Model):
    """The county takes over statuses from the files of the first day, once, signed; then it is closed for good."""

    county_code = models.CharField(max_length=6, db_collation="C", unique=True)
    statement = models.CharField(max_length=400)
    signed_by = models.CharField(max_length=150)
    signed_post = models.CharField(max_length=200)
    signed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = ScopedManager["Opening"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opening_closed_by_somebody",
                condition=Q(closed_at__isnull=True, closed_by="")
                | (Q(closed_at__isnull=False) & ~Q(closed_by="")),
            ),
        ]

    def __str__(self) -> str:
        return self.county_code


class StatusEntry(models.Model):
    """One status from one day. The newest counts. The database refuses a row without an open opening or a case; what splits off a
    household that left poverty left it too, which it writes by itself (`family`)."""

    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="statuses")
    village_code = models.CharField(max_length=12, db_collation="C")
    status = models.CharField(max_length=10, choices=Status.choices())
    since = models.DateField()
    basis = models.CharField(max_length=10, choices=Basis.choices())
    opening = models.ForeignKey("registry.Opening", models.PROTECT, null=True)
    case_number = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    objects = ScopedManager["StatusEntry"]()

    class Meta:
        ordering = ["household_id", "id"]
        indexes = [
            models.Index(fields=["household", "-id"], name="status_newest"),
            models.Index(fields=["village_code"], name="status_village"),
            # Few were wrongly listed: their list costs nothing where there are none.
            models.Index(
                fields=["village_code", "household"], condition=Q(status="removed"), name="status_removed"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="status_rests_on_something",
                condition=Q(basis="opening", opening__isnull=False, case_number="")
                | (Q(basis__in=("case", "moved", "family"), opening__isnull=True) & ~Q(case_number="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.status}"
