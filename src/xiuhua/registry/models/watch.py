"""Households that are watched so that they do not fall back: its own append-only table beside the status."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xiuhua.places.scope import ScopedManager
from xiuhua.registry.terms import Basis, RemovalMode, WatchClass


class WatchEntry(models.Model):
    """In which class a household is watched from one day on; `none`: no more, and how its risk was removed. The newest counts.

    The database refuses a row without an open opening or a proceeding that takes effect. A registered household stays one. Where
    households divide or unite it writes by itself who goes on being watched (`family`; undone, `none` without a mode).
    """

    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="watches")
    village_code = models.CharField(max_length=12, db_collation="C")
    watch_class = models.CharField(max_length=10, choices=WatchClass.choices())
    mode = models.CharField(max_length=10, choices=RemovalMode.choices(), default="", blank=True)
    since = models.DateField()
    basis = models.CharField(max_length=10, choices=Basis.choices())
    opening = models.ForeignKey("registry.Opening", models.PROTECT, null=True, related_name="+")
    case_number = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    objects = ScopedManager["WatchEntry"]()

    class Meta:
        ordering = ["household_id", "id"]
        indexes = [
            models.Index(fields=["household", "-id"], name="watch_newest"),
            models.Index(fields=["village_code", "watch_class"], name="watch_village"),
        ]
        constraints = [
            models.CheckConstraint(
                name="watch_rests_on_something",
                condition=Q(basis="opening", opening__isnull=False, case_number="")
                | (Q(basis__in=("case", "moved", "family"), opening__isnull=True) & ~Q(case_number="")),
            ),
            models.CheckConstraint(
                name="watch_ends_in_a_mode",
                condition=(Q(watch_class="none") & ~Q(mode=""))
                | Q(basis="family", mode="")
                | (~Q(watch_class="none") & Q(mode="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.watch_class}"
